"""B13: whatever is asked for, by whomever, tells nothing of somebody with protected identity.

Every surface is read for her name, number, address and telephone: each address of the product as
each role that is not on the list of her case, the lists of those who are, papers and files, what
the log gets, and the rows of other huvudmän.
"""

import io
import json
import logging
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pypdf
import pytest
from architecture.test_access_rules import VIEWS
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.http import HttpResponseBase
from hired import Hired, acting, hire
from isolation.county import admit, agree, case_at
from people import (
    BERIT,
    CASE_OFFICERS,
    DAY,
    ELSEWHERE,
    HEALTH_CENTRE,
    HOUR,
    MUNICIPAL_NURSES,
    WARD,
    write_units,
)
from psycopg import sql
from pytest_django import Settings
from visits import browser, post, sent

from care.discharge import operations as discharge
from care.identity.permissions import ROLES, Role
from care.inbox import protection, tasks
from care.inbox.models import Message
from care.individuals.models import Individual
from care.individuals.operations import Person
from portal.access import rule_of
from tenants.context import acting_as
from tenants.leaving.export import export

LEAST = 40  # surfaces
ADDRESS, PHONE = "Gömda gränden 7", "070-1740605"
HER = replace(
    BERIT,
    number="194201199124",
    given_name="Vendela",
    family_name="Dold-Granström",
    registered_address=ADDRESS,
    protection="protected_registration",
)
SECRETS = tuple(
    it.casefold()
    for it in (
        "Vendela", "Dold-Granström", "Dold-Granstr&ouml;m", HER.number, "19420119-9124",
        "420119-9124", "4201199124", ADDRESS, PHONE, "0701740605",
    )
)  # fmt: skip
ADMINISTRATION = (
    Role.LOCAL_ADMINISTRATOR, Role.SIGNATORY, Role.BOARD_SECRETARY, Role.BOARD_MEMBER,
    Role.ECONOMIST, Role.OPERATOR,
)  # fmt: skip
# What ends the session of whoever asks, and is about nobody.
LEFT_OUT = frozenset({"sign-out", "sign-in", "personas"})


@dataclass
class Reading:
    """What has been read, and where something of her stood."""

    surfaces: set[str] = field(default_factory=set)
    leaks: list[str] = field(default_factory=list)
    of_berit: set[str] = field(default_factory=set)  # whom everybody may know of

    def read(self, surface: str, *texts: str) -> None:
        """Look through a surface."""
        self.surfaces.add(surface)
        told = "\n".join(texts).casefold()
        self.leaks += [f"{surface}: {it}" for it in SECRETS if it in told]
        if BERIT.family_name.casefold() in told:
            self.of_berit.add(surface)

    def answer(self, surface: str, answer: HttpResponseBase) -> None:
        """Look through an answer: its headers, and what it holds, unpacked."""
        headers = "\n".join(f"{name}: {value}" for name, value in answer.items())
        body = b"".join(answer) if answer.streaming else getattr(answer, "content", b"")
        self.read(surface, headers, *unpacked(body))


def unpacked(body: bytes) -> Iterator[str]:
    """Yield the texts of a file: of a PDF its pages, of an archive or workbook what is in it."""
    if body.startswith(b"%PDF"):
        reader = pypdf.PdfReader(io.BytesIO(body))
        yield str(reader.metadata)
        yield from (page.extract_text() for page in reader.pages)
    elif body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            for name in packed.namelist():
                yield name
                yield from unpacked(packed.read(name))
    else:
        yield body.decode("utf-8", "replace")


@pytest.fixture
def place(committed: None, settings: Settings, tmp_path: Path) -> Path:
    settings.STATIC_ROOT = tmp_path
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": storage}
    write_units()
    agree()
    return tmp_path


HELD = (
    ("opener", REGION, WARD, Role.WARD_NURSE),
    ("coordinator", MUNICIPALITY, CASE_OFFICERS, Role.INBOX_COORDINATOR),
    ("colleague", REGION, WARD, Role.WARD_NURSE),
    ("physician", REGION, WARD, Role.TREATING_PHYSICIAN),
    ("centre", REGION, HEALTH_CENTRE, Role.CARE_COORDINATOR),
    ("officer", MUNICIPALITY, CASE_OFFICERS, Role.CASE_OFFICER),
    ("municipal", MUNICIPALITY, MUNICIPAL_NURSES, Role.MUNICIPAL_NURSE),
    ("stranger", STRANGER, ELSEWHERE, Role.INBOX_COORDINATOR),
    *((str(it), REGION, WARD, it) for it in ADMINISTRATION),
)


def staff() -> dict[str, Hired]:
    """Hire who is on the list of her case, the first two, and everybody else."""
    return {
        name: hire(tenant, f"Medarbetare {number}", f"{unit[:12]}-P{number:03}", (unit, role))
        for number, (name, tenant, unit, role) in enumerate(HELD)
    }


@dataclass(frozen=True)
class Story:
    """Her case, as it runs: its id at each huvudman, and a message of it."""

    at_region: UUID
    at_municipality: UUID
    message: UUID

    def path(self, route: str, tenant: str) -> str:
        """Return an address with her case wherever it names something."""
        case_id = self.at_region if tenant == REGION else self.at_municipality
        filled = re.sub(r"<uuid:message_id>", str(self.message), route)
        filled = re.sub(r"<uuid:\w+>", str(case_id), filled)
        filled = re.sub(r"<int:\w+>", "1", filled)
        return "/" + re.sub(r"<(?:\w+:)?\w+>", "notify-ready", filled)


def told(opener: Hired, her: Person = HER) -> Story:
    """Let her case run, and beside it the case of somebody of whom everybody may know."""
    nurse = acting(opener, Role.WARD_NURSE, WARD)
    case_id = admit(by=nurse, person=her, to=[CASE_OFFICERS])
    with acting_as(REGION):
        discharge.send_general_message(
            actor=nurse, case_id=case_id, subject="Kontakt", text=f"Nås på {PHONE}",
            ground="consent", recipients=[CASE_OFFICERS], at=AT + HOUR,
        )  # fmt: skip
        discharge.submit_planning_basis(
            actor=nurse, case_id=case_id, info_class="health_care",
            text="Vendela bor på Gömda gränden 7", at=AT + HOUR,
        )  # fmt: skip
    tasks.drain()
    with acting_as(REGION):
        message = Message.objects.order_by("sent_at").first()
    assert message is not None
    theirs = case_at(MUNICIPALITY).pk
    admit(by=nurse, to=[HEALTH_CENTRE, CASE_OFFICERS], at=AT + 2 * HOUR)
    tasks.drain()
    return Story(case_id, theirs, message.id)


@pytest.mark.timeout(900)  # some five hundred requests, on a machine that may be busy
def test_nothing_tells_of_her(
    place: Path, caplog: pytest.LogCaptureFixture, dba: psycopg.Connection[Any]
) -> None:
    caplog.set_level(logging.DEBUG)
    people = staff()
    story = told(people["opener"])
    reading = Reading()
    for name, _, _, role in HELD[2:]:
        _addresses(reading, name, people[name], role, story)
    _lists(reading, people)
    _on_the_list(reading, people, story)
    _rows(reading, dba)
    with (place / "stranger.zip").open("wb") as file:
        made = Path(file.name)
    made.unlink()
    export(schema=STRANGER, to=made, by="test", at=AT + DAY)
    reading.read("leaving archive of another huvudman", *unpacked(made.read_bytes()))
    for record in caplog.records:
        reading.read(f"log {record.name}", record.getMessage(), str(record.exc_text))

    print(f"{len(reading.surfaces)} surfaces read, {len(reading.leaks)} leaks")
    assert reading.leaks == []
    assert len(reading.surfaces) >= LEAST
    # Somebody of whom everybody may know is found by the same eyes.
    assert {"colleague ''", "search", "worklist"} <= reading.of_berit


@pytest.mark.timeout(300)
def test_nothing_tells_of_her_once_she_is_marked(place: Path, dba: psycopg.Connection[Any]) -> None:
    """She got her protection while the case ran, at the municipality by letter."""
    people = staff()
    story = told(people["opener"], replace(HER, protection=""))
    before, reading = Reading(), Reading()
    _lists(before, people)
    with acting_as(REGION):
        protection.mark_protected(
            actor=acting(people["opener"], Role.WARD_NURSE, WARD), case_id=story.at_region,
            protection=HER.protection, at=AT + 2 * HOUR,
        )  # fmt: skip
    tasks.drain()
    for name, role in (("colleague", Role.WARD_NURSE), ("officer", Role.CASE_OFFICER)):
        _addresses(reading, name, people[name], role, story)
    _lists(reading, people)
    for schema in (REGION, MUNICIPALITY):
        for table in ("individuals_individual", "inbox_worklistrow", "sharing_accesslog"):
            texts = _texts(dba, schema, table)
            reading.leaks += [f"{schema}.{table}: {it}" for it in texts if ADDRESS in it]

    assert before.leaks != []
    assert reading.leaks == []


@pytest.mark.timeout(300)
def test_what_tells_of_her_would_be_found(place: Path) -> None:
    people = staff()
    told(people["opener"])
    with acting_as(REGION):
        Individual.objects.update(protection="")
    reading = Reading()
    _lists(reading, people)

    assert {it.partition(":")[0] for it in reading.leaks} >= {"worklist", "search"}


def _addresses(reading: Reading, name: str, who: Hired, role: Role, story: Story) -> None:
    """Ask for every address as somebody who may not know of her, and send each form of her case.

    Whose role does not carry a view's right is refused before the view is called: of those one
    answer is read.
    """
    client = browser(who, raise_request_exception=False)
    for route in _routes(role):
        path = story.path(route, who.tenant)
        reading.answer(f"{name} '{route}'", client.get(path))
        if "case_id" in route or "message_id" in route:
            reading.answer(f"{name} POST '{route}'", client.post(path, sent(who)))
    refused = next(iter(sorted(set(VIEWS) - LEFT_OUT - set(_routes(role)))))
    reading.answer(f"{name} refused '{refused}'", client.get(story.path(refused, who.tenant)))


def _routes(role: Role) -> list[str]:
    """Return the addresses whose view a role comes to."""
    asked = sorted(set(VIEWS) - LEFT_OUT)
    return [it for it in asked if ROLES[role].issuperset(rule_of(VIEWS[it]).permissions)]


def _lists(reading: Reading, people: dict[str, Hired]) -> None:
    """Read the worklists and searches of everybody, of those on the list too."""
    for name in ("opener", "coordinator", "colleague", "officer", "centre", "stranger"):
        who = people[name]
        client = browser(who)
        for view in ("todo", "to_acknowledge", "ready", "all"):
            for order in ("deadline", "latest", "name"):
                address = f"/?view={view}&order={order}"
                reading.answer("worklist", client.get(address))
                fragment = client.get(address, headers={"HX-Request": "true"})
                reading.answer("live worklist", fragment)
        for text in ("dold", "Ven", "Granstr", "19420119", "9124", "berit", "åkerlund"):
            answer = client.post("/search", sent(who, text=text))
            # What was typed stands in the field; what was found, in the rows.
            rows = re.sub(r"<input[^>]*>", "", answer.content.decode())
            reading.read("search", rows)


def _on_the_list(reading: Reading, people: dict[str, Hired], story: Story) -> None:
    """Read, as those who may know of her, what names pages and files, and the rest of the product.

    The pages of her case tell who she is, and never where she lives.
    """
    for name, _, _, role in HELD[:2]:
        who = people[name]
        client = browser(who, raise_request_exception=False)
        case_id = story.at_region if who.tenant == REGION else story.at_municipality
        reading.answer(f"{name} asked why", client.get(f"/cases/{case_id}/state-reason"))
        post(client, who, f"/cases/{case_id}/state-reason", reason="handles")
        for route in _routes(role):
            answer = client.get(story.path(route, who.tenant))
            if "case_id" in route or "message_id" in route:
                _named(reading, f"{name} names of '{route}'", answer)
            else:
                reading.answer(f"{name} '{route}'", answer)


def _named(reading: Reading, surface: str, answer: HttpResponseBase) -> None:
    page = getattr(answer, "content", b"").decode("utf-8", "replace")
    titles = re.findall(r"<title>.*?</title>", page, re.DOTALL)
    links = re.findall(r"(?:href|action|src|hx-\w+)=\"[^\"]*\"", page)
    headers = "\n".join(f"{name}: {value}" for name, value in answer.items())
    reading.read(surface, headers, *titles, *links)


def _rows(reading: Reading, dba: psycopg.Connection[Any]) -> None:
    """Read every row of who has no part in her case, of everybody together, and of the logs."""
    for schema in (STRANGER, "public"):
        for table in _tables(dba, schema):
            reading.read(f"{schema}.{table}", *_texts(dba, schema, table))
    for schema in (REGION, MUNICIPALITY):
        for table in ("sharing_accesslog", "inbox_worklistrow", "sharing_namedreader",
                      "sharing_statedreason", "cases_deadline", "cases_case", "home_answer",
                      "identity_staffsession", "sharing_opening"):  # fmt: skip
            reading.read(f"{schema}.{table}", *_texts(dba, schema, table))
        # Where she lives is kept nowhere, and is in no letter.
        for table in ("individuals_individual", "inbox_outbox", "inbox_message"):
            texts = _texts(dba, schema, table)
            reading.surfaces.add(f"address in {schema}.{table}")
            reading.leaks += [f"{schema}.{table}: {it}" for it in texts if ADDRESS in it]


def _tables(dba: psycopg.Connection[Any], schema: str) -> list[str]:
    rows = dba.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
    return sorted(name for (name,) in rows)


def _texts(dba: psycopg.Connection[Any], schema: str, table: str) -> Iterable[str]:
    asked = sql.SQL("SELECT to_jsonb(it) FROM {} AS it").format(sql.Identifier(schema, table))
    return [json.dumps(row, ensure_ascii=False) for (row,) in dba.execute(asked)]
