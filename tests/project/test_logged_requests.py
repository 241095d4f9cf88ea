"""The access log tells how a request came: from where, by what, and which it was."""

from cast import REGION
from hired import Hired
from pytest_django import Settings

from care.sharing.models import AccessLog
from tenants.context import acting_as
from tests.project.conftest import browser

DEVICE = "Mozilla/5.0 (X11; Linux x86_64)"


def denied(nurse: Hired, **headers: str) -> AccessLog:
    """Return the row of a request that is refused."""
    browser(nurse).get("/tests/administrators", headers={"User-Agent": DEVICE, **headers})
    with acting_as(REGION):
        return AccessLog.objects.latest("id")


def test_the_log_tells_who_from_where_and_by_what(nurse: Hired, settings: Settings) -> None:
    settings.PROXIES = 0
    row, other = denied(nurse), denied(nurse)

    assert (row.client, row.ip, row.device) == ("portal", "127.0.0.1", DEVICE)
    assert (row.staff_hsa_id, row.staff_provider) == ("SE2999999119-P001", "2999999119")
    assert (row.owner_provider, row.level, row.decision) == ("2999999119", "own", "denied")
    assert row.system == "Samplan"
    assert row.start_at == row.at
    assert row.request_id is not None
    assert row.request_id != other.request_id


def test_what_anybody_may_write_is_not_believed(nurse: Hired, settings: Settings) -> None:
    settings.PROXIES = 0
    assert denied(nurse, **{"X-Forwarded-For": "192.0.2.1"}).ip == "127.0.0.1"


def test_behind_a_gateway_the_address_is_what_the_gateway_says(
    nurse: Hired, settings: Settings
) -> None:
    settings.PROXIES = 1

    assert denied(nurse, **{"X-Forwarded-For": "10.1.1.1, 192.0.2.7"}).ip == "192.0.2.7"
    assert denied(nurse, **{"X-Forwarded-For": "192.0.2.7, nonsense"}).ip is None
    assert denied(nurse).ip is None
