"""One person, two cases: a huvudman that knows her from the older one learns nothing of the newer.

What an outsider can see is taken down before the newer case exists and after it has gone its whole
way; nothing may differ. The outsiders: a stranger with a case of its own, and, within the
municipality that takes part, a unit that does not.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hired import hire
from isolation.county import admit, agree, case_at, consent
from people import (
    BERIT,
    CASE_OFFICERS,
    COORDINATOR,
    DAY,
    DUTY,
    ELSEWHERE,
    HEALTH_CENTRE,
    HOUR,
    NURSE,
    OFFICER,
    ON_DUTY,
    STRANGER_OFFICER,
    write_units,
)
from pytest_django import Settings
from visits import browser, sent

from care.cases.models import Case
from care.discharge import operations as discharge
from care.discharge import queries
from care.identity.actors import Actor
from care.identity.permissions import Role
from care.inbox import consents, tasks
from care.inbox import operations as inbox
from care.inbox import queries as inbox_queries
from care.inbox.models import Message
from care.law.discharge import Act
from care.sharing import access
from tenants import clock, isolation
from tenants.context import acting_as
from tenants.window import looking_into

LATER = AT + 20 * DAY
OUTSIDERS = (STRANGER_OFFICER, ON_DUTY)
OTHERS = {STRANGER: (REGION, MUNICIPALITY), MUNICIPALITY: (REGION, STRANGER)}
SEARCHES = ("194004057032", "19400405-7032", "7032", "Åkerlund", "berit", "Berit Åkerlund", "e")


@pytest.fixture
def older(committed: None) -> UUID:
    """Return the common id of a case that the region and the stranger had, and closed."""
    write_units()
    agree(parties=(REGION, MUNICIPALITY, STRANGER))
    case_id = admit(to=[ELSEWHERE], at=AT - 30 * DAY)
    with acting_as(REGION):
        discharge.record_discharge(
            actor=NURSE, case_id=case_id, discharged_at=AT - 25 * DAY, destination="home",
            at=AT - 25 * DAY,
        )  # fmt: skip
        discharge.close_case(actor=NURSE, case_id=case_id, planning="done", at=AT - 20 * DAY)
    tasks.drain()
    with acting_as(STRANGER):
        for message_id in Message.objects.values_list("pk", flat=True):
            inbox.acknowledge_message(
                actor=STRANGER_OFFICER, message_id=message_id, at=AT - 19 * DAY
            )
        common_id: UUID = Case.objects.get().common_id
    tasks.drain()
    return common_id


def go_the_whole_way() -> None:
    """Let the region and the municipality have the newer case, from admission to home."""
    case_id = admit(to=[HEALTH_CENTRE, CASE_OFFICERS])
    consent(case_id=case_id)
    tasks.drain()
    theirs = case_at(MUNICIPALITY).pk
    with acting_as(MUNICIPALITY):
        message = Message.objects.get()
        inbox.acknowledge_message(actor=OFFICER, message_id=message.pk, at=AT + HOUR)
        discharge.start_planning(
            actor=OFFICER, case_id=theirs, contact="Karin", text="Hemtjänst", at=AT + 2 * HOUR
        )
    tasks.drain()
    with acting_as(REGION):
        discharge.submit_planning_basis(
            actor=NURSE, case_id=case_id, info_class="health_care", text="Sårvård", at=AT + DAY
        )
        discharge.notify_ready(
            actor=NURSE, case_id=case_id, physician="Jonas Ek", assessed_at=AT + DAY, at=AT + DAY
        )
        discharge.call_to_planning(
            actor=COORDINATOR, case_id=case_id, meeting_at=None, form="home", at=AT + DAY + HOUR
        )
    tasks.drain()
    with acting_as(REGION):
        queries.case_page(actor=NURSE, case_id=case_id, at=AT + 2 * DAY)
        discharge.record_discharge(
            actor=NURSE, case_id=case_id, discharged_at=AT + 2 * DAY, destination="home",
            at=AT + 2 * DAY,
        )  # fmt: skip
    tasks.drain()


def what_is_seen(outsider: Actor) -> dict[str, Any]:
    """Return everything that an outsider can ask for, but the traces of the asking itself."""
    with acting_as(outsider.tenant):
        return {
            **{
                f"list {view}": inbox_queries.worklist(actor=outsider, view=view, at=LATER)
                for view in inbox_queries.View
            },
            **{
                f"search {text}": inbox_queries.search(actor=outsider, text=text, at=LATER)
                for text in SEARCHES
            },
            "tag": inbox_queries.change_tag(actor=outsider, at=LATER),
            "pages": list(pages(outsider)),
            "forwardable": inbox_queries.forwardable(actor=outsider),
            "abroad": list(abroad(outsider)),
        }


def pages(outsider: Actor) -> Iterator[queries.CasePage]:
    """Yield the pages that open: messages, receipts, history, deadlines, who gets what is sent."""
    for case_id in Case.objects.order_by("opened_at").values_list("pk", flat=True):
        try:
            page = queries.case_page(actor=outsider, case_id=case_id, at=LATER)
        except access.NotVisible:
            continue
        yield replace(page, readings=())


def abroad(outsider: Actor) -> Iterator[tuple[str, str, list[Any]]]:
    """Yield every row of others that row-level security shows, table by table."""
    for owner in OTHERS[outsider.tenant]:
        for model in isolation.tenant_models():
            if isolation.kind_of(model).abroad:
                with looking_into(owner):
                    yield owner, model._meta.label, list(model._default_manager.values())


@pytest.mark.parametrize("outsider", OUTSIDERS, ids=lambda it: it.tenant)
def test_nothing_that_an_outsider_sees_has_changed(outsider: Actor, older: UUID) -> None:
    before = what_is_seen(outsider)

    go_the_whole_way()

    after = what_is_seen(outsider)
    if outsider.tenant == MUNICIPALITY:
        # Its huvudman takes part: what is open to the huvudman is not what the unit is shown.
        del before["abroad"], after["abroad"]
    for asked, answer in before.items():
        assert after[asked] == answer, asked


def test_the_stranger_does_see_its_own_case(older: UUID) -> None:
    go_the_whole_way()

    seen = what_is_seen(STRANGER_OFFICER)

    assert [len(seen[f"search {text}"]) for text in SEARCHES] == [1] * len(SEARCHES)
    assert [page.state for page in seen["pages"]] == ["closed"]


def test_the_access_log_tells_the_owner_of_no_case_it_is_not_in(older: UUID) -> None:
    go_the_whole_way()
    newer = case_at(MUNICIPALITY).common_id

    with acting_as(STRANGER):
        for owner in OTHERS[STRANGER]:
            with looking_into(owner):
                for model in isolation.tenant_models():
                    if isolation.kind_of(model).abroad:
                        assert str(newer) not in str(list(model._default_manager.values()))


ACTS: dict[str, Callable[[Actor, UUID], object]] = {
    "page": lambda actor, it: queries.case_page(actor=actor, case_id=it, at=LATER),
    "form": lambda actor, it: queries.case_for_act(
        actor=actor, case_id=it, act=Act.START_PLANNING, at=LATER
    ),
    "act": lambda actor, it: discharge.answer_admission(
        actor=actor, case_id=it, answer="known", contact="Olle", at=LATER
    ),
    "act without the right": lambda actor, it: discharge.notify_ready(
        actor=actor, case_id=it, physician="Jonas Ek", assessed_at=LATER, at=LATER
    ),
    "consent": lambda actor, it: consents.withdraw_consent(
        actor=actor, case_id=it, type_="coordinated_record", at=LATER
    ),
    "open": lambda actor, it: inbox.open_message(actor=actor, message_id=it, at=LATER),
    "acknowledge": lambda actor, it: inbox.acknowledge_message(
        actor=actor, message_id=it, at=LATER
    ),
    "hand back": lambda actor, it: inbox.hand_back_message(actor=actor, message_id=it, at=LATER),
    "assign": lambda actor, it: inbox.assign_message(
        actor=actor, message_id=it, to_name="Olle", at=LATER
    ),
    "forward": lambda actor, it: inbox.forward_message(
        actor=actor, message_id=it, to_unit=DUTY, at=LATER
    ),
    "reject": lambda actor, it: inbox.reject_message(
        actor=actor, message_id=it, reason="wrong_unit", at=LATER
    ),
    "replace": lambda actor, it: inbox.replace_message(
        actor=actor, message_id=it, core={}, extension={}, ground="", at=LATER
    ),
}


def ids_of_the_newer_case() -> list[UUID]:
    found: list[UUID] = []
    for tenant in (REGION, MUNICIPALITY):
        with acting_as(tenant):
            newer = Case.objects.latest("opened_at")
            messages = Message.objects.filter(common_id=newer.common_id)
            found += [newer.pk, newer.common_id, *messages.values_list("pk", flat=True)]
    return found


def answered(actor: Actor, act: Callable[[Actor, UUID], object], it: UUID) -> tuple[Any, ...]:
    with acting_as(actor.tenant), pytest.raises(Exception) as refusal:  # noqa: PT011 - compared
        act(actor, it)
    return type(refusal.value), str(refusal.value), vars(refusal.value).get("reason")


@pytest.mark.parametrize("outsider", OUTSIDERS, ids=lambda it: it.tenant)
def test_a_refusal_says_the_same_as_of_what_does_not_exist(outsider: Actor, older: UUID) -> None:
    go_the_whole_way()

    for name, act in ACTS.items():
        of_nothing = answered(outsider, act, uuid4())
        for it in ids_of_the_newer_case():
            assert answered(outsider, act, it) == of_nothing, name


@pytest.mark.parametrize("name", ["page", "act", "acknowledge", "replace"])
def test_a_refusal_asks_the_database_as_often_as_of_what_does_not_exist(
    name: str, older: UUID
) -> None:
    go_the_whole_way()
    newer = ids_of_the_newer_case()

    def asked(it: UUID) -> int:
        with CaptureQueriesContext(connection) as captured:
            answered(STRANGER_OFFICER, ACTS[name], it)
        return len(captured)

    of_nothing = asked(uuid4())
    assert {asked(it) for it in newer} == {of_nothing}


# The same through a browser.


@pytest.fixture
def still_pages(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "moment", lambda: LATER)  # pages say how long ago things were
    settings.STATIC_ROOT = tmp_path
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": storage}


# What is new each time a page is made: ids, tokens, the reference of an error.
NEW = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\"X-CSRFToken\": \"\w+\"|Kod [A-Z0-9-]+|nonce=\S+")


def visible(client: Client, path: str, method: str = "get", **fields: Any) -> tuple[int, str]:
    """Return the status and the text of a page, without what is new in each."""
    response = getattr(client, method)(path, fields)
    text = re.sub(r"<(script|style|input)\b[^>]*>", "", response.content.decode())
    return response.status_code, NEW.sub("", text)


@pytest.mark.usefixtures("still_pages")
def test_the_pages_show_a_stranger_nothing_of_the_newer_case(
    older: UUID,
) -> None:
    olle = hire(STRANGER, "Olle Ström", "SE2999999135-P001", (ELSEWHERE, Role.INBOX_COORDINATOR))
    client = browser(olle)

    def everything() -> dict[str, tuple[int, str]]:
        own = case_at(STRANGER).pk
        views = [f"/?view={it}" for it in inbox_queries.View]
        tabs = [f"/cases/{own}?view={it}" for it in ("lanes", "messages", "timeline")]
        return {
            **{path: visible(client, path) for path in (*views, *tabs)},
            **{
                f"search {text}": visible(client, "/search", "post", **sent(olle, text=text))
                for text in SEARCHES
            },
        }

    before = everything()
    go_the_whole_way()

    assert {status for status, _ in before.values()} == {200}
    assert everything() == before


@pytest.mark.usefixtures("still_pages")
def test_a_page_of_the_newer_case_is_the_page_of_no_case(older: UUID) -> None:
    go_the_whole_way()
    olle = hire(STRANGER, "Olle Ström", "SE2999999135-P001", (ELSEWHERE, Role.INBOX_COORDINATOR))
    client = browser(olle)
    own = case_at(STRANGER).pk

    for path in (
        "/cases/{}", "/cases/{}/start-planning", "/cases/{}/record-consent", "/messages/{}",
        "/messages/{}/forward-message",
    ):  # fmt: skip
        of_nothing = visible(client, path.format(uuid4()))
        assert of_nothing[0] == 404
        for it in ids_of_the_newer_case():
            assert visible(client, path.format(it)) == of_nothing
    assert visible(client, f"/cases/{own}")[0] == 200
    assert BERIT.family_name in visible(client, f"/cases/{own}")[1]
