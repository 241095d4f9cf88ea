"""Numbers that are checked before anything is written."""

import pytest

from tenants.identifiers import BadIdentifier, hsa_id, organisation_number


@pytest.mark.parametrize("written", ["2321000214", "232100-0214", " 232100-0214 "])
def test_an_organisation_number_is_kept_as_ten_digits(written: str) -> None:
    assert organisation_number(written) == "2321000214"


@pytest.mark.parametrize("written", ["2321000215", "232100021", "", "abcdefghij"])
def test_a_wrong_organisation_number_is_refused_in_swedish_with_what_to_do(written: str) -> None:
    with pytest.raises(BadIdentifier, match="Kontrollera de tio siffrorna"):
        organisation_number(written)


@pytest.mark.parametrize("written", ["SE2321000214-1001", "SE162321000214-E00A", "SE2999999119-A"])
def test_an_hsa_id_is_kept_as_received(written: str) -> None:
    assert hsa_id(written) == written


@pytest.mark.parametrize(
    "written",
    ["SE2321000214", "2321000214-1001", "SE2321000214-1001 ", "SE2321000214-ÅÄÖ",
     "SE162321000214-123456789012345678", ""],
)  # fmt: skip
def test_a_wrong_hsa_id_is_refused_in_swedish_with_its_form(written: str) -> None:
    with pytest.raises(BadIdentifier, match="Det skrivs SE"):
        hsa_id(written)
