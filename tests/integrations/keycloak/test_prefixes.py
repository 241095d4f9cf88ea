"""Whom an identity provider may speak for: forged HSA-ids from each, and none accepted."""

import pytest

from integrations.keycloak import prefixes
from integrations.keycloak.prefixes import Kind
from integrations.keycloak.providers import SIMULATED, Provider, load

OWN, STRANGER = "2999999150", "2999999218"
PROVIDERS = load(SIMULATED)
LOCAL = ("P1001", "1", "a", "BIST", "Z" * 18)
# Look like the own prefix, and are not.
LOOKALIKES = (
    "SE2999999150", "SE2999999150-", "SE29999991500-P1", "SE299999915-P1", "SE-2999999150-P1",
    "se2999999150-P1", "Se2999999150-P1", " SE2999999150-P1", "SE2999999150-P1 ",
    "SE2999999150-P1\n", "SE2999999150 -P1", "SE2999999150–P1", "SE2999999150-P1-P2",
    "SE2999999150-P 1", "SE2999999150-Å1", "SE2999999150-P1\x00", "SE299999915٠-P1",
    "SE２９９９９９９１５０-P1", "ＳＥ2999999150-P1", "NO2999999150-P1", "2999999150-P1",
    "SE172999999150-P1", "SE192999999150-P1", "SE1602999999150-P1", "SE29999991502999999218-P1",
    "SE2999999150-" + "A" * 20, "SE162999999150-" + "A" * 18, "SE2999999150-P1,SE2999999218-P1",
    "SE2999999150-P1;", "SE2999999150/P1", "SE2999999150-../P1", "SE2999999218-SE2999999150-P1",
)  # fmt: skip
FOREIGN = tuple(
    f"SE{century}{number}-{local}"
    for century in ("", "16")
    for number in (STRANGER, "2999999176", "2999999151", "9299999150", "2321000214", "5565594230",
                   "0000000000")
    for local in LOCAL
)  # fmt: skip
FORGED = (*LOOKALIKES, *FOREIGN)
PLACES = {
    "employee_hsa_id": lambda it: {"employee_hsa_id": it},
    "all_employee_hsa_ids": lambda it: {"all_employee_hsa_ids": [f"SE{OWN}-P1", it]},
    "commissionHsaId": lambda it: _commission(commissionHsaId=it),
    "healthCareUnitHsaId": lambda it: _commission(healthCareUnitHsaId=it),
    "healthCareProviderHsaId": lambda it: _commission(healthCareProviderHsaId=it),
}


def _commission(**of: str) -> dict[str, object]:
    own = {"commissionHsaId": f"SE{OWN}-U1", "healthCareUnitHsaId": f"SE{OWN}-BIST"}
    return {"employee_hsa_id": f"SE{OWN}-P1", "all_commissions": [own, own | of]}


def test_a_municipality_speaks_for_no_other_organisation() -> None:
    tried = [(place, it) for place in PLACES for it in FORGED]

    accepted = [
        (place, it)
        for place, it in tried
        if prefixes.judge("kommun", PLACES[place](it), providers=PROVIDERS).is_accepted
    ]

    assert len(set(tried)) >= 500
    assert accepted == []


def test_the_national_provider_speaks_for_everybody_in_the_form_of_an_hsa_id() -> None:
    def is_accepted(hsa_id: str) -> bool:
        claims = {"employee_hsa_id": hsa_id}
        return prefixes.judge("inera", claims, providers=PROVIDERS).is_accepted

    assert all(is_accepted(it) for it in FOREIGN if len(it) <= 32)
    assert [it for it in LOOKALIKES if is_accepted(it)] == []


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("hsa_id", [f"SE{OWN}-P1", f"SE16{OWN}-P1", f"SE{OWN}-{'A' * 18}"])
def test_a_municipality_speaks_for_its_own_with_ten_digits_or_twelve(
    place: str, hsa_id: str
) -> None:
    assert prefixes.judge("kommun", PLACES[place](hsa_id), providers=PROVIDERS).is_accepted


def test_a_prefix_may_be_listed_with_twelve_digits() -> None:
    listed = {"kommun": _with(PROVIDERS["kommun"], f"SE16{OWN}")}

    assert prefixes.judge(
        "kommun", {"employee_hsa_id": f"SE{OWN}-P1"}, providers=listed
    ).is_accepted
    assert not prefixes.judge(
        "kommun", {"employee_hsa_id": f"SE{STRANGER}-P1"}, providers=listed
    ).is_accepted


def test_a_provider_with_an_empty_list_speaks_for_nobody() -> None:
    listed = {"kommun": _with(PROVIDERS["kommun"])}

    assert not prefixes.judge(
        "kommun", {"employee_hsa_id": f"SE{OWN}-P1"}, providers=listed
    ).is_accepted


@pytest.mark.parametrize("alias", ["", "Kommun", "kommun ", "google"])
def test_an_unknown_provider_speaks_for_nobody(alias: str) -> None:
    claims = {"employee_hsa_id": f"SE{OWN}-P1"}

    assert not prefixes.judge(alias, claims, providers=PROVIDERS).is_accepted


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"employee_hsa_id": "", "all_employee_hsa_ids": []},
        {"employee_hsa_id": f"SE{OWN}-P1", "all_commissions": [None]},
        {"employee_hsa_id": f"SE{OWN}-P1", "all_commissions": ["{commissionHsaId=SE2-U}"]},
        {"employee_hsa_id": f"SE{OWN}-P1", "all_commissions": 1},
        {"employee_hsa_id": 2999999150},
        {"employee_hsa_id": [f"SE{STRANGER}-P1"]},
        {"employee_hsa_id": {"hsaId": f"SE{STRANGER}-P1"}},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(claims: dict[str, object]) -> None:
    assert not prefixes.judge("kommun", claims, providers=PROVIDERS).is_accepted


def test_a_refusal_names_what_was_asserted() -> None:
    claims = _commission(healthCareUnitHsaId=f"SE{STRANGER}-AVD1")

    assert prefixes.judge("kommun", claims, providers=PROVIDERS).faults == (
        f"kommun får inte intyga healthCareUnitHsaId SE{STRANGER}-AVD1.",
    )


@pytest.mark.parametrize(
    ("alias", "claims", "kind"),
    [
        ("kommun", {"employee_hsa_id": f"SE{OWN}-P1"}, None),
        ("google", {}, Kind.ALIAS),
        ("kommun", {}, Kind.ABSENT),
        ("kommun", {"employee_hsa_id": "", "all_employee_hsa_ids": []}, Kind.ABSENT),
        ("kommun", {"employee_hsa_id": "P1"}, Kind.FORM),
        ("kommun", {"employee_hsa_id": f"SE{OWN}-P1", "all_commissions": 1}, Kind.FORM),
        ("kommun", {"employee_hsa_id": f"SE{STRANGER}-P1"}, Kind.PREFIX),
        ("kommun", {"all_employee_hsa_ids": ["P1", f"SE{STRANGER}-P1"]}, Kind.PREFIX),
    ],
)
def test_a_refusal_tells_of_which_kind_it_is(
    alias: str, claims: dict[str, object], kind: Kind | None
) -> None:
    assert prefixes.judge(alias, claims, providers=PROVIDERS).kind is kind


def _with(provider: Provider, *listed: str) -> Provider:
    return Provider(**{**vars(provider), "hsa_prefixes": listed})
