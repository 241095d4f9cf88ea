"""A file that is too large is refused before it is read, in words that say what to do."""

from random import Random

import pytest
from cast import REGION
from django.core.files.uploadedfile import SimpleUploadedFile
from hired import Hired, hire
from people import WARD, write_units
from pytest_django import Settings
from visits import browser, sent

from care.identity.permissions import Role
from portal import imports, uploads


@pytest.fixture
def administrator(committed: None) -> Hired:
    write_units()
    return hire(REGION, "Anna Berg", "SE2999999119-P009", (WARD, Role.LOCAL_ADMINISTRATOR))


def test_a_file_that_is_too_large_is_refused_with_what_to_do(
    administrator: Hired, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 5_000)
    client = browser(administrator, raise_request_exception=False)
    form = {"file": SimpleUploadedFile("units.csv", b"x" * 6_000)}

    told = client.post("/units/import", sent(administrator, **form))

    assert told.status_code == 413
    assert "En fil får vara högst 20 MB" in told.content.decode()


def test_one_that_is_not_is_read_and_judged(administrator: Hired) -> None:
    form = {"file": SimpleUploadedFile("units.csv", b"x;y")}

    told = browser(administrator).post("/units/import", sent(administrator, **form))

    assert told.status_code == 422


def test_what_the_page_offers_to_take_over_can_be_sent(
    administrator: Hired, settings: Settings
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000
    most = int(5_000 * imports.PACKED_SHARE) * 3 // 4 - 20  # bytes that nothing makes smaller
    client = browser(administrator, raise_request_exception=False)

    told = client.post(
        "/units/import",
        sent(administrator, packed=imports._packed(Random(1).randbytes(most)), key="1"),
    )

    assert told.status_code == 422  # read, and no list of units


def test_a_form_without_end_is_refused_too(administrator: Hired, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000
    client = browser(administrator, raise_request_exception=False)

    told = client.post("/units/import", sent(administrator, text="x" * 6_000))

    assert told.status_code in {400, 413}
    assert "för stort" in told.content.decode()
