"""What every answer tells the browser: whom to trust, what to keep, and where to come from."""

import json
import re
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from architecture import house
from cast import REGION
from django.http import HttpResponse
from django.urls import URLPattern
from hired import Hired, hire
from people import WARD
from pytest_django import Settings

from care.identity.permissions import Role
from portal import urls
from portal.access import COOKIE
from tests.project.conftest import browser
from tests.project.test_personas import PLATFORM
from tests.project.test_startup import PRODUCTION

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STRICT = ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'",
          "form-action 'self'", "script-src 'self'", "style-src 'self'")  # fmt: skip
ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")
VALUES = {"uuid": str(uuid4()), "int": "1", "str": "x", "slug": "x", "path": "x", "": "x"}
ROUTES = [it for it in urls.urlpatterns if isinstance(it, URLPattern)]


def address(it: URLPattern) -> str:
    """Return an address that a pattern takes."""
    return "/" + ARGUMENT.sub(lambda found: VALUES[found[1] or ""], str(it.pattern))


def of_every_page(hired: Hired) -> dict[str, HttpResponse]:
    client = browser(hired, raise_request_exception=False)
    return {address(it): client.get(address(it)) for it in ROUTES}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", [Role.WARD_NURSE, Role.LOCAL_ADMINISTRATOR])
def test_every_page_of_somebody_signed_in_is_protected_and_kept_by_no_browser(
    units: None, role: Role
) -> None:
    answers = of_every_page(hire(REGION, "Anna Berg", "SE2999999119-P009", (WARD, role)))

    assert len(answers) > 100
    assert {it.status_code for it in answers.values()} >= {200, 404}
    for url, answer in answers.items():
        assert "no-store" in answer["Cache-Control"], url
        if answer.content and answer["Content-Type"].startswith("text/"):
            assert answer["Content-Type"].endswith("; charset=utf-8"), url
        assert EVERYWHERE.items() <= dict(answer.headers).items(), url
        policy = answer["Content-Security-Policy"].split("; ")
        assert set(STRICT) <= set(policy), url
        assert "unsafe" not in answer["Content-Security-Policy"], url
        assert "camera=()" in answer["Permissions-Policy"], url


def test_a_file_brings_it_too(settings: Settings, tmp_path: Path, units: None) -> None:
    (tmp_path / "one.js").write_text("1;")
    settings.WHITENOISE_AUTOREFRESH = True

    answer = browser().get("/static/one.js")

    assert b"".join(answer) == b"1;"
    answer.close()
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_who_comes_without_tls_is_led_to_it(settings: Settings, nurse: Hired) -> None:
    settings.SECURE_SSL_REDIRECT = True

    led = browser(nurse).get("/help")
    assert (led.status_code, led["Location"]) == (301, "https://region.localhost/help")
    told = browser(nurse).get("/help", headers={"x-forwarded-proto": "https"})
    assert told.status_code == 200
    assert told["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


def test_no_page_has_a_script_a_style_or_a_handler_in_it() -> None:
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)|<style\b|\sstyle\s*=|\son[a-z]+\s*=|\shx-on|javascript:|\|safe\b|"
        r"autoescape\s+off",
        re.IGNORECASE,
    )
    pages = [it for it in house.tracked() if it.suffix == ".html" and PLATFORM in it.parents]

    assert len(pages) > 100
    assert {it.name: inline.findall(house.text_of(it)) for it in pages
            if inline.search(house.text_of(it))} == {}  # fmt: skip


def test_trace_is_not_answered(units: None) -> None:
    for method in ("TRACE", "TRACK", "CONNECT", "PROPFIND"):
        assert browser().generic(method, "/help").status_code == 405


def test_signing_out_clears_what_the_browser_keeps(nurse: Hired) -> None:
    told = browser(nurse).post("/sign-out")

    assert told["Clear-Site-Data"] == '"storage"'
    assert told.cookies[COOKIE]["max-age"] == 0
    assert "no-store" in told["Cache-Control"]


def test_no_script_keeps_anything_in_the_browser() -> None:
    keeps = re.compile(r"\b(localStorage|sessionStorage|indexedDB|document\.cookie|caches)\b")
    scripts = [it for it in house.tracked() if it.suffix == ".js" and PLATFORM in it.parents]

    assert len(scripts) >= 3
    assert [it.name for it in scripts if keeps.search(house.text_of(it))] == []


class TestCookies:
    """In production each one goes to this host alone, over TLS, and no script reads it."""

    WORDS = """
import json, django
from django.conf import settings
django.setup()
settings.SECURE_SSL_REDIRECT = False
settings.ALLOWED_HOSTS = ["testserver"]
settings.STORAGES = {"staticfiles": {"BACKEND":
    "django.contrib.staticfiles.storage.StaticFilesStorage"}}
from django.contrib import messages
from django.http import HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.test import RequestFactory
from django.views.i18n import set_language
from django.contrib.messages.middleware import MessageMiddleware
from portal.access import COOKIE
from portal.views.help import switch_keys
from project import sessions

def spoken(request):
    get_token(request)
    messages.success(request, "Hej")
    answer = switch_keys(request)
    answer.cookies.update(set_language(request).cookies)
    return answer

request = RequestFactory().post("/", {"language": "en", "next": "/"}, secure=True)
answer = CsrfViewMiddleware(MessageMiddleware(spoken))(request)
told = {name: dict(it) for name, it in answer.cookies.items()}
print(json.dumps([COOKIE, told]))
"""

    def asked(self, **environment: str) -> tuple[str, dict[str, dict[str, object]]]:
        said = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", self.WORDS],
            env={
                "DJANGO_SETTINGS_MODULE": "project.settings",
                "PYTHONPATH": f"{PLATFORM}:{PLATFORM.parent}",
                **environment,
            },
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert said.returncode == 0, said.stderr
        session, told = json.loads(said.stdout)
        return session, told

    def test_each_is_bound_to_host_and_tls(self) -> None:
        session, told = self.asked(**PRODUCTION)

        assert session == "__Host-samplan_session"
        assert set(told) == {
            "__Host-samplan_csrf", "__Host-samplan_keys", "__Host-samplan_language",
            "__Host-samplan_messages",
        }  # fmt: skip
        for name, it in told.items():
            flags = (it["secure"], it["httponly"], it["samesite"], it["path"], it["domain"])
            assert flags == (True, True, "Lax", "/", ""), name

    def test_over_http_the_demo_has_names_that_a_browser_takes(self) -> None:
        session, told = self.asked(SAMPLAN_DEMO="1")

        assert [it for it in [session, *told] if it.startswith("__")] == []
        assert [name for name, it in told.items() if it["secure"]] == []

    def test_none_is_named_or_set_elsewhere(self) -> None:
        setting = {
            str(it.relative_to(house.ROOT))
            for it in house.sources()
            if "set_cookie(" in house.text_of(it)
        }

        assert setting <= {
            "platform/project/sessions.py", "platform/project/sign_in/addresses.py",
            "platform/portal/views/help.py",
        }  # fmt: skip
