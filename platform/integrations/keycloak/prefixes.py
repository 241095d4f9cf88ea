"""The prefix rule: an identity provider may speak for its own organisations, and for no other.

An HSA-id begins with SE and an organisation number of ten digits, or of twelve where 16 stands
before the ten. Both mean the same organisation. security.md 3.2; Inera: at most 32 characters.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from integrations.keycloak.providers import Provider

# Digits and letters of ASCII only: others look the same and are not the same.
HSA_ID = re.compile(r"SE(?:16)?([0-9]{10})-[A-Za-z0-9]{1,27}")
LONGEST = 32
KEY = re.compile(r"hsa_?ids?$", re.IGNORECASE)  # employee_hsa_id, healthCareUnitHsaId ...


class Kind(StrEnum):
    """What kind of no it is: the words of the log."""

    ALIAS = "alias"  # nobody knows who says it
    ABSENT = "absent"  # no HSA-id is said of the person
    FORM = "form"  # something is said that cannot be read
    PREFIX = "prefix"  # somebody else's staff or units are spoken of


@dataclass(frozen=True)
class Verdict:
    """What became of a login; an empty tuple of faults is a yes."""

    faults: tuple[str, ...]
    kind: Kind | None = None  # of the gravest fault

    @property
    def is_accepted(self) -> bool:
        """Tell whether the login may go on."""
        return not self.faults


def judge(alias: str, claims: Mapping[str, Any], *, providers: Mapping[str, Provider]) -> Verdict:
    """Tell whether a provider may say what a token of the realm `staff` says it has said.

    :param alias: the claim `identity_provider`
    :param claims: all claims; HSA-ids are found at any depth, by the names of their keys
    """
    provider = providers.get(alias)
    if provider is None:
        return Verdict((f"{alias} är ingen känd legitimeringstjänst.",), Kind.ALIAS)
    if not claims.get("employee_hsa_id") and not claims.get("all_employee_hsa_ids"):
        return Verdict((f"{alias} nämner inget HSA-id för personen.",), Kind.ABSENT)
    commissions = claims.get("all_commissions") or []
    if not isinstance(commissions, list) or not all(isinstance(it, Mapping) for it in commissions):
        return Verdict((f"{alias} nämner uppdrag som inte går att läsa.",), Kind.FORM)
    found = tuple(_faults(provider, claims))
    kinds = {kind for kind, _ in found}
    gravest = next((it for it in (Kind.PREFIX, Kind.FORM) if it in kinds), None)
    return Verdict(tuple(words for _, words in found), gravest)


def may_speak_for(provider: Provider, number: str) -> bool:
    """Tell whether a provider may speak of the staff of an organisation, by its ten digits."""
    listed = provider.hsa_prefixes
    return listed is None or number in _organisations(listed)


def organisation(hsa_id: object) -> str | None:
    """Return the ten digits of the organisation that an HSA-id names, if it has the form of one."""
    if not isinstance(hsa_id, str) or len(hsa_id) > LONGEST:
        return None
    found = HSA_ID.fullmatch(hsa_id)
    return found[1] if found else None


def _faults(provider: Provider, claims: Mapping[str, Any]) -> Iterator[tuple[Kind, str]]:
    allowed = None if provider.hsa_prefixes is None else _organisations(provider.hsa_prefixes)
    for key, hsa_id in _hsa_ids(claims):
        number = organisation(hsa_id)
        if number is None:
            yield Kind.FORM, f"{key} har inte formen av ett HSA-id."
        elif allowed is not None and number not in allowed:
            yield Kind.PREFIX, f"{provider.alias} får inte intyga {key} {hsa_id}."


def _organisations(prefixes: tuple[str, ...]) -> frozenset[str]:
    return frozenset(it.removeprefix("SE")[-10:] for it in prefixes)


def _hsa_ids(value: object, key: str = "") -> Iterator[tuple[str, object]]:
    """Give every HSA-id below a value, with the name of its key."""
    if isinstance(value, Mapping):
        for name, below in value.items():
            yield from _hsa_ids(below, str(name))
    elif isinstance(value, list | tuple):
        for below in value:
            yield from _hsa_ids(below, key)
    elif KEY.search(key) and value not in (None, ""):
        yield key, value
