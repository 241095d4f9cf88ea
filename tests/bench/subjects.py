"""What `doing.py` does: asks for a page as a web server would, or asks one question."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.core.wsgi import get_wsgi_application


def page(host: str, path: str, cookie: str = "", *, ok: str = "200 OK") -> Callable[[], bytes]:
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
