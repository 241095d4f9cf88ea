"""A huvudman joins: registry, host name, schema, role, tables, grants and policies."""

import re

from django.db import transaction

from tenants import identifiers, migrating
from tenants.models import Domain, Tenant
from tenants.sorting import sort_key

# A schema is a role too, and roles are one namespace for the whole cluster. Those of the cluster
# itself must never be taken for a huvudman: joining it would grant it to the application.
SCHEMA = re.compile(r"(?!pg_|sp_|login_|public$|information_schema$)[a-z][a-z0-9_]{1,50}")
HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*")
COUNTY = re.compile(r"\d{2}")
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

    The registry comes last: whoever finds a huvudman there finds its tables and policies too, and
    a call that was interrupted is completed by the next one.

    :raises CannotJoin: if a name or a code has the wrong form, or belongs to somebody else
    :raises identifiers.BadIdentifier: if the organisation number is wrong
    """
    number = identifiers.organisation_number(organisation_number)
    _refuse_malformed_names(schema_name, name, domain)
    _refuse_malformed_codes(kind, county_code, municipality_code)
    _refuse_taken(schema_name, number, municipality_code, domain)
    wanted = migrating.fingerprint()
    if not Tenant.objects.filter(schema_name=schema_name, fingerprint=wanted).exists():
        migrating.migrate_one(schema_name)
    values = {
        "name": name,
        "name_sort": sort_key(name),
        "kind": kind,
        "organisation_number": number,
        "county_code": county_code,
        "municipality_code": municipality_code,
        "fingerprint": wanted,
    }
    with transaction.atomic():
        tenant: Tenant
        tenant, _ = Tenant.objects.update_or_create(schema_name=schema_name, defaults=values)
        Domain.objects.get_or_create(domain=domain, defaults={"tenant": tenant, "is_primary": True})
    return tenant


def _refuse_malformed_names(schema_name: str, name: str, domain: str) -> None:
    if not SCHEMA.fullmatch(schema_name):
        raise CannotJoin(
            f"Schemanamnet {schema_name} går inte att använda. Skriv små bokstäver a-z, siffror"
            " och understreck, till exempel t_krokom. Det får inte börja med pg_, sp_ eller login_."
        )
    if not 0 < len(name.strip()) <= 100:
        raise CannotJoin("Namnet saknas eller är för långt. Skriv högst 100 tecken.")
    if len(domain) > 253 or not HOST.fullmatch(domain):
        raise CannotJoin(
            f"Värdnamnet {domain} går inte att använda. Skriv det med små bokstäver, utan http://"
            " och utan port, till exempel krokom.localhost."
        )


def _refuse_malformed_codes(kind: str, county_code: str, municipality_code: str) -> None:
    if kind not in Tenant.Kind.values:
        raise CannotJoin(f"Typen {kind} finns inte. Välj en av: {', '.join(Tenant.Kind.values)}.")
    if not COUNTY.fullmatch(county_code):
        raise CannotJoin(
            f"Länskoden {county_code or '(tom)'} har fel form. Den har två siffror, till exempel"
            " 23."
        )
    if kind == Tenant.Kind.REGION:
        if municipality_code:
            raise CannotJoin(
                f"En region har ingen kommunkod. Ta bort {municipality_code}, eller välj typen"
                " both om huvudmannen är både region och kommun."
            )
    elif not (MUNICIPALITY.fullmatch(municipality_code) and municipality_code[:2] == county_code):
        raise CannotJoin(
            f"Kommunkoden {municipality_code or '(tom)'} stämmer inte med länskoden"
            f" {county_code}. Den har fyra siffror och börjar med länskoden, till exempel 2309."
        )


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
