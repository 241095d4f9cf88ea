"""The training huvudman of a real one (övningsmiljö): its copy, without its cases.

Run by the migrator, in the role of the one whose rows it reads or writes. The same twice changes
nothing but what has changed at the real one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tenants import agreements, apart, joining
from tenants.agreements import Agreement, Channel, InfoClass
from tenants.context import in_the_name_of
from tenants.joining import CannotJoin
from tenants.models import Tenant, Unit

VALID_DAYS = 3650  # of the agreement between those who practise
# A time for a receipt that runs out moves the message on, also at night, from who shall practise.
LEFT_OUT = "receipt_times"
TEXT = (
    "Parterna övar samverkan vid utskrivning från sluten hälso- och sjukvård. Alla personer är"
    " uppdiktade. Villkoren är desamma som i parternas riktiga överenskommelse där de har en, utom"
    " kvittenstiderna: det som ligger och väntar på den som övar ska ligga kvar."
)


@dataclass(frozen=True)
class Mirrored:
    """A training huvudman, and the real one that it looks like."""

    tenant: Tenant
    real: str
    domain: str


def mirror(*, of: str, at: datetime) -> tuple[Mirrored, ...]:
    """Make the training huvudman of a real one, and before it that of the county's region.

    Without a region there is nobody to practise with. Both get the units of the real ones, and an
    agreement in force on the terms of the real one.

    :raises CannotJoin: if the huvudman is unknown, is a training one or has no region
    """
    real = Tenant.objects.filter(schema_name=of, training_for="").first()
    if real is None:
        raise CannotJoin(
            f"{of or '(tomt)'} är ingen ansluten huvudman att göra en övningsmiljö för. Se namnen"
            " med samplan tenant list."
        )
    region = (
        Tenant.objects.filter(county_code=real.county_code, training_for="")
        .exclude(kind=Tenant.Kind.MUNICIPALITY)
        .first()
    )
    if region is None:
        raise CannotJoin(
            f"{real.name} har ingen region att öva med. Anslut länets region först, med samplan"
            " tenant add."
        )
    wanted = [region] if region == real else [region, real]
    made = tuple(_join(it) for it in wanted)
    for it in made:
        _copy_units(it)
    if len(made) > 1:
        _agree(made[0], made[1], at=at)
    return made


def _join(real: Tenant) -> Mirrored:
    host = real.domains.order_by("-is_primary", "pk").values_list("domain", flat=True).first()
    domain = f"ovning-{host}"
    tenant = joining.join(
        joining.Newcomer(
            schema_name=apart.schema_of(real.schema_name),
            name=f"{real.name} ({apart.MARK})",
            kind=real.kind,
            organisation_number="",
            county_code=real.county_code,
            municipality_code=real.municipality_code,
            domain=domain,
            training_for=real.schema_name,
        )
    )
    return Mirrored(tenant, real.schema_name, domain)


def _copy_units(made: Mirrored) -> None:
    """Enter the units of the real one, each under an HSA-id that is no real unit's."""
    with in_the_name_of(made.real):
        units = list(Unit.objects.filter(owner=made.real))
    for unit in units:
        unit.hsa_id = apart.unit_id_of(unit.hsa_id)
        unit.owner = made.tenant.schema_name
        unit.successor = apart.unit_id_of(unit.successor) if unit.successor else ""
    columns = [it.name for it in Unit._meta.concrete_fields if it.name not in ("hsa_id", "owner")]
    with in_the_name_of(made.tenant.schema_name):
        Unit.objects.bulk_create(
            units, update_conflicts=True, unique_fields=["hsa_id"], update_fields=columns
        )


def _agree(region: Mirrored, other: Mirrored, *, at: datetime) -> None:
    """Let the two have an agreement in force, so that reading in place can be practised too."""
    one, two = region.tenant.schema_name, other.tenant.schema_name
    with in_the_name_of(one):
        if agreements.between(one, two, at=at):
            return
    with in_the_name_of(region.real):
        real = agreements.between(region.real, other.real, at=at)
    today = at.astimezone(agreements.STOCKHOLM).date()
    with in_the_name_of(one):
        drafted = agreements.draft(
            title=f"Överenskommelse för övning, {other.tenant.name}",
            text=TEXT,
            parties=[one, two],
            valid_from=today,
            valid_until=today + timedelta(days=VALID_DAYS),
            **_as_in(real[0] if real else None),
            at=at,
        )
    for party in (one, two):
        with in_the_name_of(party):
            agreements.sign(
                agreement=drafted.id, text_hash=drafted.text_hash, name="Övning", title="", at=at
            )


def _as_in(real: Agreement | None) -> dict[str, Any]:
    if real is not None:
        terms = {key: value for key, value in real.terms.items() if key != LEFT_OUT}
        return {"channels": real.channels, "terms": terms}
    return {"channels": {it: list(Channel) for it in InfoClass}, "terms": {}}
