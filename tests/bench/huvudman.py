"""The names that the measured huvudmän join with; no database needed."""

from stdnum import luhn

COUNTY = "99"
REGION = "b_region"


def municipality(number: int) -> str:
    """Return the schema of a municipality, counted from one."""
    return f"b_m{number:02d}"


def joining_values(number: int) -> dict[str, str]:
    """Return what a huvudman joins with: the region is number nought."""
    nine = f"299999{number:03d}"
    values = {
        "schema_name": municipality(number) if number else REGION,
        "name": f"Kommun {number}" if number else "Regionen",
        "kind": "municipality" if number else "region",
        "organisation_number": nine + luhn.calc_check_digit(nine),
        "county_code": COUNTY,
        "domain": f"m{number:02d}.localhost" if number else "region.localhost",
    }
    return values | ({"municipality_code": f"{COUNTY}{number:02d}"} if number else {})
