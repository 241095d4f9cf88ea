"""Where the pages of signing in are, and what the browser keeps between them."""

from secrets import token_urlsafe
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse

from portal.access import Request

START, CALLBACK = "/sign-in/start", "/sign-in/callback"
# A secret that this browser's attempts share, and nothing else.
BROWSER = f"{settings.HOST_ONLY}samplan_browser"
THROUGH = f"{settings.HOST_ONLY}samplan_through"  # alias of the identity provider that was chosen
LEFT = f"{settings.HOST_ONLY}samplan_left"  # the state of leaving the provider
# The same, where leaving is offered and may be left undone.
OFFERED = f"{settings.HOST_ONLY}samplan_way_out"
BEYOND = "/sign-in"  # nobody is led back to a page of signing in


def origin(request: Request) -> str:
    """Return how the browser reaches this host: the gateway ends TLS, so by https but in a demo."""
    scheme = "http" if settings.DEMO and not request.is_secure() else "https"
    return f"{scheme}://{request.get_host()}"


def browser_of(request: Request) -> str:
    """Return this browser's secret, or a new one."""
    return request.COOKIES.get(BROWSER) or token_urlsafe(32)


def remember(response: HttpResponse, name: str, value: str) -> None:
    """Let the browser keep a secret for this host, until it is closed."""
    response.set_cookie(name, value, httponly=True, samesite="Lax", secure=not settings.DEMO)


def page_before(request: Request) -> str:
    """Return the page of ours that the person comes from; no address carries it.

    It is in the Referer header, which goes to our own host alone (SECURE_REFERRER_POLICY).
    """
    before = urlsplit(request.headers.get("Referer", ""))
    if before.netloc != request.get_host():
        return "/"
    return page_of(before.path)


def page_of(path: str) -> str:
    """Return a path if it is a page of ours that one can be led back to, else the first page."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\", BEYOND))
    return path if is_ours and path.isprintable() and len(path) <= 300 else "/"
