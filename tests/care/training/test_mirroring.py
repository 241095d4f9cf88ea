"""`samplan tenant add --training`: a huvudman that looks like the real one, once or twice."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from conftest import log_in
from hired import Hired, hire
from isolation.county import agree
from people import CASE_OFFICERS, DAY, DUTY, HEALTH_CENTRE, WARD
from typer.testing import CliRunner, Result

from care.identity.models import Assignment, Staff
from care.identity.permissions import Role
from care.law.discharge import Act
from project.commands import tenant
from tenants import agreements, apart, joining
from tenants.context import acting_as
from tenants.models import Domain, Tenant, Unit
from tests.care.training.conftest import (
    PAIR,
    TRAINING_MUNICIPALITY,
    TRAINING_REGION,
    learner,
    mirrored,
)


def run(*words: str) -> Result:
    return CliRunner().invoke(tenant.app, ["add", *words])


@pytest.fixture
def as_operator(
    pair: None, nurse: Hired, cluster: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setenv("DATABASE_MIGRATOR_URL", cluster["sp_migrator"])
    monkeypatch.setenv("SAMPLAN_MIGRATING", "1")
    log_in(cluster["sp_migrator"], assume_role=False)
    yield
    log_in(cluster["sp_app"], assume_role=True)


def test_the_command_makes_both_and_the_same_twice_changes_nothing(as_operator: None) -> None:
    answers, rows = [], []
    for _ in range(2):
        answers.append(run("--training", "--of", MUNICIPALITY))
        rows.append(list(Tenant.objects.order_by("pk").values()))

    assert answers[0].stdout == answers[1].stdout
    assert answers[0].stdout.splitlines()[:2] == [
        "Region Test (övning) nås på ovning-region.localhost. 1 medarbetare får öva där.",
        "Testkommun (övning) nås på ovning-municipality.localhost. 0 medarbetare får öva där.",
    ]
    assert rows[0] == rows[1]
    made = [it for it in rows[0] if it["training_for"]]
    assert [(it["schema_name"], it["training_for"], it["organisation_number"]) for it in made] == [
        (TRAINING_REGION, REGION, ""),
        (TRAINING_MUNICIPALITY, MUNICIPALITY, ""),
    ]
    assert [it["municipality_code"] for it in made] == ["", "2399"]


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (["--training"], "är ingen ansluten huvudman"),
        (["--training", "--of", "t_nobody"], "är ingen ansluten huvudman"),
        (["--training", "--of", TRAINING_REGION], "är ingen ansluten huvudman"),
        (["--schema", TRAINING_REGION, "--name", "x", "--kind", "region", "--orgnr",
          "2999999218", "--county", "23", "--domain", "x.localhost"], "eller training_"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_what_to_do(
    as_operator: None, words: list[str], advice: str
) -> None:
    answer = run(*words)

    assert (answer.exit_code, answer.stdout) == (2, "")
    assert advice in answer.stderr


def test_a_county_without_a_region_has_nobody_to_practise_with(as_operator: None) -> None:
    Tenant.objects.filter(schema_name=STRANGER).update(county_code="24", municipality_code="2498")
    answer = run("--training", "--of", STRANGER)
    Tenant.objects.filter(schema_name=STRANGER).update(county_code="23", municipality_code="2398")

    assert "har ingen region att öva med" in answer.stderr


def test_another_ones_training_schema_is_not_taken(as_operator: None) -> None:
    with pytest.raises(joining.CannotJoin, match="är en annans"):
        joining.join(joining.Newcomer(
            schema_name=TRAINING_REGION, name="x", kind="region", organisation_number="",
            county_code="23", domain="x.localhost", training_for=STRANGER,
        ))  # fmt: skip


def test_it_has_the_units_of_the_real_one_under_numbers_of_nobody(practising: None) -> None:
    with acting_as(MUNICIPALITY):
        real = {it.hsa_id: it for it in Unit.objects.filter(owner=MUNICIPALITY)}
    with acting_as(TRAINING_MUNICIPALITY):
        copied = {it.hsa_id: it for it in Unit.objects.filter(owner=TRAINING_MUNICIPALITY)}

    assert set(copied) == {apart.unit_id_of(it) for it in real}
    assert apart.unit_id_of(CASE_OFFICERS) == "SE0999999127-BIST"
    it = copied["SE0999999127-BIST"]
    assert (it.name, it.successor) == ("Biståndsenheten", apart.unit_id_of(DUTY))
    assert it.opening_hours == real[CASE_OFFICERS].opening_hours


def test_who_works_at_the_real_one_may_practise_and_who_has_left_may_not(
    practising: None, nurse: Hired, cluster: dict[str, str]
) -> None:
    sara = learner("Sara Lindmark", TRAINING_REGION)
    with acting_as(TRAINING_REGION):
        held = Assignment.objects.get(pk=sara.assignments[0])
        assert (held.role, held.unit_id) == (Role.WARD_NURSE, apart.unit_id_of(WARD))
        assert sara.staff_id != nurse.staff_id
    with acting_as(REGION):
        Assignment.objects.filter(staff=nurse.staff_id).update(revoked_at=AT)

    mirrored(cluster)

    assert learner("Sara Lindmark", TRAINING_REGION).assignments == ()
    with acting_as(TRAINING_REGION):
        assert Staff.objects.count() == 2


def test_who_is_protected_or_called_otherwise_later_is_so_there_too(
    practising: None, nurse: Hired, cluster: dict[str, str]
) -> None:
    hire(TRAINING_REGION, "Lotta Hand", "SE2999999119-P077")
    hire(REGION, "Lotta Berg", "SE2999999119-P077")
    with acting_as(REGION):
        Staff.objects.filter(pk=nurse.staff_id).update(name="Sara Berg", name_sort="x")
        Staff.objects.exclude(name="Lena Uusitalo").update(is_protected=True)
        Staff.objects.filter(name="Lena Uusitalo").update(is_protected_here=True)

    mirrored(cluster)

    with acting_as(TRAINING_REGION):
        told = Staff.objects.values_list("name", "is_protected", "is_protected_here")
        assert set(told) == {
            ("Sara Berg", True, False), ("Lena Uusitalo", False, True), ("Lotta Hand", True, False),
        }  # fmt: skip
    with acting_as(REGION):
        Staff.objects.update(is_protected=False)
    mirrored(cluster)
    with acting_as(TRAINING_REGION):
        assert not Staff.objects.get(name="Sara Berg").is_protected


def test_an_assignment_that_is_given_anew_or_entered_by_hand_stands_in_no_ones_way(
    practising: None, nurse: Hired, cluster: dict[str, str]
) -> None:
    with acting_as(REGION):
        first = Assignment.objects.get(staff=nurse.staff_id)
        Assignment.objects.filter(pk=first.pk).update(revoked_at=AT)
        first.pk = None
        first.id = uuid4()
        first.save(force_insert=True)
    sara = learner("Sara Lindmark", TRAINING_REGION)
    hand = apart.unit_id_of(HEALTH_CENTRE)
    with acting_as(TRAINING_REGION):
        Assignment.objects.create(
            staff_id=sara.staff_id, unit_id=hand, role=Role.CARE_COORDINATOR, title="x",
            valid_from=AT - DAY,
        )  # fmt: skip
    with acting_as(REGION):
        Assignment.objects.create(
            staff_id=nurse.staff_id, unit_id=HEALTH_CENTRE, role=Role.CARE_COORDINATOR, title="y",
            valid_from=AT - DAY,
        )  # fmt: skip

    mirrored(cluster)

    with acting_as(TRAINING_REGION):
        held = Assignment.objects.filter(staff=sara.staff_id, revoked_at=None)
        assert set(held.values_list("unit", "title")) == {
            (apart.unit_id_of(WARD), "Befattning"), (hand, "x"),
        }  # fmt: skip


def test_they_have_an_agreement_on_the_terms_of_the_real_one_without_its_receipt_times(
    pair: None, nurse: Hired, cluster: dict[str, str]
) -> None:
    terms = {
        "grace_days": 5,
        "receipt_times": {str(Act.NOTIFY_READY): {"hours": 2}},
    }
    agree(classes=("planning",), terms=terms)

    mirrored(cluster)
    mirrored(cluster)

    with acting_as(TRAINING_MUNICIPALITY):
        (held,) = agreements.between(*PAIR, at=AT)
    assert held.terms == {"grace_days": 5}
    assert held.channels == {"planning": ("A", "B")}


def test_its_hosts_are_its_own(practising: None, dba: psycopg.Connection[Any]) -> None:
    named = dict(
        Domain.objects.filter(tenant__schema_name__in=PAIR).values_list(
            "domain", "tenant__schema_name"
        )
    )

    assert named == {
        "ovning-region.localhost": TRAINING_REGION,
        "ovning-municipality.localhost": TRAINING_MUNICIPALITY,
    }
