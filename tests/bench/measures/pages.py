"""Requests through the whole stack, ours beside stock projects: tenancy, inbox, case."""

from collections.abc import Sequence

import pairs
from databases import Databases
from pairs import Doing
from results import Result

PAGE, OURS, STOCK = "subjects:page", "region.localhost", "yardstick.localhost"
ROUNDS = 31


def tenancy(databases: Databases) -> list[Result]:
    """Measure what finding the huvudman and being it costs, beside stock django-tenants."""
    databases.make_yardstick()
    path = f"/individuals/{databases.known.individual}"
    found = pairs.rounds(
        {
            "plain": _doing(databases, "yardstick.plain", STOCK, path),
            "stock": _doing(databases, "yardstick.stock_bare", STOCK, path),
            "limited": _doing(databases, "yardstick.stock_bare_limited", STOCK, path),
            "ours": _doing(databases, "ours.bare", OURS, path),
        },
        count=ROUNDS,
    )
    off = pairs.middle(found, lambda it: (it["ours"] - it["plain"]) / (it["stock"] - it["plain"]))
    on = pairs.middle(found, lambda it: (it["ours"] - it["plain"]) / (it["limited"] - it["plain"]))
    what = "tenancy, role and path for one row by primary key, over what stock tenancy adds"
    return [
        Result("tenancy", f"{what}: CPU", off.cpu, "×", 0.35),
        Result("tenancy_wall", "the same by the clock", off.wall, "×"),
        Result("tenancy_limited", "the same, TENANT_LIMIT_SET_CALLS on in stock: CPU", on.cpu, "×"),
    ]


def inbox(databases: Databases) -> list[Result]:
    """Measure the worklist of fifty rows, beside a stock list page with the same columns."""
    databases.make_yardstick()
    known = databases.known
    found = pairs.rounds(
        {
            "stock": _doing(databases, "yardstick.stock", STOCK, f"/worklist/{known.inbox}"),
            "ours": _doing(databases, "ours.whole", OURS, "/", known.cookie),
        },
        count=ROUNDS,
    )
    ratio = pairs.middle(found, lambda it: it["ours"] / it["stock"])
    what = "worklist page, 50 rows from 5 huvudmän, over a stock list page of one tenant"
    return [
        Result("inbox", f"{what}: CPU", ratio.cpu, "×", 1.0),
        Result("inbox_wall", "the same by the clock", ratio.wall, "×"),
        Result("inbox_ms", "the same page alone: CPU", _median_ms(found, "ours"), "ms"),
    ]


def case_json(databases: Databases) -> list[Result]:
    """Measure a case across three huvudmän, beside a stock view of one row."""
    databases.make_yardstick()
    known = databases.known
    ours_at = f"/json/cases/{known.case}"
    found = pairs.rounds(
        {
            "stock": _doing(databases, "yardstick.stock", STOCK, f"/api/cases/{known.case}"),
            "ours": _doing(databases, "ours.whole", OURS, ours_at, known.cookie),
            "lean": _doing(databases, "ours.whole", OURS, f"{ours_at}/contributions", known.cookie),
            "html": _doing(databases, "ours.whole", OURS, f"/cases/{known.case}", known.cookie),
        },
        count=ROUNDS,
    )
    ours, lean, html = (
        pairs.middle(found, lambda it, name=name: it[name] / it["stock"])
        for name in ("ours", "lean", "html")
    )
    over = "over a stock DRF view of one row"
    return [
        Result("case_json", f"page of a case across 3 huvudmän as JSON, {over}: CPU",
               ours.cpu, "×", 1.5),
        Result("case_json_wall", "the same by the clock", ours.wall, "×"),
        Result("case_json_ms", "the same alone: CPU", _median_ms(found, "ours"), "ms"),
        Result("case_contributions", f"only the case and what is opened of it, {over}: CPU",
               lean.cpu, "×"),
        Result("case_html", f"the page as HTML, {over}: CPU", html.cpu, "×"),
    ]  # fmt: skip


def api(databases: Databases) -> list[Result]:
    """Measure the API's case and inbox, beside stock DRF views of one row and of fifty."""
    databases.make_yardstick()
    known = databases.known
    one = _called(databases, f"/api/v1/cases/{known.case}")
    fifty = _called(databases, "/api/v1/cases?view=all&limit=50")
    found = pairs.rounds(
        {
            "stock_one": _doing(databases, "yardstick.stock", STOCK, f"/api/cases/{known.case}"),
            "stock_fifty": _doing(
                databases, "yardstick.stock", STOCK, f"/api/worklist/{known.inbox}"
            ),
            "one": one,
            "fifty": fifty,
        },
        count=ROUNDS,
    )
    case = pairs.middle(found, lambda it: it["one"] / it["stock_one"])
    inbox = pairs.middle(found, lambda it: it["fifty"] / it["stock_fifty"])
    return [
        Result("api_case", "GET /cases/{id}, a case across 3 huvudmän, over a stock DRF view of"
               " one row: CPU", case.cpu, "×", 1.5),
        Result("api_case_wall", "the same by the clock", case.wall, "×"),
        Result("api_inbox", "GET /cases of 50 rows, over a stock DRF list of 50 rows: CPU",
               inbox.cpu, "×", 2.0),
        Result("api_inbox_wall", "the same by the clock", inbox.wall, "×"),
        Result("api_case_ms", "the case alone: CPU", _median_ms(found, "one"), "ms"),
        Result("api_inbox_ms", "the inbox alone: CPU", _median_ms(found, "fifty"), "ms"),
    ]  # fmt: skip


def _called(databases: Databases, path: str) -> Doing:
    arguments = (OURS, path, databases.known.inbox)
    return Doing("ours.called", "subjects:called", arguments, databases.environment())


def _doing(databases: Databases, settings: str, *arguments: str) -> Doing:
    return Doing(settings, PAGE, arguments, databases.environment())


def _median_ms(found: Sequence[dict[str, pairs.Cost]], name: str) -> float:
    return pairs.middle(found, lambda it: it[name]).cpu * 1000
