"""A huvudman joins: registry, host name, schema, role, tables, grants and policies."""

import re
from dataclasses import dataclass

from django.db import connection, transaction

from tenants import identifiers, migrating
from tenants.apart import schema_of
from tenants.models import Departed, Domain, Tenant
from tenants.sorting import sort_key

# A schema is a role too, and roles are one namespace for the whole cluster. Those of the cluster
# itself must never be taken for a huvudman: joining it would grant it to the application. What
# begins as a training huvudman does is one (tenants.apart).
SCHEMA = re.compile(
    r"(?!pg_|sp_|login_|training_|public$|none$|information_schema$)[a-z][a-z0-9_]{1,50}"
)
LONGEST = 57  # with login_ before it, PostgreSQL keeps every letter of it
LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"  # RFC 1123 2.1
HOST = re.compile(rf"{LABEL}(\.{LABEL})*")
COUNTY = re.compile(r"\d{2}")
MUNICIPALITY = re.compile(r"\d{4}")


class CannotJoin(Exception):
    """Something about the huvudman is wrong; the text is Swedish and says what to do."""


@dataclass(frozen=True)
class Newcomer:
    """What a huvudman joins with; a training one has no organisation number.

    :param training_for: schema of the real one whose training huvudman it is
    """

    schema_name: str
    name: str
    kind: str
    organisation_number: str
    county_code: str
    domain: str
    municipality_code: str = ""
    training_for: str = ""


def join(newcomer: Newcomer) -> Tenant:
    """Let a huvudman join. The same call twice changes nothing.

    The registry comes last: whoever finds a huvudman there finds its tables and policies too, and
    a call that was interrupted is completed by the next one.

    :raises CannotJoin: if a name or a code has the wrong form, or belongs to somebody else
    :raises identifiers.BadIdentifier: if the organisation number is wrong
    """
    number = check(newcomer)
    wanted = migrating.fingerprint()
    if not Tenant.objects.filter(schema_name=newcomer.schema_name, fingerprint=wanted).exists():
        migrating.migrate_one(newcomer.schema_name)
    values = {
        "name": newcomer.name,
        "name_sort": sort_key(newcomer.name),
        "kind": newcomer.kind,
        "organisation_number": number,
        "county_code": newcomer.county_code,
        "municipality_code": newcomer.municipality_code,
        "training_for": newcomer.training_for,
        "fingerprint": wanted,
    }
    with transaction.atomic():
        tenant: Tenant
        tenant, _ = Tenant.objects.update_or_create(
            schema_name=newcomer.schema_name, defaults=values
        )
        Domain.objects.get_or_create(
            domain=newcomer.domain, defaults={"tenant": tenant, "is_primary": True}
        )
    return tenant


def check(newcomer: Newcomer) -> str:
    """Refuse what a huvudman cannot join with; return its organisation number as ten digits.

    :raises CannotJoin: if a name or a code has the wrong form, or belongs to somebody else
    :raises identifiers.BadIdentifier: if the organisation number is wrong
    """
    real = newcomer.training_for
    # A training huvudman has no number, so that nothing of it can be taken for the real one.
    number = "" if real else identifiers.organisation_number(newcomer.organisation_number)
    _refuse_malformed_names(real or newcomer.schema_name, newcomer.name, newcomer.domain)
    _refuse_malformed_codes(newcomer.kind, newcomer.county_code, newcomer.municipality_code)
    if real:
        _refuse_anothers_training(newcomer)
    else:
        _refuse_taken(newcomer, number)
    _refuse_taken_domain(newcomer.schema_name, newcomer.domain)
    return number


def _refuse_malformed_names(schema_name: str, name: str, domain: str) -> None:
    if not SCHEMA.fullmatch(schema_name):
        raise CannotJoin(
            f"Schemanamnet {schema_name} går inte att använda. Skriv små bokstäver a-z, siffror"
            " och understreck, till exempel t_krokom. Det får inte börja med pg_, sp_, login_ eller"
            " training_."
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


def _refuse_taken(newcomer: Newcomer, number: str) -> None:
    schema_name, municipality_code = newcomer.schema_name, newcomer.municipality_code
    if left := Departed.objects.filter(schema_name=schema_name).first():
        # Also for itself: the others know which letters they have had from this schema by number.
        raise CannotJoin(
            f"Schemanamnet {schema_name} hörde till {left.name}, som har lämnat, och står kvar i"
            " det som andra har fått därifrån. Välj ett annat schemanamn."
        )
    if left := Departed.objects.filter(organisation_number=number).first():
        raise CannotJoin(
            f"Organisationsnumret {number} hörde till {left.name}, som har lämnat. Dess enheter"
            " står kvar i andras kopior under samma HSA-id, så den kan inte anslutas en gång till"
            " här. Återställ dess arkiv i en egen databas i stället."
        )
    others = Tenant.objects.exclude(schema_name=schema_name).filter(training_for="")
    if others.filter(organisation_number=number).exists():
        raise CannotJoin(
            f"Organisationsnumret {number} hör redan till en annan huvudman. Kontrollera numret,"
            " eller använd samma schemanamn som förra gången."
        )
    if municipality_code and others.filter(municipality_code=municipality_code).exists():
        raise CannotJoin(f"Kommunkoden {municipality_code} är redan ansluten. Kontrollera koden.")
    if _is_a_login(schema_name):
        raise CannotJoin(
            f"Namnet {schema_name} är redan en inloggning i databasen. Välj ett annat schemanamn,"
            " till exempel t_krokom."
        )


def _refuse_anothers_training(newcomer: Newcomer) -> None:
    schema_name, real = newcomer.schema_name, newcomer.training_for
    same = Tenant.objects.filter(schema_name=schema_name).exclude(training_for=real)
    if len(schema_name) > LONGEST or schema_name != schema_of(real) or same.exists():
        raise CannotJoin(
            f"Övningshuvudmannen för {real} skulle heta {schema_name}, som är för långt"
            " eller är en annans. Den kan inte läggas upp förrän huvudmannen har ett annat schema."
        )


def _refuse_taken_domain(schema_name: str, domain: str) -> None:
    if Domain.objects.filter(domain=domain).exclude(tenant__schema_name=schema_name).exists():
        raise CannotJoin(f"Värdnamnet {domain} används av en annan huvudman. Välj ett annat.")


def _is_a_login(role: str) -> bool:
    # Our own roles never log in: one that does, such as postgres, would be granted to the product.
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s AND rolcanlogin", [role])
        return cursor.fetchone() is not None
