"""The product beside the one Keycloak, and a real Chromium, for the tests that use both."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import live
import psycopg
import pytest
from live import Product
from playwright.sync_api import Browser, Page, sync_playwright
from realms import Realms

from tests.conftest import DATABASE, empty


@pytest.fixture(scope="module")
def product(
    realms: Realms,
    cluster: dict[str, str],
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Product]:
    """Serve the tests' huvudmän for a module, and remove every row of theirs at its end."""
    superuser = psycopg.conninfo.make_conninfo(cluster["superuser"], dbname=DATABASE)
    with django_db_blocker.unblock():
        live.hire_everybody()
        from django.db import connection

        connection.set_schema_to_public()
        connection.close()
    with live.served(
        realms,
        application=live.login(cluster["sp_app"]),
        superuser=superuser,
        place=tmp_path_factory.mktemp("product"),
    ) as product:
        yield product
    with psycopg.connect(superuser) as dba:
        empty(dba)


@pytest.fixture(scope="module")
def chromium(product: Product) -> Iterator[Browser]:
    """Start a Chromium after all that is written: while its loop runs, Django refuses to."""
    path = shutil.which(os.environ.get("CHROMIUM", "chromium"))
    assert path, "no Chromium: run infra/dev/browser.sh, or name one in CHROMIUM"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Give somebody at a browser of their own."""
    context = chromium.new_context(locale="sv-SE", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()
