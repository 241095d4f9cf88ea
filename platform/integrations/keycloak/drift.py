"""What differs between what a realm shall be and what it is, in plain words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Their values are never told.
SECRET = frozenset({"secret", "clientSecret", "credentials"})
ABSENT = "saknas"


@dataclass(frozen=True)
class Drift:
    """One difference."""

    realm: str
    thing: str  # what it is, in Swedish, and its name
    key: str  # where in it; empty: the whole thing
    wanted: str
    found: str

    def __str__(self) -> str:
        """Say it in a line."""
        where = f"{self.realm}: {self.thing}" + (f", {self.key}" if self.key else "")
        return f"{where}: ska vara {self.wanted}, är {self.found}"


def differences(wanted: object, found: object, key: str = "") -> Iterator[tuple[str, str, str]]:
    """Give (key, wanted, found) of all that differs; what is not wanted expressly is free.

    Lists of words have no order. An empty wanted value is the same as none.
    """
    if isinstance(wanted, Mapping):
        there = found if isinstance(found, Mapping) else {}
        for name, value in wanted.items():
            yield from differences(value, there.get(name), f"{key}.{name}" if key else name)
    elif not _same(wanted, found):
        if key.rpartition(".")[2] in SECRET:
            yield key, "det som är angivet", "något annat"
        else:
            yield key, _told(wanted), _told(found)


def _same(wanted: object, found: object) -> bool:
    if isinstance(wanted, str) or not isinstance(wanted, Sequence):
        return wanted == found or (not wanted and found in (None, "", False))
    return sorted(map(str, wanted)) == sorted(map(str, found if isinstance(found, list) else []))


def _told(value: Any) -> str:
    if value is None or value == "":
        return ABSENT
    if isinstance(value, bool):
        return "på" if value else "av"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "tomt"
    return str(value)


def merged(wanted: object, found: object) -> Any:
    """Return what is found with what is wanted laid over it, as Keycloak takes a whole back."""
    if isinstance(wanted, Mapping):
        there = found if isinstance(found, Mapping) else {}
        return {**there, **{key: merged(it, there.get(key)) for key, it in wanted.items()}}
    return wanted
