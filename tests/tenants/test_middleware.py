"""One host, one huvudman, and no query to find it."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from cast import MUNICIPALITY, REGION
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from tenants import middleware
from tenants.context import acting_for
from tenants.home.models import Answer

pytestmark = pytest.mark.django_db

Ask = Callable[[str], str]


def show(_: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{acting_for()} {Answer.objects.count()}")


@pytest.fixture(autouse=True)
def forget_hosts() -> Iterator[None]:
    middleware._hosts.cache_clear()
    yield
    middleware._hosts.cache_clear()


@pytest.fixture
def ask(rf: RequestFactory) -> Ask:
    """Return a way to ask as a browser would."""
    view = middleware.ActForHost(show)
    return lambda host: view(rf.get("/", headers={"host": host})).content.decode()


@pytest.mark.parametrize(
    "host", ["region.localhost", "region.localhost:8000", "Region.LOCALHOST", "region.localhost."]
)
def test_the_host_decides_for_whom_we_act(ask: Ask, host: str) -> None:
    assert ask(host) == f"{REGION} 0"
    assert acting_for() == "public"


@pytest.mark.parametrize("host", ["nobody.localhost", "localhost", "xregion.localhost"])
def test_an_unknown_host_reaches_nobody(ask: Ask, host: str) -> None:
    with pytest.raises(Http404):
        ask(host)


def test_the_second_request_does_not_ask_who_it_is(
    ask: Ask, django_assert_num_queries: Callable[..., Any]
) -> None:
    ask("region.localhost")
    with django_assert_num_queries(2):  # role and schema; the view's own query
        ask("region.localhost")


def test_an_unknown_host_is_asked_for_once_a_second_only(
    ask: Ask, django_assert_num_queries: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "monotonic", lambda: 0.0)
    with pytest.raises(Http404):
        ask("nobody.localhost")
    with django_assert_num_queries(0), pytest.raises(Http404):
        ask("nobody.localhost")


def test_a_huvudman_that_has_just_joined_is_known_within_a_second(
    ask: Ask, dba: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "monotonic", lambda: 0.0)
    with pytest.raises(Http404):
        ask("new.localhost")
    dba.execute("SET ROLE sp_migrator")
    dba.execute(
        "INSERT INTO tenants_domain (domain, is_primary, tenant_id)"
        " SELECT 'new.localhost', false, id FROM tenants_tenant WHERE schema_name = %s",
        [MUNICIPALITY],
    )
    dba.commit()
    try:
        monkeypatch.setattr(middleware, "monotonic", lambda: float(middleware.SECOND))
        assert ask("new.localhost") == f"{MUNICIPALITY} 0"
    finally:
        dba.execute("DELETE FROM tenants_domain WHERE domain = 'new.localhost'")
        dba.commit()


def test_a_pinned_process_refuses_another_huvudmans_host(ask: Ask, settings: Any) -> None:
    settings.TENANT_PINNED = MUNICIPALITY
    assert ask("municipality.localhost") == f"{MUNICIPALITY} 0"
    with pytest.raises(PermissionDenied):
        ask("region.localhost")


def test_a_streamed_answer_cannot_query_after_the_middleware_has_stepped_back(
    rf: RequestFactory,
) -> None:
    def stream(_: HttpRequest) -> HttpResponseBase:
        return StreamingHttpResponse(str(Answer.objects.count()) for _ in range(1))

    view = middleware.ActForHost(stream)  # type: ignore[arg-type]
    answer = view(rf.get("/", headers={"host": "region.localhost"}))

    with pytest.raises(ProgrammingError, match="does not exist"):
        b"".join(answer)
