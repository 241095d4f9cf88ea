"""One step of the benchmark's database, in a process of its own: `python making.py STEP ...`.

The steps that change tables run as the migrator (SAMPLAN_MIGRATING=1), the others as the
application, as in production. What a step has to tell is one line of JSON.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import django


def join(first: int, count: int) -> list[float]:
    """Let huvudmän join, the first ones into an empty database; tell the seconds of each."""
    from huvudman import joining_values

    from tenants import joining, migrating

    if first == 0:
        migrating.migrate_public()
    return [
        _seconds(partial(joining.join, joining.Newcomer(**joining_values(number))))
        for number in range(first, first + count)
    ]


def play(municipalities: int, wards: int) -> dict[str, str]:
    """Fill the smaller county; tell where its pages are and who is signed in."""
    import county

    from care.individuals.models import Individual
    from tenants import clock
    from tenants.context import acting_as

    at, numbers = clock.moment(), range(1, municipalities + 1)
    local_ids = ["INBOX", "HC", *(f"AVD{ward}" for ward in range(1, wards + 1))]
    county.write_units(local_ids, municipalities=numbers)
    county.agree(municipalities=numbers, at=at)
    case_id = county.play_across_three(at=at)
    county.play_inbox(at=at)
    county.write_many(wards=range(1, wards + 1), municipalities=numbers, at=at)
    with acting_as(county.REGION):
        person = Individual.objects.order_by("number").values_list("pk", flat=True).first()
    return {
        "case": str(case_id),
        "individual": str(person),
        "inbox": county.NURSE.unit_id,
        "ward": county.unit_id(county.REGION, "AVD1"),
        "token": county.sign_in(county.NURSE, at=at),
    }


def grow(municipalities: int, more_municipalities: int, wards: int, more_wards: int) -> None:
    """Let a county that is filled have more municipalities and wards."""
    import county

    from tenants import clock

    at = clock.moment()
    new = range(municipalities + 1, municipalities + more_municipalities + 1)
    new_wards = range(wards + 1, wards + more_wards + 1)
    county.write_units([f"AVD{ward}" for ward in new_wards], municipalities=new)
    county.agree(municipalities=new, at=at)
    county.write_many(wards=new_wards, municipalities=new, at=at)


def read_hsa(units: int, assignments: int) -> tuple[float, float, int]:
    """Read a batch of HSA twice; tell the seconds of each, and what the second one changes."""
    import batches
    import county

    from care.identity.hsa.importing import import_hsa
    from care.identity.importing import Change
    from project.commands.operator import operator
    from tenants import clock
    from tenants.context import acting_as

    at = clock.moment()
    with acting_as(county.REGION):
        batches.write_units(units)
        content = batches.batch(units, assignments, at=at)
        actor = operator(county.REGION, command="bench")
        seconds, reports = [], []
        for _ in range(2):
            began = time.perf_counter()
            reports.append(
                import_hsa(actor=actor, content=content, takes_two=False, dry_run=False, at=at)
            )
            seconds.append(time.perf_counter() - began)
    if len(reports[0].of(Change.ADDED)) != assignments:
        raise SystemExit("the batch was not read as it was made")
    changes = sum(len(reports[1].of(it)) for it in (Change.ADDED, Change.CHANGED, Change.ENDED))
    return seconds[0], seconds[1], changes


def tell(municipalities: int) -> str:
    """Let every municipality have told of its eight steps; return who reads the board's session."""
    import county

    from tenants import clock

    return county.tell_steps(municipalities=range(1, municipalities + 1), at=clock.moment())


def enter(number: int) -> float:
    """Let the first administrator of a huvudman in; tell the seconds until the first page."""
    import subjects
    from django.template.loader import get_template
    from huvudman import joining_values

    from care.identity import operations, queries
    from tenants import clock
    from tenants.context import acting_as

    values = joining_values(number)
    # A server that has run a while: it has asked for a host, and knows the page's templates.
    subjects.page(values["domain"], "/units", ok="302 Found")()
    get_template("portal/units/list.html")

    def sign_in() -> None:
        at = clock.moment()
        with acting_as(values["schema_name"]):
            (first,) = queries.administrators(at=at)
            token = operations.open_session(staff_id=first.staff_id, at=at)
        subjects.page(values["domain"], "/units", f"__Host-samplan_session={token}")()

    return _seconds(sign_in)


def send(count: int) -> list[float]:
    """Send messages while the loop runs; tell how many seconds each was on its way."""
    import sending

    return sending.send_and_watch(count)


def seal(rows: int) -> float:
    """Write rows in the region's access log and seal them; tell the seconds of the sealing."""
    from django.db import connection

    from care.sharing import sealing
    from tenants import clock
    from tenants.context import acting_as

    with acting_as("b_region"):
        with connection.cursor() as cursor:
            cursor.execute(_LOGGED, [rows])
        at = clock.moment()
        return _seconds(lambda: sealing.seal(at=at))


_LOGGED = """
INSERT INTO sharing_accesslog (owner, activity, common_ids, staff_id, staff_name, assignment_id,
    title, unit_id, unit_name, purpose, channel, ground, reason, rows, at, staff_hsa_id,
    owner_provider, staff_provider, level, decision, system, client, ip, device, request_id)
SELECT 'b_region', 'read', jsonb_build_array(gen_random_uuid()), gen_random_uuid(),
    'Sara Lindmark', gen_random_uuid(), 'Sjuksköterska', 'SE2999999119-AVD1', 'Avdelning 1', 'care',
    '', '', 'granted', 1, now(), 'SE2999999119-P001', '2999999119', '2999999119', 'own', 'granted',
    'Samplan', 'portal', '192.0.2.1', 'Mozilla/5.0 (X11; Linux x86_64) Gecko Firefox',
    gen_random_uuid()
FROM generate_series(1, %s)
"""


def registry() -> None:
    """Enter two tenants of the stock projects in their own registry."""
    from django.db import connection
    from yardstick.registry.models import Domain, Tenant

    with connection.schema_editor() as editor:
        editor.create_model(Tenant)
        editor.create_model(Domain)
    tenant = Tenant.objects.create(schema_name="yardstick", name="Yardstick")
    Domain.objects.create(domain="yardstick.localhost", tenant=tenant, is_primary=True)


def enter_others(count: int) -> int:
    """Enter huvudmän in the registry, in line and without a schema; tell how many have one."""
    from tenants import migrating
    from tenants.models import Tenant

    wanted, real = migrating.fingerprint(), Tenant.objects.count()
    Tenant.objects.bulk_create(
        Tenant(
            schema_name=f"b_x{number}", name=f"Kommun {number}", name_sort=f"kommun {number}",
            kind="municipality", organisation_number=f"{number:010d}", county_code="98",
            municipality_code=f"{number:04d}", fingerprint=wanted,
        )
        for number in range(count - real)
    )  # fmt: skip
    return real


def migrate() -> float:
    """Migrate everything, where there is nothing to do; tell the seconds."""
    from tenants import migrating

    def all_of_it() -> None:
        migrating.migrate_public()
        assert migrating.migrate_all() == []

    return _seconds(all_of_it)


def _seconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def main() -> None:
    """Do the step that is named; its arguments are numbers."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    django.setup()
    step, *arguments = sys.argv[1:]
    steps: dict[str, Any] = {
        it.__name__: it
        for it in (
            join,
            play,
            grow,
            read_hsa,
            tell,
            enter,
            send,
            seal,
            registry,
            enter_others,
            migrate,
        )
    }
    print(json.dumps(steps[step](*map(int, arguments))))


if __name__ == "__main__":
    main()
