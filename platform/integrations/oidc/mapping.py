"""What the provider says of a person, in our words; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Asserted:
    """Identitet: who the provider says that a person is, and by what kind of sign-in."""

    subject: str
    sid: str
    name: str
    hsa_ids: tuple[str, ...]  # the one that was chosen first
    identity_provider: str
    acr: str
    amr: tuple[str, ...]
    authenticated_at: datetime | None


def asserted(claims: Mapping[str, Any]) -> Asserted:
    """Return what the claims say; one that is missing or of another type says nothing."""
    chosen = _texts(claims.get("employee_hsa_id"))
    people = tuple(dict.fromkeys((*chosen, *_texts(claims.get("all_employee_hsa_ids")))))
    moment = claims.get("auth_time")
    return Asserted(
        subject=_text(claims.get("sub")),
        sid=_text(claims.get("sid")),
        name=_text(claims.get("name")),
        hsa_ids=people,
        identity_provider=_text(claims.get("identity_provider")),
        acr=_text(claims.get("acr")),
        amr=_texts(claims.get("amr")),
        authenticated_at=(
            datetime.fromtimestamp(moment, UTC) if isinstance(moment, int | float) else None
        ),
    )


def has_person(claims: Mapping[str, Any]) -> bool:
    """Tell whether the claims name a person by HSA-id, or the provider must be asked for them."""
    return bool(asserted(claims).hsa_ids)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list | tuple) else [value]
    return tuple(it for it in values if isinstance(it, str) and it)
