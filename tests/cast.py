"""The huvudmän of every test: a region, a municipality in its cases, and a stranger."""

from datetime import UTC, datetime

REGION, MUNICIPALITY, STRANGER = "test_region", "test_municipality", "test_stranger"
TENANTS = (
    {
        "schema_name": REGION,
        "name": "Region Test",
        "kind": "region",
        "organisation_number": "2999999119",
        "county_code": "23",
        "domain": "region.localhost",
    },
    {
        "schema_name": MUNICIPALITY,
        "name": "Testkommun",
        "kind": "municipality",
        "organisation_number": "2999999127",
        "county_code": "23",
        "municipality_code": "2399",
        "domain": "municipality.localhost",
    },
    {
        "schema_name": STRANGER,
        "name": "Främlinge kommun",
        "kind": "municipality",
        "organisation_number": "2999999135",
        "county_code": "23",
        "municipality_code": "2398",
        "domain": "stranger.localhost",
    },
)
AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # Monday, 09.00 in Sweden
YEARS_AHEAD = datetime(2090, 1, 1, tzinfo=UTC)
