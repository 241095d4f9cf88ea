"""The terms that hold between two huvudmän: the agreement's, the Act's where it is silent."""

from datetime import datetime

from care.law.terms import Terms
from tenants import agreements


def between(one: str, other: str, *, at: datetime) -> Terms:
    """Return the terms of the newest agreement in force between two huvudmän."""
    named = agreements.between(one, other, at=at) if one != other else ()
    if not named:
        return Terms()
    newest = max(named, key=lambda it: (it.valid_from, it.title))
    return Terms.from_json(newest.terms)
