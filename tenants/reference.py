"""The code by which a person at the telephone and a line of the log mean the same request."""

import secrets

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is mistaken for another when read aloud


def new_reference() -> str:
    """Return a code that an answer shows and the log has, to be read aloud."""
    code = "".join(secrets.choice(LETTERS) for _ in range(6))
    return f"{code[:4]}-{code[4:]}"
