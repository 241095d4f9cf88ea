"""A huvudman joins: registry, host name, schema, role, tables, grants and policies."""

import re

from django.db import transaction

from tenants import identifiers, migrating
from tenants.models import Domain, Tenant
from tenants.sorting import sort_key

SCHEMA = re.compile(r"[a-z][a-z0-9_]{1,50}")
MUNICIPALITY = re.compile(r"\d{4}")


class CannotJoin(Exception):
    """Something about the huvudman is wrong; the text is Swedish and says what to do."""


def join(
    *,
    schema_name: str,
    name: str,
    kind: str,
    organisation_number: str,
    county_code: str,
    municipality_code: str = "",
    domain: str,
) -> Tenant:
    """Let a huvudman join. The same call twice changes nothing.

    :raises CannotJoin: if a name or a code has the wrong form, or belongs to somebody else
    :raises identifiers.BadIdentifier: if the organisation number is wrong
    """
    number = identifiers.organisation_number(organisation_number)
    if not SCHEMA.fullmatch(schema_name):
        raise CannotJoin(
            f"Schemanamnet {schema_name} går inte att använda. Skriv små bokstäver a-z, siffror"
            " och understreck, till exempel t_krokom."
        )
    if kind not in Tenant.Kind.values:
        raise CannotJoin(f"Typen {kind} finns inte. Välj en av: {', '.join(Tenant.Kind.values)}.")
    if kind != Tenant.Kind.REGION and not (
        MUNICIPALITY.fullmatch(municipality_code) and municipality_code.startswith(county_code)
    ):
        raise CannotJoin(
            f"Kommunkoden {municipality_code or '(tom)'} stämmer inte med länskoden"
            f" {county_code}. Den har fyra siffror och börjar med länskoden, till exempel 2309."
        )
    values = {
        "name": name,
        "name_sort": sort_key(name),
        "kind": kind,
        "organisation_number": number,
        "county_code": county_code,
        "municipality_code": municipality_code,
    }
    _refuse_taken(schema_name, number, municipality_code, domain)
    with transaction.atomic():
        tenant, _ = Tenant.objects.update_or_create(schema_name=schema_name, defaults=values)
        Domain.objects.get_or_create(domain=domain, defaults={"tenant": tenant, "is_primary": True})
    wanted = migrating.fingerprint()
    if tenant.fingerprint != wanted:
        migrating.migrate_one(tenant, wanted)
    return tenant


def _refuse_taken(schema_name: str, number: str, municipality_code: str, domain: str) -> None:
    others = Tenant.objects.exclude(schema_name=schema_name)
    if others.filter(organisation_number=number).exists():
        raise CannotJoin(
            f"Organisationsnumret {number} hör redan till en annan huvudman. Kontrollera numret,"
            " eller använd samma schemanamn som förra gången."
        )
    if municipality_code and others.filter(municipality_code=municipality_code).exists():
        raise CannotJoin(f"Kommunkoden {municipality_code} är redan ansluten. Kontrollera koden.")
    if Domain.objects.filter(domain=domain).exclude(tenant__schema_name=schema_name).exists():
        raise CannotJoin(f"Värdnamnet {domain} används av en annan huvudman. Välj ett annat.")
