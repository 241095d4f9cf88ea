"""The person's own extract: every access to her, from everywhere, and nothing of anybody else."""

import json
import time
from datetime import datetime
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cast import AT, MUNICIPALITY, REGION
from isolation.county import admit
from lxml import etree
from people import BERIT, CASE_OFFICERS, HOUR, NURSE, OFFICER, write_units
from pypdf import PdfReader

from care.cases.models import Case
from care.individuals.operations import Person
from care.sharing import access, audit_events, extract, keeping, storelog
from care.sharing.extract import Extract
from care.sharing.models import AccessLog
from portal.papers import accesses
from tenants.context import acting_as

NAMES = {REGION: "Region Test", MUNICIPALITY: "Testkommun"}
NILS = Person(
    kind="personnummer", number="193012299263", given_name="Nils", family_name="Främling",
    registered_municipality="2399", registered_address="",
)  # fmt: skip
REASON = "Hon har begärt det, dnr 2026/17"
SCHEMA = Path(__file__).with_name("access_logs_responder.xsd")


def taken_out(tenant: str = REGION, at: datetime = AT + 9 * HOUR) -> Extract:
    with acting_as(tenant):
        actor = NURSE if tenant == REGION else OFFICER
        return extract.of(actor=actor, number=BERIT.number, reason=REASON, at=at)


def read(case_id: UUID, *, at: datetime) -> None:
    with acting_as(REGION):
        access.case_for_reading(actor=NURSE, case_id=case_id, at=at)


def read_abroad(common_id: UUID, *, at: datetime) -> None:
    """Let the municipality read what the region holds of a case."""
    with acting_as(MUNICIPALITY):
        line = access._line(
            actor=OFFICER, owner=REGION, activity="read", common_ids=[common_id, uuid4()], rows=1,
            at=at, channel="B", ground="consent",
        )  # fmt: skip
        AccessLog.objects.bulk_create([line])


@pytest.fixture
def case(committed: None) -> Case:
    """Return Berit's case; somebody has seen it in a list together with another person's."""
    write_units()
    cases = [_admitted(BERIT), _admitted(NILS)]
    with acting_as(REGION):
        access.log(actor=NURSE, owner=REGION, activity="list", rows=2, at=AT,
                   common_ids=[it.common_id for it in cases])  # fmt: skip
    read(cases[1].pk, at=AT + HOUR)
    return cases[0]


def test_every_access_to_the_person_is_there_the_newest_first(case: Case) -> None:
    read(case.pk, at=AT + 2 * HOUR)
    read_abroad(case.common_id, at=AT + 3 * HOUR)

    found = taken_out().accesses
    assert [(it.reader, it.activity) for it in found][:3] == [
        (MUNICIPALITY, "read"), (REGION, "read"), (REGION, "list"),
    ]  # fmt: skip
    assert found[0].unit_name == "Biståndsenheten"
    assert (found[0].channel, found[0].owner) == ("B", REGION)


def test_that_it_was_taken_out_is_logged(case: Case) -> None:
    first = taken_out()
    again = taken_out(at=AT + 10 * HOUR)

    assert [it.activity for it in again.accesses if it not in first.accesses] == ["extract"]


def test_the_others_show_what_concerns_our_rows_and_no_more(case: Case) -> None:
    with acting_as(MUNICIPALITY):
        access.log(actor=OFFICER, owner=MUNICIPALITY, activity="read", rows=1, at=AT,
                   common_ids=[case.common_id])  # fmt: skip

    assert not [it for it in taken_out().accesses if it.reader == MUNICIPALITY]


def test_what_is_kept_of_one_who_has_left_is_there(case: Case) -> None:
    read_abroad(case.common_id, at=AT + 3 * HOUR)
    with acting_as(REGION):
        keeping.keep_readings_of(MUNICIPALITY)

    kept = [it for it in taken_out().accesses if it.reader == MUNICIPALITY]
    assert len(kept) == 2
    assert kept[0] == kept[1]


def test_a_person_without_a_case_has_no_accesses(case: Case) -> None:
    with acting_as(REGION):
        assert extract.of(actor=NURSE, number="0" * 12, reason=REASON, at=AT).accesses == ()


def test_no_rendering_has_anything_of_another_person(case: Case) -> None:
    read_abroad(case.common_id, at=AT + 3 * HOUR)
    with acting_as(REGION):
        theirs = Case.objects.get(individual__number=NILS.number)
        secret = {NILS.number, NILS.family_name, str(theirs.common_id), str(theirs.pk)}
    found = taken_out()

    texts = [
        storelog.xml(found, names=NAMES).decode(),
        audit_events.bundle(found, names=NAMES).decode(),
        _text(found),
    ]
    for text in texts:
        assert "Avdelning 1" in text
        assert "Biståndsenheten" in text
        # Nor the name of who read: the unit is what tells.
        assert not [it for it in (*secret, NURSE.name, OFFICER.name) if it in text]


def test_the_xml_is_as_the_contract_describes(case: Case) -> None:
    read_abroad(case.common_id, at=AT + 3 * HOUR)
    answer = etree.fromstring(storelog.xml(taken_out(), names=NAMES))

    etree.XMLSchema(file=str(SCHEMA)).assertValid(answer)
    first = answer.find(".//{*}accessLog")
    assert first is not None
    assert {etree.QName(it).localname: it.text for it in first} == {
        "careProviderId": "SE2999999127", "careProviderName": "Testkommun",
        "careUnitId": CASE_OFFICERS, "careUnitName": "Biståndsenheten",
        "accessDate": "2026-03-02T12:00:00.000", "userId": "okänd", "userTitle": "Koordinator",
        "purpose": "Vård och behandling", "resourceType": "Utskrivning och vårdplanering",
    }  # fmt: skip


def test_the_bundle_is_of_audit_events(case: Case) -> None:
    read(case.pk, at=AT + 2 * HOUR)
    told = json.loads(audit_events.bundle(taken_out(), names=NAMES))

    events = [it["resource"] for it in told["entry"]]
    assert {it["resourceType"] for it in events} == {"AuditEvent"}
    assert events[0]["recorded"] == (AT + 2 * HOUR).isoformat()
    assert events[0]["entity"][0]["what"]["identifier"]["value"] == BERIT.number
    assert events[0]["agent"][1]["who"]["display"] == "Avdelning 1, Region Test"
    assert len({it["id"] for it in events}) == len(events)


@pytest.mark.parametrize(
    ("kind", "system"),
    [
        ("personnummer", "urn:oid:1.2.752.129.2.1.3.1"),
        ("samordningsnummer", "urn:oid:1.2.752.129.2.1.3.3"),
        ("reserve_number", None),
    ],
)
def test_the_bundle_says_what_kind_of_number_it_is(
    case: Case, kind: str, system: str | None
) -> None:
    with acting_as(REGION):
        case.individual.identities.update(kind=kind)

    told = json.loads(audit_events.bundle(taken_out(), names=NAMES))

    whose = told["entry"][0]["resource"]["entity"][0]["what"]["identifier"]
    assert (whose["value"], whose.get("system")) == (BERIT.number, system)


def test_the_paper_tells_unit_time_and_what_was_done(case: Case) -> None:
    read_abroad(case.common_id, at=AT + 3 * HOUR)
    text = _text(taken_out())

    for words in ("Utdrag ur åtkomstloggen", "19400405-7032", "2 mar 2026 12.00",
                  "Biståndsenheten, Testkommun", "Läste ärendet (direktåtkomst)"):  # fmt: skip
        assert words in text


@pytest.mark.timeout(300)
def test_ten_thousand_rows_take_seconds(case: Case) -> None:
    with acting_as(REGION):
        lines = [
            access._line(actor=NURSE, owner=REGION, activity="read",
                         common_ids=[case.common_id], rows=1, at=AT)
            for _ in range(10_000)
        ]  # fmt: skip
        AccessLog.objects.bulk_create(lines, batch_size=1000)

    before = time.process_time()
    found = taken_out()
    storelog.xml(found, names=NAMES)
    audit_events.bundle(found, names=NAMES)
    assert len(found.accesses) > 10_000
    assert time.process_time() - before < 5


def _admitted(somebody: Person) -> Case:
    case_id = admit(person=somebody)
    with acting_as(REGION):
        return Case.objects.select_related("individual").get(pk=case_id)


def _text(found: Extract) -> str:
    with acting_as(REGION):
        pages = PdfReader(BytesIO(accesses.paper(found))).pages
    return " ".join(" ".join(it.extract_text() for it in pages).split())
