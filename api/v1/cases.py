"""Ärenden: those of the unit, one of them, and what has happened and fallen due in it."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from api import paging
from api.fields import CODE, HSA_ID, Line, Moment, Prose, Values, Word
from api.operation import Call, address, operation
from api.v1.examples import CASE, INSTANT, MESSAGE, UNIT
from api.v1.messages import Message
from api.v1.rows import listed, page_of
from care.discharge import operations, reads
from care.identity.permissions import Permission
from care.identity.scopes import Scope
from care.inbox import queries as inbox
from care.inbox.queries import Order, View
from care.individuals.operations import Person, identity_number
from care.law import discharge

STATES = tuple(it.value for it in discharge.State)
VARIANTS = ("somatic", "psychiatric", "open_compulsory", "outside_act", "shortened")
PROTECTIONS = ("flagged", "protected_registration", "assumed_identity")


class CaseRow(Values):
    """Ärende i enhetens arbetslista."""

    example = {
        "id": CASE, "is_protected": False, "name": "Tilda Åkerlund", "number": "19400107-9120",
        "age": 86, "state": "planning", "latest_act": "notify_admission", "latest_at": INSTANT,
        "latest_unit": "Avdelning 41", "unacknowledged": 1, "message_id": MESSAGE,
        "due_at": INSTANT, "due_rule": "receipt", "is_overdue": False, "assigned_to": "",
        "expected_discharge_at": INSTANT,
    }  # fmt: skip

    id = serializers.UUIDField(source="case_id")
    is_protected = serializers.BooleanField()
    name = Line(allow_blank=True)
    number = Line(length=20, allow_blank=True)
    age = serializers.IntegerField(allow_null=True, min_value=0, max_value=150)
    state = Word(STATES)
    latest_act = Line(length=CODE, allow_blank=True)
    latest_at = Moment()
    latest_unit = Line(length=100, allow_blank=True)
    unacknowledged = serializers.IntegerField(min_value=0, max_value=10_000)
    message_id = serializers.UUIDField(allow_null=True)
    due_at = Moment(allow_null=True)
    due_rule = Line(length=CODE, allow_blank=True)
    is_overdue = serializers.BooleanField()
    assigned_to = Line(length=100, allow_blank=True)
    expected_discharge_at = Moment(allow_null=True)


class Individual(Values):
    """Den enskilde, som ärendet visar henne."""

    example = {
        "name": "Tilda Åkerlund", "number": "19400107-9120", "age": 86, "protection": "",
        "registered_address": "Storgatan 1", "registered_municipality": "2309",
        "interpreter": "",
    }  # fmt: skip

    name = Line()
    number = Line(length=20)
    age = serializers.IntegerField(allow_null=True, min_value=0, max_value=150)
    protection = Line(length=CODE, allow_blank=True)
    registered_address = Line(allow_blank=True)
    registered_municipality = Line(length=4, allow_blank=True)
    interpreter = Line(length=40, allow_blank=True)


class Part(Values):
    """Enhet som deltar i ärendet."""

    example = {
        "unit_id": UNIT, "name": "Avdelning 41", "kind": "ward", "branch": "health_care",
        "phone": "063-15 30 00", "owner": "regionjh", "from_at": INSTANT,
    }  # fmt: skip

    unit_id = Line(length=HSA_ID)
    name = Line(length=100)
    kind = Line(length=CODE)
    branch = Line(length=CODE)
    phone = Line(length=30, allow_blank=True)
    owner = Line(length=63, source="tenant")
    from_at = Moment()


class Case(Values):
    """Ärende: vem det gäller, läget, vilka som deltar och vad rollen kan göra nu."""

    example = {
        "id": CASE, "version": 4, "lead": "regionjh", "variant": "somatic", "state": "planning",
        "state_at": INSTANT, "is_open": True, "individual": Individual.example,
        "sending_unit": "Avdelning 41", "admitted_at": INSTANT,
        "expected_discharge_at": INSTANT, "parts": [Part.example],
        "acts": ["answer_admission", "start_planning"],
    }  # fmt: skip

    id = serializers.UUIDField(source="case_id")
    version = serializers.IntegerField(min_value=1)
    lead = Line(length=63)
    variant = Word(VARIANTS)
    state = Word(STATES)
    state_at = Moment()
    is_open = serializers.BooleanField()
    individual = Individual()
    sending_unit = Line(length=100)
    admitted_at = Moment(allow_null=True)
    expected_discharge_at = Moment(allow_null=True)
    parts = Part(many=True)
    acts = serializers.ListField(child=Line(length=CODE), max_length=60)


class Happening(Values):
    """Händelse: när den var, när den blev känd här, och vem som gjorde den."""

    example = {
        "act": "notify_admission", "at": INSTANT, "recorded_at": INSTANT, "origin": "regionjh",
        "unit_id": UNIT, "actor_name": "Sara Lindmark", "actor_title": "Sjuksköterska",
        "message_id": MESSAGE, "is_flagged": False,
    }  # fmt: skip

    act = Line(length=CODE)
    at = Moment()
    recorded_at = Moment()
    origin = Line(length=63)
    unit_id = Line(length=HSA_ID, allow_blank=True)
    actor_name = Line(length=100, allow_blank=True)
    actor_title = Line(length=CODE, allow_blank=True)
    message_id = serializers.UUIDField(allow_null=True)
    is_flagged = serializers.BooleanField()


class Due(Values):
    """Tidsfrist, med sin paragraf."""

    example = {
        "rule": "receipt", "unit_id": UNIT, "statute": "rutin", "due_at": INSTANT,
        "met_at": None, "is_cancelled": False,
    }  # fmt: skip

    rule = Line(length=CODE)
    unit_id = Line(length=HSA_ID)
    statute = Line(length=CODE)
    due_at = Moment()
    met_at = Moment(allow_null=True)
    is_cancelled = serializers.BooleanField()


class Contribution(Values):
    """Vad en enhet har skrivit för den gemensamma vyn."""

    example = {
        "owner": "krokom", "info_class": "planning", "kind": "start_planning", "unit_id": UNIT,
        "unit_name": "Biståndsenheten", "text": "Hemtjänst planeras morgon och kväll.",
        "author": "Karin Nyström", "author_title": "Koordinator", "at": INSTANT,
        "closes_at": INSTANT,
    }  # fmt: skip

    owner = Line(length=63)
    info_class = Line(length=20)
    kind = Line(length=CODE)
    unit_id = Line(length=HSA_ID)
    unit_name = Line(length=100)
    text = Prose()
    author = Line(length=100)
    author_title = Line(length=CODE)
    at = Moment()
    closes_at = Moment(allow_null=True)


class NewPerson(Values):
    """Vem ärendet gäller."""

    example = {
        "number": "19400107-9120", "given_name": "Tilda", "family_name": "Åkerlund",
        "registered_municipality": "2309", "registered_address": "Storgatan 1",
        "interpreter": "", "protection": "",
    }  # fmt: skip

    number = Line(length=20)
    given_name = Line(length=60)
    family_name = Line(length=60)
    registered_municipality = serializers.RegexField("^[0-9]{4}$", max_length=4)
    registered_address = Line(required=False)
    interpreter = Line(length=40, required=False)
    protection = Word(PROTECTIONS, required=False)


class NewCase(Values):
    """Nytt ärende: vem, vårdform och inskrivning."""

    example = {
        "person": NewPerson.example, "variant": "somatic", "admitted_at": INSTANT,
        "need_assessed_at": None,
    }  # fmt: skip

    person = NewPerson()
    variant = Word(VARIANTS)
    admitted_at = Moment()
    need_assessed_at = Moment(required=False, allow_null=True, default=None)


class Opened(Values):
    """Det ärende som öppnades."""

    example = {"id": CASE}

    id = serializers.UUIDField()


READS: dict[str, Any] = {"tag": "cases", "scope": Scope.CASE_READ, "needs": (Permission.READ_CASE,)}


@operation(
    "GET", **READS | {"needs": (Permission.READ_INBOX,)}, answers=listed(CaseRow),
    parameters=(
        OpenApiParameter("view", str, enum=[it.value for it in View],
                         description="Vilka ärenden. / Which cases."),
        OpenApiParameter("state", str, enum=STATES, description="Ärendets läge. / The state."),
        OpenApiParameter("ordering", str, enum=[it.value for it in Order],
                         description="Ordning. / The order."),
        *paging.PAGED,
    ),
)  # fmt: skip
def list_cases(request: Call) -> dict[str, Any]:
    """Lista enhetens ärenden.

    Cases of the unit, the most overdue first; `view=todo` is what waits for somebody.
    """
    query = request.query_params
    page, limit = paging.asked(query)
    found = inbox.worklist(
        actor=request.actor,
        view=paging.chosen(query, "view", View, View.ALL),
        state=paging.chosen(query, "state", ("", *STATES), ""),
        order=paging.chosen(query, "ordering", Order, Order.DEADLINE),
        page=page,
        size=limit,
        at=request.at,
    )
    return page_of(found.entries, page, limit, has_more=found.pages > page)


@operation("GET", **READS, answers=Case)
def read_case(request: Call, id: UUID) -> Any:
    """Läs ett ärende som enheten deltar i.

    A case in which the unit takes part; `acts` are what the role may do now.
    """
    return reads.core(actor=request.actor, case_id=id, at=request.at)


@operation("GET", **READS, answers=listed(Happening), parameters=paging.PAGED)
def read_timeline(request: Call, id: UUID) -> dict[str, Any]:
    """Läs vad som har hänt i ett ärende, det första först.

    What has happened in a case: when it was true, and when it was learnt here.
    """
    return _cut(request, reads.timeline(actor=request.actor, case_id=id, at=request.at))


@operation("GET", **READS, answers=listed(Due), parameters=paging.PAGED)
def list_deadlines(request: Call, id: UUID) -> dict[str, Any]:
    """Lista tidsfristerna i ett ärende, den närmaste först.

    The deadlines at the units here.
    """
    return _cut(request, reads.deadlines(actor=request.actor, case_id=id, at=request.at))


@operation("GET", **READS, answers=listed(Contribution), parameters=paging.PAGED)
def list_contributions(request: Call, id: UUID) -> dict[str, Any]:
    """Lista vad enheterna har skrivit för den gemensamma vyn.

    What the units have written and is open to the caller; the rest is left out.
    """
    return _cut(request, reads.contributions(actor=request.actor, case_id=id, at=request.at))


@operation("GET", tag="messages", scope=Scope.MESSAGE_READ, needs=(Permission.READ_CASE,),
           answers=listed(Message), parameters=paging.PAGED)  # fmt: skip
def list_messages(request: Call, id: UUID) -> dict[str, Any]:
    """Lista meddelandena i ett ärende, det nyaste först.

    The messages of a case with what has become of each.
    """
    return _cut(request, reads.messages(actor=request.actor, case_id=id, at=request.at))


@operation("POST", tag="cases", scope=Scope.CASE_WRITE, needs=(Permission.OPEN_CASE,),
           takes=NewCase, answers=Opened, status=201, has_key=True)  # fmt: skip
def open_case(request: Call, sent: dict[str, Any]) -> dict[str, Any]:
    """Öppna ett ärende; sedan skickas inskrivningsmeddelandet.

    Open a case for an inpatient episode; the notice of admission is an act of its own.
    """
    person = dict(sent["person"])
    kind, number = identity_number(person.pop("number"))
    if person["protection"]:
        person["registered_address"] = ""
    case_id = operations.open_case(
        actor=request.actor,
        person=Person(kind=kind, number=number, **person),
        variant=sent["variant"],
        admitted_at=sent["admitted_at"],
        need_assessed_at=sent["need_assessed_at"],
        at=request.at,
    )
    return {"id": case_id}


def _cut(request: Call, rows: Any) -> dict[str, Any]:
    page, limit = paging.asked(request.query_params)
    found = paging.cut(rows, page, limit)
    return page_of(found, page, limit, has_more=len(rows) > page * limit)


cases = address(get=list_cases, post=open_case)
case = address(get=read_case)
timeline = address(get=read_timeline)
deadlines = address(get=list_deadlines)
contributions = address(get=list_contributions)
messages = address(get=list_messages)
