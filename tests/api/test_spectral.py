"""Spectral finds no error in the checked-in API: OpenAPI's own rules, and OWASP's of 2023."""

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.api.document import CHECKED_IN
from tests.api.exemplary import GONE, exemplary, planted
from tests.api.spectral import linter

pytestmark = pytest.mark.skipif(not linter.is_installed(), reason=linter.LEFT_OUT)

CASE = "components schemas Case properties id"
LIST = "paths /cases get responses 200"

# What is planted into the exemplary document, and the rule that must see it.
FAULTS = (
    ("owasp:api1:2023-no-numeric-ids", "paths /cases/{id} get parameters 0 schema type", "integer"),
    ("owasp:api2:2023-jwt-best-practices", "components securitySchemes bearer description", "Ja."),
    (
        "owasp:api2:2023-short-lived-access-tokens",
        "components securitySchemes oauth flows clientCredentials refreshUrl",
        GONE,
    ),
    ("owasp:api2:2023-write-restricted", "security", GONE),
    ("owasp:api4:2023-array-limit", f"{LIST} content application/json schema properties results "
     "maxItems", GONE),
    ("owasp:api4:2023-integer-limit", "components parameters Page schema maximum", GONE),
    ("owasp:api4:2023-rate-limit", f"{LIST} headers RateLimit", GONE),
    ("owasp:api4:2023-rate-limit-retry-after", "components responses TooManyRequests headers "
     "Retry-After", GONE),
    ("owasp:api4:2023-string-limit", f"{CASE} maxLength", GONE),
    ("owasp:api8:2023-define-cors-origin", f"{LIST} headers Access-Control-Allow-Origin", GONE),
    ("owasp:api9:2023-inventory-access", "servers 0 x-internal", GONE),
    ("oas3-valid-media-example", f"{LIST} content application/json example results 0 id", 7),
    ("oas3-schema", "info title", GONE),
)  # fmt: skip


def errors(found: list[linter.Finding]) -> list[linter.Finding]:
    return [it for it in found if it.severity == "error"]


@pytest.mark.timeout(300)  # it takes longer with each operation
def test_the_api_has_no_error() -> None:
    found = linter.lint(CHECKED_IN)
    warnings = Counter(it.rule for it in found if it.severity == "warning")
    print(f"{warnings.total()} warnings: {dict(warnings)}")

    assert errors(found) == []


def test_the_exemplary_api_has_neither_error_nor_warning(tmp_path: Path) -> None:
    place = tmp_path / "exemplary.json"
    place.write_text(json.dumps(exemplary()))

    assert linter.lint(place) == []


def test_what_breaks_a_rule_is_found(tmp_path: Path) -> None:
    document = tmp_path / "planted.json"
    document.write_text(json.dumps(planted(*((place, value) for _, place, value in FAULTS))))

    found = errors(linter.lint(document))

    assert {it.rule for it in found} >= {rule for rule, _, _ in FAULTS}
