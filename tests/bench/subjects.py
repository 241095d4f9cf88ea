"""What `doing.py` does: asks for a page as a web server would, or asks one question."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.core.wsgi import get_wsgi_application


def called(host: str, path: str, unit_id: str) -> Callable[[], bytes]:
    """Return a call of the API by a system that is registered at a unit."""
    from datetime import UTC, datetime

    from care.identity import clients, queries
    from care.identity.scopes import Scope
    from project.demo import tokens
    from tenants.context import acting_as
    from tenants.middleware import schema_of

    now, scopes = datetime.now(UTC), tuple(Scope)
    tenant = schema_of(host) or ""
    with acting_as(tenant):
        held = queries.assignments_of_unit(unit_id=unit_id, at=now)[0]
        clients.register(
            client_id="measured", hsa_id=held.hsa_id, granted=scopes, by="bench", at=now
        )
    token = tokens.issue(client_id="measured", tenant=tenant, scopes=scopes, at=now)
    named = str(held.assignment_id)
    return page(host, path, HTTP_AUTHORIZATION=f"Bearer {token}", HTTP_X_SAMPLAN_ASSIGNMENT=named)


def page(
    host: str, path: str, cookie: str = "", *, ok: str = "200 OK", **headers: str
) -> Callable[[], bytes]:
    """Return a request through the whole stack: WSGI in, bytes out, no socket between."""
    application = get_wsgi_application()
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path.partition("?")[0],
        "QUERY_STRING": path.partition("?")[2],
        "SERVER_NAME": host,
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": host,
        "HTTP_COOKIE": cookie,
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_X_FORWARDED_PROTO": "https",  # as the gateway says that has ended TLS
        **headers,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    status = ""

    def started(told: str, headers: Any, *_: Any) -> None:
        nonlocal status
        status = told

    def ask() -> bytes:
        answer = application({**environ, "wsgi.input": BytesIO()}, started)
        body = b"".join(answer)
        answer.close()
        assert status == ok, f"{path}: {status}"
        return body

    return ask


def unlogged(host: str, path: str, cookie: str = "") -> Callable[[], bytes]:
    """Return the same request where nothing is written in the access log."""
    ask = page(host, path, cookie)
    from care.sharing.models import AccessLog

    AccessLog.objects.bulk_create = lambda lines: lines  # type: ignore[method-assign,assignment]
    return ask


def worklist(schema: str, unit_id: str) -> Callable[[], object]:
    """Return the question what waits for a unit, as its page asks it."""
    from county import at_unit

    from care.inbox import queries
    from tenants import clock
    from tenants.context import acting_as

    actor = at_unit(schema, unit_id)
    at = clock.moment()

    def ask() -> object:
        with acting_as(schema):
            found = queries.worklist(actor=actor, at=at)
        assert len(found.entries) == queries.PAGE
        return found

    return ask
