"""A huvudman of nine is removed: the other eight keep every byte, and a failure changes nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import nine
import psycopg
import pytest
from cast import AT, MUNICIPALITY, REGION
from conftest import log_in
from django.db import DatabaseError, OperationalError, connection
from hired import hire
from people import HOUR, NURSE, WARD
from psycopg.conninfo import make_conninfo
from typer import Typer
from typer.testing import CliRunner, Result
from visits import browser, text

from billing import parties as books
from care.cases.models import Case, Contribution, Event, Participation
from care.discharge import operations as discharge
from care.identity.permissions import Role
from care.inbox import delivery, tasks
from care.inbox.models import Delivery, Message, Received
from portal import parties, places
from project import leaving
from project.commands import leaving as commands
from tenants import agreements, apart, catalogue, clock, isolation, joining, middleware, mirroring
from tenants.context import acting_as
from tenants.leaving import remove as removal
from tenants.leaving.export import export
from tenants.leaving.remove import CannotRemove, remove
from tenants.leaving.verify import verify
from tenants.models import Departed, Domain, Tenant, Unit

pytestmark = pytest.mark.timeout(180)  # nine huvudmän join first
FIRST, SECOND, THIRD, FOURTH, TAKER = nine.LEAVERS
KEPT = f"{REGION}.sharing_keptaccess"
APP = Typer()
APP.command()(commands.remove)
APP.command()(commands.export)


@pytest.fixture(scope="module")
def county(
    cluster: dict[str, str], django_db_setup: None, django_db_blocker: Any
) -> Iterator[dict[str, str]]:
    """Give the URLs of a database with nine huvudmän."""
    with django_db_blocker.unblock(), nine.county(cluster) as urls:
        yield urls
        connection.close()


@pytest.fixture
def app(migrator: None, county: dict[str, str]) -> Callable[[], None]:
    """Give a way to go on as the application."""
    return lambda: log_in(county["sp_app"], assume_role=True)


@pytest.fixture
def superuser(county: dict[str, str], cluster: dict[str, str]) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(make_conninfo(cluster["superuser"], dbname=nine.DATABASE)) as dba:
        yield dba
        dba.rollback()


def forget() -> None:
    for remembered in (
        parties._names, parties._departed, places._municipalities, places._departed,
        middleware._hosts,
    ):  # fmt: skip
        remembered.cache_clear()


def run(*words: object, answer: str = "") -> Result:
    return CliRunner().invoke(APP, [str(it) for it in words], input=answer)


def exported(schema: str, folder: Path) -> Path:
    path = folder / f"{schema}.zip"
    export(schema=schema, to=path, by="test", at=AT, extras=partial(leaving.extras, at=AT))
    return path


@dataclass(frozen=True)
class Gone:
    """A removal that was done once, with what the database had before it and after it."""

    before: dict[str, str]
    after: dict[str, str]
    said: Result
    archive: Path


@pytest.fixture(scope="module")
def gone(
    county: dict[str, str],
    cluster: dict[str, str],
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Gone:
    """Remove one of the nine by the command, as an operator does."""
    there = make_conninfo(cluster["superuser"], dbname=nine.DATABASE)
    folder = tmp_path_factory.mktemp("gone")
    with (
        pytest.MonkeyPatch.context() as patch,
        django_db_blocker.unblock(),
        psycopg.connect(there) as dba,
    ):
        patch.setenv("SAMPLAN_MIGRATING", "1")
        log_in(county["sp_migrator"], assume_role=False)
        isolation.give_own_login(FIRST)
        mirroring.mirror(of=FIRST, at=AT)
        path = exported(FIRST, folder)
        before = nine.prints(dba)
        said = run("remove", nine.code(FIRST), "--export", path, "--yes")
        log_in(county["sp_app"], assume_role=True)
        return Gone(before, nine.prints(dba), said, path)


@pytest.fixture
def migrator(
    county: dict[str, str], gone: Gone, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Log in to it as the one who removes; what is remembered of the registry is forgotten."""
    monkeypatch.setenv("SAMPLAN_MIGRATING", "1")
    forget()
    with django_db_blocker.unblock():
        log_in(county["sp_migrator"], assume_role=False)
        yield
        log_in(county["sp_app"], assume_role=True)
    forget()


class TestOneOfNine:
    """It has left, and the others have all that they had."""

    def test_the_other_eight_are_the_same_to_the_byte(self, gone: Gone) -> None:
        assert gone.said.exit_code == 0, gone.said.output
        others = [it for it in nine.ALL if it != FIRST]
        assert len(others) == 8
        for schema in others:
            held = nine.of(schema, gone.before)
            assert len(held) > 50
            now = nine.of(schema, gone.after)
            changed = {key for key in held if now[key] != held[key]}
            # The region alone was read by it, and has taken what its log says of that.
            assert changed == ({KEPT} if schema == REGION else set())

    def test_whose_rows_it_has_read_keeps_what_its_log_says_of_that(
        self, gone: Gone, migrator: None, superuser: psycopg.Connection[Any]
    ) -> None:
        rows = superuser.execute(
            "SELECT reader, entry ->> 'owner', entry ->> 'staff_name', entry ->> 'channel' FROM"
            f" {KEPT} WHERE reader = %s", [FIRST]
        ).fetchall()  # fmt: skip

        assert rows == [(FIRST, REGION, "Karin Nyström", "B")]
        assert "1 rader ur dess åtkomstlogg är kopierade" in gone.said.stdout

    def test_its_schema_roles_hosts_and_rows_of_joining_are_gone(
        self, gone: Gone, migrator: None, superuser: psycopg.Connection[Any]
    ) -> None:
        roles = superuser.execute("SELECT FROM pg_roles WHERE rolname ~ %s", [FIRST]).fetchall()
        schemas = superuser.execute("SELECT FROM pg_namespace WHERE nspname = %s", [FIRST])

        assert (roles, schemas.fetchall()) == ([], [])
        assert not Tenant.objects.filter(schema_name=FIRST).exists()
        assert not Domain.objects.filter(domain__startswith="test-n4").exists()
        for table in ("onboardingcontact", "expertanswer", "startplan"):
            named = f"SELECT FROM tenants_{table} WHERE owner = %s"
            assert superuser.execute(named, [FIRST]).fetchall() == []
        assert catalogue.faults() == []
        left = Departed.objects.get(pk=FIRST)
        assert (left.name, left.seal) == (nine.name(FIRST), verify(gone.archive).seal)

    def test_its_training_huvudman_is_gone_too(
        self, gone: Gone, migrator: None, superuser: psycopg.Connection[Any]
    ) -> None:
        training = apart.schema_of(FIRST)
        schemas = superuser.execute("SELECT FROM pg_namespace WHERE nspname = %s", [training])
        living = superuser.execute(
            "SELECT FROM tenants_unit WHERE owner = %s AND archived_on IS NULL", [training]
        )

        assert (schemas.fetchall(), living.fetchall()) == ([], [])
        assert not Tenant.objects.filter(training_for=FIRST).exists()
        assert Tenant.objects.filter(training_for=REGION).exists()

    def test_what_it_signed_ended_and_named_can_still_be_read(
        self, gone: Gone, migrator: None, app: Callable[[], None]
    ) -> None:
        app()
        with acting_as(REGION):
            (agreement,) = [it for it in agreements.concerning(REGION) if FIRST in it.parties]
            there = Unit.objects.get(pk=nine.unit(FIRST))

        assert agreement.state(AT) is agreements.State.ENDED or agreement.ended_at
        assert agreement.ended_by == FIRST
        assert agreement.ended_because == "Huvudmannen lämnar Samplan."
        assert {it.party for it in agreement.signatures} == {REGION, FIRST}
        assert (there.owner, there.name, bool(there.archived_on)) == (
            FIRST,
            "Biståndsenheten",
            True,
        )

    def test_the_loop_of_the_others_ends_its_part_and_closes_what_was_open_to_it(
        self, gone: Gone, migrator: None, app: Callable[[], None]
    ) -> None:
        app()
        case = nine.case_of(FIRST)
        with acting_as(REGION):
            opened = Contribution.objects.get(common_id=case.common_id).open_to

        tasks.drain()

        with acting_as(REGION):
            ended = Participation.objects.get(case=case, tenant=FIRST)
            told = Event.objects.filter(common_id=case.common_id, act="tenant_left")
            closed = Contribution.objects.get(common_id=case.common_id).open_to
            kept = Message.objects.filter(common_id=case.common_id).count()
            assert (ended.until_at is not None, told.count(), closed) == (True, 1, {})
            assert kept
        assert FIRST in opened or opened == {}  # another test may have let the loop run
        with acting_as(MUNICIPALITY):
            assert not Participation.objects.filter(tenant=FIRST).exists()

    def test_what_is_sent_afterwards_goes_to_who_is_left(
        self, gone: Gone, migrator: None, app: Callable[[], None]
    ) -> None:
        app()
        tasks.drain()
        case = nine.case_of(FIRST)
        with acting_as(REGION):
            sent = discharge.name_care_contact(
                actor=nine.COORDINATOR, case_id=case.pk, name="Lena", title="", phone="",
                at=AT + 3 * HOUR,
            )  # fmt: skip
            reached = set(sent.deliveries.values_list("unit_id", flat=True))

        tasks.drain()  # and nobody is asked to fetch for who is gone

        assert reached == {WARD}

    def test_notes_of_its_letters_are_forgotten_without_looking_for_it(
        self, gone: Gone, migrator: None, app: Callable[[], None]
    ) -> None:
        app()
        with acting_as(REGION):
            assert Received.objects.filter(sender=FIRST).exists()

            delivery.forget(at=clock.moment() + 2 * delivery.KEPT)

            assert not Received.objects.filter(sender=FIRST).exists()
            facts = Delivery.objects.filter(tenant=FIRST).exclude(acknowledged_at=None)
            assert facts.exists()  # what the letters led to stays

    def test_the_pages_of_the_others_call_it_by_its_name(
        self, gone: Gone, migrator: None, app: Callable[[], None], settings: Any, tmp_path: Path
    ) -> None:
        app()
        settings.STATIC_ROOT = tmp_path
        storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.STORAGES = settings.STORAGES | {"staticfiles": storage}
        tasks.drain()
        case = nine.case_of(FIRST)
        nurse = hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))
        signatory = hire(REGION, "Eva Ros", "SE2999999119-P002", (WARD, Role.SIGNATORY))

        pages = [
            text(browser(nurse), f"/cases/{case.pk}?view={view}")
            for view in ("lanes", "messages", "timeline")
        ]
        listed = text(browser(signatory), "/agreements")
        drafting = text(browser(signatory), "/agreements/new")

        for page in (*pages, listed):
            assert FIRST not in page
        assert nine.name(FIRST) in pages[1]
        assert f"{nine.name(FIRST)} lämnade Samplan." in pages[2]
        assert nine.name(FIRST) in listed
        assert nine.name(FIRST) not in drafting  # nobody can agree with it any more
        assert nine.name(FOURTH) in drafting

    def test_the_books_of_its_board_still_name_it_and_look_no_more_into_its_schema(
        self, gone: Gone, migrator: None, app: Callable[[], None]
    ) -> None:
        app()
        with acting_as(REGION):
            board = books.board()

        assert board.names[nine.code(FIRST)] == nine.name(FIRST)
        assert {*board.codes} == {REGION, MUNICIPALITY}
        assert board.readers(nine.code(FIRST)) == ()
        assert "Den är part i Gemensamma nämnden." in gone.said.stdout

    def test_nobody_is_given_its_schema_again(self, gone: Gone, migrator: None) -> None:
        again = nine.joined(FIRST)

        for values in (again, again | {"organisation_number": "2999999200"}):
            with pytest.raises(joining.CannotJoin, match="som har lämnat") as refused:
                joining.join(joining.Newcomer(**values))
            assert "Välj ett annat schemanamn." in str(refused.value)

        with pytest.raises(joining.CannotJoin, match="kan inte anslutas en gång till"):
            joining.join(joining.Newcomer(**again | {"schema_name": "test_again"}))


class TestAFailure:
    """What fails, at whatever statement, leaves the huvudman as it was."""

    def test_at_each_statement_that_writes_changes_nothing(
        self, migrator: None, superuser: psycopg.Connection[Any], tmp_path: Path
    ) -> None:
        verified = verify(exported(SECOND, tmp_path))
        before, failed = nine.prints(superuser), []
        own = nine.of(SECOND, before)

        while Tenant.objects.filter(schema_name=SECOND).exists():
            failing = FailAt(len(failed))
            try:
                with connection.execute_wrapper(failing):
                    remove(verified=verified, by="test", at=AT)
            except Full:
                assert nine.prints(superuser, SECOND) == own, failing.statement
                failed.append(failing.statement.split(" ", 2)[0])

        assert {"INSERT", "UPDATE", "DELETE", "ALTER", "DROP"} == {*failed}
        assert len(failed) > 10
        after = nine.prints(superuser)
        for schema in nine.ALL:
            if schema != SECOND:
                assert nine.of(schema, after) == nine.of(schema, before)

    def test_of_the_server_in_the_middle_changes_nothing(
        self, migrator: None, superuser: psycopg.Connection[Any], tmp_path: Path
    ) -> None:
        verified = verify(exported(FOURTH, tmp_path))
        before = nine.prints(superuser)

        def killed(step: str) -> None:
            if step.startswith("Tar bort"):
                ((number,),) = _ask("SELECT pg_backend_pid()")
                superuser.execute("SELECT pg_terminate_backend(%s)", [number])

        with pytest.raises(OperationalError):
            remove(verified=verified, by="test", at=AT, tell=killed)

        connection.close()
        assert nine.prints(superuser) == before
        assert catalogue.faults() == []


class TestARemovalIsRefused:
    """With what to do, and nothing is changed."""

    @pytest.fixture
    def refused(self, migrator: None, superuser: psycopg.Connection[Any]) -> Callable[..., Result]:
        """Give a way to run the command that sees that nothing is changed by it."""

        def asked(*words: object, answer: str = "") -> Result:
            before = nine.prints(superuser)
            said = run("remove", *words, answer=answer)
            assert nine.prints(superuser) == before
            assert said.exit_code in (1, 2)
            return said

        return asked

    @pytest.fixture
    def path(self, migrator: None, tmp_path: Path) -> Path:
        return exported(FOURTH, tmp_path)

    def test_where_the_database_has_changed_since(
        self, path: Path, refused: Callable[..., Result], superuser: psycopg.Connection[Any]
    ) -> None:
        superuser.execute(f"UPDATE {FOURTH}.cases_contribution SET author = 'x'")
        superuser.commit()

        answer = refused(FOURTH, "--export", path, "--yes")

        assert answer.exit_code == 1
        assert "data/cases_contribution (1 rader i arkivet, 1 rader nu)" in answer.stderr
        assert "exportera igen" in answer.stderr
        assert f"{nine.name(FOURTH)} är kvar som förut." in answer.stderr

    def test_where_its_common_rows_have_changed_since(
        self, path: Path, superuser: psycopg.Connection[Any]
    ) -> None:
        superuser.execute("UPDATE tenants_unit SET phone = phone || '0' WHERE owner = %s", [FOURTH])
        superuser.commit()

        with pytest.raises(CannotRemove, match=r"common/tenants_unit \(1 rader i arkivet, 1"):
            remove(verified=verify(path), by="test", at=AT)

    def test_with_anybody_elses_archive_or_a_damaged_one(
        self, path: Path, refused: Callable[..., Result], tmp_path: Path
    ) -> None:
        other = refused(TAKER, "--export", path, "--yes")
        path.write_bytes(path.read_bytes()[:-100])
        damaged = refused(FOURTH, "--export", path, "--yes")

        assert (other.exit_code, "inte Kommun 8 i norr" in other.stderr) == (2, True)
        assert (damaged.exit_code, "inget helt arkiv" in damaged.stderr) == (1, True)

    def test_where_nobody_says_yes(self, path: Path, refused: Callable[..., Result]) -> None:
        answer = refused(FOURTH, "--export", path, answer="n\n")

        assert answer.exit_code == 2
        assert "I 1 öppna ärenden som andra leder slutar" in answer.stdout
        assert f"Överenskommelsen ”Samverkan med {nine.name(FOURTH)}” sägs upp." in answer.stdout
        assert "Ingenting är ändrat." in answer.stderr

    def test_where_it_leads_open_cases(
        self, refused: Callable[..., Result], tmp_path: Path
    ) -> None:
        path = exported(nine.OTHER_REGION, tmp_path)
        answer = refused(nine.OTHER_REGION, "--export", path, "--yes")

        assert answer.exit_code == 1
        assert "1 öppna ärenden leds härifrån: " in answer.stderr
        assert "Låt enheterna avsluta eller avbryta dem." in answer.stderr

    def test_of_the_region_while_its_county_is_here(
        self, refused: Callable[..., Result], tmp_path: Path
    ) -> None:
        path = exported(REGION, tmp_path)

        answer = refused(REGION, "--export", path, "--yes")

        assert answer.exit_code == 1
        assert "Ta bort länets kommuner först, och regionen sist." in answer.stderr

    def test_of_the_host_of_a_joint_board(
        self, path: Path, refused: Callable[..., Result], superuser: psycopg.Connection[Any]
    ) -> None:
        superuser.execute(
            "INSERT INTO tenants_jointboard (owner, id, name, parties) VALUES (%s,"
            " gen_random_uuid(), 'Nämnden', '[]')", [FOURTH]
        )  # fmt: skip
        superuser.commit()

        answer = refused(FOURTH, "--export", path, "--yes")

        superuser.execute("DELETE FROM tenants_jointboard WHERE owner = %s", [FOURTH])
        superuser.commit()
        assert "är värd för Nämnden" in answer.stderr

    def test_while_letters_are_on_the_way(
        self,
        path: Path,
        refused: Callable[..., Result],
        app: Callable[[], None],
        county: dict[str, str],
    ) -> None:
        app()
        case = nine.case_of(FOURTH)
        with acting_as(REGION):
            discharge.revise_expected_discharge(
                actor=NURSE, case_id=case.pk, expected_discharge_at=AT + 90 * HOUR,
                at=AT + 3 * HOUR,
            )  # fmt: skip
        log_in(county["sp_migrator"], assume_role=False)

        answer = refused(FOURTH, "--export", path, "--yes")

        app()
        tasks.drain()
        assert answer.exit_code == 1
        assert "0 brev härifrån och 1 brev hit är på väg." in answer.stderr
        assert "samplan work" in answer.stderr

    def test_while_somebody_is_in_the_middle_of_something(
        self, path: Path, refused: Callable[..., Result], superuser: psycopg.Connection[Any],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(removal, "SECONDS_TO_WAIT", 1)
        superuser.execute(f"LOCK TABLE {FOURTH}.home_answer IN ROW EXCLUSIVE MODE")
        verified = verify(path)

        with pytest.raises(CannotRemove, match="Någon arbetar hos huvudmannen"):
            remove(verified=verified, by="test", at=AT)

        superuser.rollback()

    def test_to_hand_over_to_who_has_no_such_unit(
        self, path: Path, refused: Callable[..., Result]
    ) -> None:
        words = (FOURTH, "--export", path, "--yes", "--hand-over-to")

        itself = refused(*words, FOURTH)
        ward_only = refused(*words, nine.OTHER_REGION)

        assert "kan inte ta över efter sig själv" in itself.stderr
        assert "har ingen enhet av slaget social_services" in ward_only.stderr


class FailAt:
    """Let the statement of a number that writes fail."""

    def __init__(self, number: int) -> None:
        self.left = number
        self.statement = ""

    def __call__(self, execute: Any, query: Any, params: Any, many: bool, context: Any) -> Any:
        text = query if isinstance(query, str) else query.as_string(None)
        if text.startswith(("INSERT", "UPDATE", "DELETE", "ALTER", "DROP")):
            self.left -= 1
            if self.left < 0:
                self.statement = text
                raise Full(text)
        return execute(query, params, many, context)


class Full(DatabaseError):
    """The disk of the database is full."""


def _fail(*_: object) -> None:
    raise Full


def _ask(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


class TestHandingOver:
    """Another municipality takes over by letter what the one that leaves has done."""

    def test_gives_the_case_to_who_takes_over_and_is_in_the_archive(
        self,
        migrator: None,
        app: Callable[[], None],
        county: dict[str, str],
        superuser: psycopg.Connection[Any],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        app()
        case = nine.case_of(THIRD)
        log_in(county["sp_migrator"], assume_role=False)
        path = exported(THIRD, tmp_path)
        first, before = verify(path), nine.prints(superuser)

        answer = run("remove", nine.code(THIRD), "--export", path, "--yes", "--hand-over-to", TAKER)

        assert answer.exit_code == 0, answer.output
        assert f"1 öppna ärenden lämnas över till {nine.name(TAKER)}." in answer.stdout
        after = nine.prints(superuser)
        for stranger in (MUNICIPALITY, FOURTH):  # who has nothing to do with the case
            assert nine.of(stranger, after) == nine.of(stranger, before)
        last = verify(path)
        place = "data/inbox_message"
        assert last.contents[place].rows == first.contents[place].rows + 1
        app()
        tasks.drain()
        with acting_as(TAKER):
            theirs = Case.objects.select_related("individual").get(common_id=case.common_id)
            (told,) = Message.objects.filter(common_id=case.common_id)
            assert (theirs.lead, theirs.is_open) == (REGION, True)
            assert theirs.individual.number == case.individual.number
            assert told.core["text"].startswith(f"{nine.name(TAKER)} tar över efter")
            assert not told.extension
        with acting_as(REGION):
            sent = discharge.name_care_contact(
                actor=nine.COORDINATOR, case_id=case.pk, name="Lena", title="", phone="",
                at=AT + 3 * HOUR,
            )  # fmt: skip
            assert set(sent.deliveries.values_list("unit_id", flat=True)) == {
                WARD, nine.unit(TAKER)
            }  # fmt: skip
            assert Unit.objects.get(pk=nine.unit(THIRD)).successor == nine.unit(TAKER)


class TestWhatFollows:
    def test_is_told_where_an_agreement_binds_more_than_two(
        self, migrator: None, app: Callable[[], None], county: dict[str, str], tmp_path: Path
    ) -> None:
        app()
        nine.agree("Hela länet", REGION, MUNICIPALITY, TAKER)
        log_in(county["sp_migrator"], assume_role=False)
        path = exported(TAKER, tmp_path)

        answer = run("remove", TAKER, "--export", path, answer="n\n")

        assert "Den slutar då att gälla också mellan de andra 2 parterna." in answer.stdout
        assert f"en ny version utan {nine.name(TAKER)}" in answer.stdout
