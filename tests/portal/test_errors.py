"""Errors in plain Swedish: what happened, what it means, what you do; and nothing of a patient."""

import logging
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from cast import AT
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.http import Http404, HttpRequest
from django.test import RequestFactory
from people import NURSE

from care.cases.operations import IndividualHasOpenCase
from care.identity.entries import BadEntry
from care.identity.operations import NotAdministrator
from care.identity.permissions import Permission
from care.identity.units import NoSuchUnit
from care.inbox.operations import NotThere, TakenBefore
from care.law.discharge import PROCESS, Act, State
from care.law.guards import GUARDS, Incomplete
from care.law.machine import NotPermitted
from care.sharing.access import NotAllowed, NotVisible
from care.sharing.policy import Reason
from portal import errors, parties, texts
from portal.texts import Text
from tenants.onboarding import CannotRecord

TEXTS = {name: it for name, it in vars(texts).items() if isinstance(it, Text)}
# How an advice begins, or what stands in it: a verb that tells what to do.
IMPERATIVE = re.compile(
    r"\b(gå|byt|be|fråga|välj|logga|skicka|läs|vänta|öppna|kontrollera|skriv|ring|ta)\b",
    re.IGNORECASE,
)
JARGON = re.compile(
    r"ogiltig|error|exception|http|server|token|csrf|\b(404|403|409|500)\b", re.IGNORECASE
)


def asked(method: str = "get", path: str = "/cases/x", **fields: Any) -> HttpRequest:
    return getattr(RequestFactory(headers={"host": "localhost"}), method)(path, fields)


def shown(exception: Exception) -> str:
    answer = errors.answer(asked(), exception)
    assert answer is not None
    return answer.content.decode()


class TestEveryText:
    @pytest.fixture(params=TEXTS, ids=list(TEXTS))
    def text(self, request: pytest.FixtureRequest) -> Text:
        return TEXTS[request.param]

    def test_says_what_happened_what_it_means_and_what_you_do(self, text: Text) -> None:
        assert str(text.happened)
        assert str(text.means).endswith(".")
        assert str(text.action)

    def test_tells_you_to_do_something(self, text: Text) -> None:
        # BAD_VALUE takes its advice from the exception: each of those is tested where it is raised.
        assert text is texts.BAD_VALUE or IMPERATIVE.search(str(text.action))

    def test_uses_no_jargon_and_never_says_that_a_value_is_invalid(self, text: Text) -> None:
        assert not JARGON.search(f"{text.happened} {text.means} {text.action}")

    def test_is_short(self, text: Text) -> None:
        assert len(str(text.happened)) <= 70
        assert len(str(text.means)) <= 160
        assert len(str(text.action)) <= 160

    def test_has_a_link_that_leads_somewhere(self, text: Text) -> None:
        assert bool(errors.refuse(asked(), text).content)


def cases() -> Iterator[tuple[Exception, int, str]]:
    act, statute = Act.NOTIFY_READY, PROCESS.statute(Act.NOTIFY_READY)
    yield Http404(), 404, "Sidan finns inte"
    yield NotThere(), 404, "Sidan finns inte"
    yield (
        NotVisible(actor=NURSE, common_id=None, reason=Reason.UNIT_TAKES_NO_PART),
        404,
        "Sidan finns inte",
    )
    yield (
        NotAllowed(actor=NURSE, common_id=None, reason=Reason.NOT_IN_ROLE),
        403,
        "Din roll får inte göra det här",
    )
    yield NotAdministrator(NURSE, Permission.ADMINISTER_UNITS), 403, "Din roll får inte"
    yield PermissionDenied(), 403, "Du får inte göra det här"
    yield NotPermitted(State.CLOSED, act, statute), 409, "3 kap. 1 §"
    yield NotPermitted(State.CLOSED, act, statute), 409, "Ärendet har läget ”Avslutad”"
    yield TakenBefore("Karin Nyström", AT), 409, "Karin Nyström har redan kvitterat, 2 mars 09.00"
    yield TakenBefore("", None), 409, "En kollega har redan tagit hand om meddelandet"
    yield Incomplete(GUARDS[:1]), 422, GUARDS[0].text_sv
    yield IndividualHasOpenCase(uuid4()), 409, "redan ett pågående ärende"
    yield NoSuchUnit("SE2999999119-X"), 422, "finns inte i adressboken"
    yield BadEntry("phone", "Skriv ett nummer."), 422, "Skriv ett nummer."
    yield CannotRecord("reason", "Skriv skälet."), 422, "Skriv skälet."
    yield SuspiciousOperation(), 400, "Gå tillbaka"
    yield OperationalError(), 503, "Samplan når inte sin databas"


@pytest.mark.parametrize(("exception", "status", "words"), list(cases()))
def test_a_verdict_is_answered_in_its_own_words(
    exception: Exception, status: int, words: str
) -> None:
    answer = errors.answer(asked(), exception)

    assert answer is not None
    assert answer.status_code == status
    assert words in answer.content.decode()


def test_every_verdict_of_the_table_has_a_text_that_is_looked_at() -> None:
    tested = {type(exception) for exception, _, _ in cases()}

    for kind, verdict in errors.VERDICTS.items():
        if kind not in tested:
            it = kind.__new__(kind, "Skriv det igen.")  # whatever else it is made with
            it.__dict__["case_id"] = uuid4()
            assert verdict(it).text in TEXTS.values(), kind


def test_what_is_no_verdict_is_left_to_be_a_fault() -> None:
    assert errors.answer(asked(), ZeroDivisionError()) is None


def test_a_case_of_somebody_else_and_a_wrong_address_read_alike() -> None:
    def words(page: str) -> str:
        body = page[page.index("<main") : page.index("</main>")]
        return re.sub(r"Kod \S+ [^<]*", "", body)

    unseen = NotVisible(actor=NURSE, common_id=uuid4(), reason=Reason.UNIT_TAKES_NO_PART)

    assert words(shown(unseen)) == words(errors.not_found(asked()).content.decode())


def test_each_page_has_a_reference_that_is_also_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO, logger="portal.errors"):
        page = shown(NotThere())

    reference = re.search(r"Kod (\w{4}-\w{2})", page)
    assert reference is not None
    assert caplog.messages == [f"{reference[1]} NotThere"]


def test_htmx_gets_the_fragment_alone() -> None:
    request = RequestFactory(headers={"host": "localhost", "HX-Request": "true"}).get("/")

    answer = errors.answer(request, NotThere())

    assert answer is not None
    assert "<html" not in answer.content.decode()
    assert "Sidan finns inte" in answer.content.decode()


class TestWhatWasTyped:
    typed = {"note": "<b>Berit & Maj</b>", "needs": ["a", "b"], "idempotency_key": "k-1"}

    def page(self, request: HttpRequest) -> str:
        answer = errors.answer(request, OperationalError())
        assert answer is not None
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.content.decode()

    def test_comes_back_as_hidden_fields_with_the_same_one_time_key(self) -> None:
        page = self.page(asked("post", **self.typed))

        assert '<input type="hidden" name="idempotency_key" value="k-1">' in page
        assert page.count('name="needs"') == 2
        assert "Försök igen" in page

    def test_is_escaped(self) -> None:
        page = self.page(asked("post", **self.typed))

        assert "<b>Berit" not in page
        assert "&lt;b&gt;Berit &amp; Maj&lt;/b&gt;" in page

    def test_is_never_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.DEBUG):
            self.page(asked("post", **self.typed))

        assert "Berit" not in caplog.text

    def test_brings_a_fresh_token_and_not_the_old_one(self) -> None:
        page = self.page(asked("post", csrfmiddlewaretoken="old", note="x"))

        assert 'value="old"' not in page
        assert page.count('name="csrfmiddlewaretoken"') >= 1

    def test_is_not_offered_where_nothing_was_sent(self) -> None:
        assert "Försök igen" not in self.page(asked())

    def test_never_includes_a_file_and_says_so(self) -> None:
        page = self.page(asked("post", note="x", file=SimpleUploadedFile("a.csv", b"secret")))

        assert "Filen följer inte med" in page
        assert "secret" not in page

    def test_comes_back_when_the_form_has_expired(self) -> None:
        answer = errors.form_expired(asked("post", **self.typed), "CSRF cookie not set")

        assert answer.status_code == 403
        assert "Skicka igen" in answer.content.decode()
        assert "k-1" in answer.content.decode()
        assert "CSRF cookie" not in answer.content.decode()

    def test_comes_back_when_the_session_has_ended(self) -> None:
        answer = errors.refuse(asked("post", **self.typed), texts.SIGNED_OUT)

        assert answer.status_code == 401
        assert "k-1" in answer.content.decode()
        assert 'href="/sign-in" target="_blank"' in answer.content.decode()


class TestAFault:
    secret = "19400405-7032 Berit Åkerlund"

    def test_says_nothing_of_itself_on_the_page(self) -> None:
        answer = errors.unexpected(asked(), ValueError(self.secret))

        assert answer.status_code == 500
        assert self.secret not in answer.content.decode()
        assert "ValueError" not in answer.content.decode()

    def test_is_logged_by_its_class_and_the_reference_only(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            page = errors.unexpected(asked(path="/cases/secret"), ValueError(self.secret))

        reference = re.search(r"Kod (\w{4}-\w{2})", page.content.decode())
        assert reference is not None
        assert caplog.messages == [f"{reference[1]} ValueError"]
        assert caplog.records[0].exc_info is None

    def test_is_answered_in_plain_text_when_the_page_itself_fails(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object, **__: object) -> None:
            raise RuntimeError(self.secret)

        monkeypatch.setattr(errors, "render", broken)

        answer = errors.unexpected(asked(), ValueError(self.secret))

        assert answer.status_code == 500
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert "Något gick fel hos oss" in answer.content.decode()
        assert self.secret not in answer.content.decode()

    def test_that_is_a_verdict_after_all_is_answered_as_one(self) -> None:
        assert errors.unexpected(asked(), OperationalError()).status_code == 503


def test_the_page_is_made_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(parties, "names", away)
    request = asked()
    request.actor = NURSE  # type: ignore[attr-defined]

    # pytest-django refuses every query here.
    answer = errors.answer(request, OperationalError())

    assert answer is not None
    assert "Sara Lindmark" in answer.content.decode()
