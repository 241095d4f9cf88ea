"""R1 to R12 at a size where a hole would show, and that each of them has tests that name it."""

import ast
import re
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from architecture import house
from cast import AT, MUNICIPALITY, REGION
from hired import ENDINGS, Hired, hire
from isolation.county import admit
from people import CASE_OFFICERS, DAY, DUTY, HEALTH_CENTRE, WARD
from visits import browser, sent, words

from care.identity import queries
from care.identity.models import Assignment, SessionEvent, Staff, StaffSession
from care.identity.permissions import CARE_ROLES, ROLES, Permission, Role
from care.sharing.models import AccessLog
from portal.access import COOKIE
from tenants import clock
from tenants.context import acting_as
from tenants.models import Unit

HTMX = {"hx-request": "true"}
PEOPLE, PLACES = 60, 40
# What tells of a person: whoever holds one of these reads a case, or acts in one.
OF_PATIENTS = frozenset(
    it for it in Permission if it.value.startswith(("case:", "inbox:", "takeover:"))
)


def place(number: int) -> str:
    """Return the HSA-id of one of many units."""
    return f"SE2999999127-E{number:02d}"


def hold(person: Staff, unit_id: str) -> Assignment:
    """Return an assignment, not yet written."""
    return Assignment(
        staff=person, unit_id=unit_id, role=Role.CASE_OFFICER, title="Handläggare",
        valid_from=AT - DAY,
    )  # fmt: skip


@pytest.fixture
def crowd(units: None) -> dict[UUID, set[UUID]]:
    """Sixty people, each with two assignments at two of forty units; return who holds what."""
    with acting_as(MUNICIPALITY):
        Unit.objects.bulk_create(
            Unit(hsa_id=place(it), owner=MUNICIPALITY, name=f"Enhet {it}", name_sort=f"{it:02d}",
                 kind="social_services", branch="social_care_2022_913", phone="063-00 00 00")
            for it in range(PLACES)
        )  # fmt: skip
        people = [
            Staff(hsa_id=f"SE2999999127-P{it:03d}", name=f"Person {it}", name_sort=f"{it:03d}")
            for it in range(PEOPLE)
        ]
        Staff.objects.bulk_create(people)
        rows = [
            hold(person, place((number * 2 + it) % PLACES))
            for number, person in enumerate(people)
            for it in range(2)
        ]
        Assignment.objects.bulk_create(rows)
    held: dict[UUID, set[UUID]] = {}
    for row in rows:
        held.setdefault(row.staff_id, set()).add(row.pk)
    return held


@pytest.fixture
def nurse(units: None) -> Hired:
    return hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))


@pytest.fixture
def coordinator(units: None) -> Hired:
    return hire(
        MUNICIPALITY, "Karin Nyström", "SE2999999127-P001",
        (CASE_OFFICERS, Role.INBOX_COORDINATOR), (DUTY, Role.INBOX_COORDINATOR),
    )  # fmt: skip


class TestCandidates:
    """R1: neither a feigned nor an archived unit, nor a purpose that the role does not have."""

    def candidates(self, nurse: Hired) -> int:
        with acting_as(REGION):
            return len(queries.candidates(staff_id=nurse.staff_id, at=AT))

    def test_nobody_acts_at_a_feigned_unit(self, nurse: Hired) -> None:
        assert self.candidates(nurse) == 1
        client = browser(nurse)
        with acting_as(REGION):
            Unit.objects.filter(pk=WARD).update(is_feigned=True)

        assert self.candidates(nurse) == 0
        assert client.get("/search").status_code == 403

    @pytest.mark.parametrize("role", list(Role))
    def test_the_purpose_of_care_belongs_to_the_roles_of_care(
        self, units: None, role: Role
    ) -> None:
        them = hire(REGION, "Kim Ek", "SE2999999119-P005", (WARD, role))
        with acting_as(REGION):
            Assignment.objects.update(purpose="administration")
            held = queries.candidates(staff_id=them.staff_id, at=AT)

        assert bool(held) == (role not in CARE_ROLES)


class TestSwitch:
    """R5: no switch to an assignment that is not held; each attempt is logged, from and to (B1)."""

    @pytest.mark.timeout(180)
    def test_of_all_pairs_of_people_and_units_none_is_accepted(
        self, crowd: dict[UUID, set[UUID]]
    ) -> None:
        with acting_as(MUNICIPALITY):
            at_unit: dict[str, list[UUID]] = {}
            for pk, unit_id in Assignment.objects.values_list("pk", "unit_id"):
                at_unit.setdefault(unit_id, []).append(pk)
        asked: set[tuple[UUID, UUID]] = set()
        statuses: list[int] = []
        for staff_id, held in crowd.items():
            client = browser(Hired(MUNICIPALITY, staff_id, "", "", tuple(held)))
            for unit_id in map(place, range(PLACES)):
                wanted = next(it for it in at_unit[unit_id] if it not in held)
                statuses.append(client.post("/assignments", {"chosen": wanted}).status_code)
                asked.add((staff_id, wanted))

        assert statuses == [403] * (PEOPLE * PLACES)
        with acting_as(MUNICIPALITY):
            assert not StaffSession.objects.exclude(assignment=None).exists()
            refused = SessionEvent.objects.filter(what="refused").values_list("staff_id", "after")
            assert len(refused) == PEOPLE * PLACES
            assert set(refused) == asked


class TestStaleTab:
    """R7: whatever is sent for another assignment is refused with 409, writes nothing (B2)."""

    @pytest.mark.parametrize("headers", [{}, HTMX], ids=["form", "htmx"])
    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    def test_a_tab_from_before_the_switch_writes_nothing(
        self, coordinator: Hired, method: str, headers: dict[str, str]
    ) -> None:
        first, second = coordinator.assignments
        client = browser(coordinator)
        client.post("/assignments", {"chosen": first})
        client.post("/assignments", {"chosen": second, "assignment": first})

        told = {"x-samplan-assignment": str(first)} | headers
        answer = getattr(client, method)("/onboarding/check/print", headers=told)

        assert answer.status_code == 409
        assert "annan flik" in answer.content.decode()
        with acting_as(MUNICIPALITY):
            stale = SessionEvent.objects.get(what="refused")
        assert (stale.before, stale.after) == (second, first)

    def test_an_htmx_call_of_the_active_assignment_is_taken(self, coordinator: Hired) -> None:
        client = browser(coordinator)
        client.post("/assignments", {"chosen": coordinator.assignments[0]})

        told = {"x-samplan-assignment": str(coordinator.assignments[0])} | HTMX
        assert client.post("/search", {"q": "Berit"}, headers=told).status_code == 200

    def test_what_it_says_is_kept_only_where_it_is_an_id(self, nurse: Hired) -> None:
        client = browser(nurse)

        assert client.post("/search", {"assignment": "Berit Åkerlund"}).status_code == 409
        with acting_as(REGION):
            assert SessionEvent.objects.get(what="refused").after is None


class TestReadAnew:
    """R4: one that was revoked, or whose unit was archived, is refused at the next request (B3)."""

    @pytest.fixture(params=ENDINGS)
    def ends(self, request: pytest.FixtureRequest) -> Iterator[str]:
        return request.param

    def test_the_next_request_is_refused(self, nurse: Hired, ends: str) -> None:
        client = browser(nurse)
        assert client.get("/").status_code == 200

        ENDINGS[ends](nurse)

        for page in ("/", "/search", f"/cases/{uuid4()}"):
            assert client.get(page).status_code == 403
        with acting_as(REGION):
            assert SessionEvent.objects.filter(what="refused").count() == 3


class TestWithoutAny:
    """R2: who has no assignment sees no row of a patient, and whom to turn to (B4)."""

    def test_no_page_tells_of_a_patient(self, nurse: Hired) -> None:
        case_id = admit(at=clock.moment() - DAY)
        hire(REGION, "Anna Berg", "SE2999999119-P009", (WARD, Role.LOCAL_ADMINISTRATOR))
        lonely = hire(REGION, "Nils Ny", "SE2999999119-P077")
        assert "Berit" in browser(nurse).get("/").content.decode()

        client = browser(lonely)
        for page in ("/", "/search", f"/cases/{case_id}", f"/cases/{case_id}/close-case"):
            answer = client.get(page)
            assert (answer.status_code, answer["Location"]) == (302, "/assignments")
            assert "Åkerlund" not in answer.content.decode()
        assert client.post("/search", {"q": "Berit"}).status_code == 403
        choice = client.get("/assignments").content.decode()
        assert "Anna Berg" in choice
        assert "Åkerlund" not in choice
        with acting_as(REGION):
            assert not AccessLog.objects.filter(staff_id=lonely.staff_id).exists()


class TestTakesPart:
    """R8, R9: the same role at a unit that takes no part sees nothing, whatever it may do."""

    @pytest.mark.parametrize("role", sorted(CARE_ROLES))
    def test_a_role_alone_opens_no_case(self, units: None, role: Role) -> None:
        case_id = admit(to=[CASE_OFFICERS], at=clock.moment() - DAY)
        inside = hire(REGION, "Inne Ek", "SE2999999119-P010", (WARD, role))
        outside = hire(REGION, "Ute Ek", "SE2999999119-P011", (HEALTH_CENTRE, role))

        assert browser(inside).get(f"/cases/{case_id}").status_code == 200
        assert browser(outside).get(f"/cases/{case_id}").status_code == 404


class TestUnseen:
    """R10: unseen is 404 in the words of a wrong id; seen and forbidden is 403 with a reason."""

    def test_a_case_of_others_is_answered_like_one_that_does_not_exist(self, nurse: Hired) -> None:
        case_id = admit(to=[CASE_OFFICERS], at=clock.moment() - DAY)
        outside = hire(REGION, "Ute Ek", "SE2999999119-P011", (HEALTH_CENTRE, Role.WARD_NURSE))
        client = browser(outside)

        pages = [client.get(f"/cases/{it}") for it in (case_id, uuid4())]
        assert [it.status_code for it in pages] == [404, 404]
        # But for the time and the reference of the answer.
        varies = r"Kod \S+|\S*\d\S*"
        assert len({re.sub(varies, "", words(it.content)) for it in pages}) == 1

    def test_an_act_of_another_role_is_told_with_its_reason(self, nurse: Hired) -> None:
        case_id = admit(to=[CASE_OFFICERS], at=clock.moment() - DAY)

        answer = browser(nurse).get(f"/cases/{case_id}/state-reception")
        assert answer.status_code == 403
        with acting_as(REGION):
            assert AccessLog.objects.get(activity="denied").reason == "not_in_role"


class TestOperators:
    """R11: an operator holds no right of patients, and nobody acts as somebody else."""

    def test_the_role_carries_no_right_of_patients(self) -> None:
        assert not ROLES[Role.OPERATOR] & OF_PATIENTS
        assert Role.OPERATOR not in CARE_ROLES

    def test_the_rights_of_patients_are_those_of_the_tables(self) -> None:
        carried = {it for role in CARE_ROLES for it in ROLES[role]}

        assert OF_PATIENTS - carried == {
            Permission.TAKE_OVER_CASES, Permission.RECONCILE_CASES, Permission.CUT_OVER,
        }  # fmt: skip

    @pytest.mark.parametrize("unit_id", [WARD, HEALTH_CENTRE])
    def test_no_page_shows_a_patient_to_an_operator(self, units: None, unit_id: str) -> None:
        case_id = admit(at=clock.moment() - DAY)
        operator = hire(REGION, "Ola Drift", "SE2999999119-P008", (unit_id, Role.OPERATOR))
        client = browser(operator)

        for page in ("/search", "/cases/new", f"/cases/{case_id}", f"/cases/{case_id}/close-case"):
            answer = client.get(page)
            assert answer.status_code == 403
            assert "Åkerlund" not in answer.content.decode()
        assert "Åkerlund" not in client.get("/", follow=True).content.decode()

    def test_no_session_belongs_to_another_than_its_own(
        self, nurse: Hired, coordinator: Hired
    ) -> None:
        """Nothing that is sent names whom one acts as."""
        told = {"staff_id": str(coordinator.staff_id), "user": "Karin", "as": "Karin"}
        client = browser(nurse)

        page = client.get("/assignments", told, headers={"x-act-as": str(coordinator.staff_id)})
        assert "Sara Lindmark" in words(page.content)
        assert "Karin" not in words(page.content)


class TestEachDenial:
    """R12: whatever is refused leaves a line that says who, when and why."""

    def denied(self, tenant: str, staff_id: UUID) -> int:
        with acting_as(tenant):
            return (
                AccessLog.objects.filter(staff_id=staff_id, activity="denied").count()
                + SessionEvent.objects.filter(staff_id=staff_id, what="refused").count()
            )

    @pytest.mark.parametrize(
        ("method", "page", "status"),
        [
            ("get", "/units", 403),
            ("get", "/cases/00000000-0000-4000-8000-000000000000", 404),
            ("post", "/assignments", 403),
            ("post", "/search", 409),
            ("get", "/cases/{case}/state-reception", 403),
            ("post", "/cases/{case}/state-reception", 403),
        ],
    )
    def test_it_is_logged_once(
        self, nurse: Hired, coordinator: Hired, method: str, page: str, status: int
    ) -> None:
        case_id = admit(to=[CASE_OFFICERS], at=clock.moment() - DAY)
        client = browser(nurse)
        fields = sent(nurse) if "case" in page else {"chosen": coordinator.assignments[0]}

        answer = getattr(client, method)(page.format(case=case_id), fields)

        assert answer.status_code == status
        assert self.denied(REGION, nurse.staff_id) == 1

    def test_an_assignment_that_has_ended_too(self, nurse: Hired) -> None:
        client = browser(nurse)
        with acting_as(REGION):
            Assignment.objects.update(revoked_at=AT)

        assert client.get("/search").status_code == 403
        assert self.denied(REGION, nurse.staff_id) == 1


class TestProfession:
    """R3, R6: neither cookie, address nor form holds the assignment, the role or the title."""

    def test_the_cookie_is_a_token_that_says_nothing(self, nurse: Hired) -> None:
        client = browser(nurse)
        client.get("/")

        told = client.cookies[COOKIE].value
        assert str(nurse.assignments[0]) not in told
        assert str(nurse.staff_id) not in told

    def test_no_form_asks_for_a_profession(self, coordinator: Hired) -> None:
        page = browser(coordinator).get("/assignments").content.decode()

        assert set(re.findall(r'name="([a-z_]+)"', page)) <= {
            "chosen", "csrfmiddlewaretoken", "assignment", "idempotency_key", "language", "next",
            "viewport", "color-scheme", "theme-color", "key",
        }  # fmt: skip


def test_every_rule_is_named_by_a_test_class() -> None:
    named: set[str] = set()
    for path in (house.ROOT / "tests").rglob("test_*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef):
                named |= set(re.findall(r"\bR\d+\b", ast.get_docstring(node) or ""))

    assert {f"R{it}" for it in range(1, 13)} <= named
