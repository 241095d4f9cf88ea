"""Playing a history against the product and the oracle at once, and asking both who may read."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import doors
from cast import MUNICIPALITY, REGION, STRANGER
from django.db import connection, transaction
from isolation.oracle import Block, Emergency, Paper, World, Written, Yes
from people import (
    BERIT,
    CASE_OFFICERS,
    ELSEWHERE,
    MUNICIPAL_NURSE,
    MUNICIPAL_NURSES,
    NAMESPACE,
    NURSE,
    OFFICER,
    STRANGER_OFFICER,
    WARD,
    actor,
)

from care.cases import operations as cases
from care.cases.models import Case, Contribution, Participation
from care.identity.permissions import Role
from care.inbox import blocks, consents, delivery, emergencies, operations, tasks
from care.individuals import operations as individuals
from care.individuals import trial_identities
from care.individuals.models import Consent
from care.sharing import access, rls
from care.sharing.models import EmergencyAccess
from care.sharing.operations import contribute, end_agreement, sign_agreement
from tenants import agreements
from tenants.context import acting_as
from tenants.window import looking_into

TENANTS = (REGION, MUNICIPALITY, STRANGER)
PEOPLE = {REGION: NURSE, MUNICIPALITY: OFFICER, STRANGER: STRANGER_OFFICER}
UNITS = {REGION: WARD, MUNICIPALITY: CASE_OFFICERS, STRANGER: ELSEWHERE}
# The branch of each; the municipality has nurses in every other case too.
BRANCH = {tenant: who.branch for tenant, who in PEOPLE.items()}
NURSES = (MUNICIPALITY, "health_care")
# What somebody has blocked lies on every case of hers.
PERSONS = [BERIT, *(replace(BERIT, number=it) for it in trial_identities.NUMBERS[:4])]
SIGNATORIES = {
    tenant: actor(f"Signe {tenant}", Role.SIGNATORY, "Direktör", UNITS[tenant])
    for tenant in TENANTS
}
CLASSES = ("planning", "health_care", "social_care")
BRANCHES = ("health_care", "social_care_2022_913", "other_social_services")
COORDINATED = Consent.Type.COORDINATED_RECORD
MICROSECOND, SECOND, DAY = timedelta(microseconds=1), timedelta(seconds=1), timedelta(days=1)

PARTICIPANTS = ((MUNICIPALITY,), (MUNICIPALITY,), (MUNICIPALITY, STRANGER), (STRANGER,), ())

Step = tuple[Any, ...]
CHECK: Step = ("check",)


class Play:
    """One run of a script; a step that cannot be taken where it stands is left out."""

    def __init__(self, steps: list[Step], now: datetime) -> None:
        self.steps = steps
        self.now = now
        self.today = now.astimezone(ZoneInfo("Europe/Stockholm")).date()
        self.at = now - 2 * DAY
        begun = {step[1]: _seats(step[1], step[2]) for step in steps if step[0] == "begin"}
        self.world = World(lead=REGION, parts=begun, person=_person)
        self.blocked: dict[str, UUID] = {}
        self.said: list[str] = []  # how an emergency went otherwise than the oracle says
        self.ids: dict[int, UUID] = {}
        self.papers: dict[str, tuple[UUID, str, int]] = {}
        self.enders: dict[UUID, set[str]] = defaultdict(set)
        self.rows: dict[UUID, tuple[int, Written]] = {}
        self.taken = 0
        for home in TENANTS:
            with acting_as(home):
                self._begin(home, begun)

    def run(self) -> list[str]:
        """Play every step; return how the answers differ where they first do."""
        # Two days pass before the first comparison, so that periods begin and run out on the way;
        # after it the clock stands nearly still, since it never goes back.
        before = self.steps.index(CHECK) if CHECK in self.steps else len(self.steps)
        pace = (2 * DAY - SECOND) / (before + 1)
        for step in self.steps:
            self.at += pace
            if step == CHECK:
                pace = MICROSECOND
                self.world.settles()
                tasks.drain()
                if found := [*self.said, *self.of_rows(), *self.of_the_door()]:
                    return found
            else:
                self.taken += getattr(self, step[0])(*step[1:]) is not False
        return []

    def _begin(self, home: str, begun: dict[int, frozenset[tuple[str, str]]]) -> None:
        people = [individuals.know(it) for it in PERSONS]
        here = {case for case, seats in begun.items() if home in {it for it, _ in seats}}
        made = [
            Case(common_id=self._common(case), lead=REGION, individual=people[_person(case)],
                 sending_unit_id=WARD, state="admitted", state_at=self.at, opened_at=self.at)
            for case in begun if case in here
        ]  # fmt: skip
        Case.objects.bulk_create(made)
        by_common = {row.common_id: row for row in made}
        Participation.objects.bulk_create(
            Participation(case=by_common[self._common(case)], unit_id=_unit(seat), tenant=seat[0],
                          from_at=self.at)
            for case, seats in begun.items() if case in here for seat in sorted(seats)
        )  # fmt: skip

    def _common(self, case: int) -> UUID:
        return uuid5(NAMESPACE, f"case {case}")

    def _case(self, case: int) -> Case:
        return Case.objects.get(common_id=self._common(case))

    def begin(self, case: int, parts: tuple[str, ...]) -> None:
        """Begun before the first step."""

    def draft(self, number: str, parties: tuple[str, ...], classes: tuple[str, ...], first: int,
              last: int, earlier: str = "") -> None:  # fmt: skip
        period = self.today + first * DAY, self.today + last * DAY
        with acting_as(parties[0]):
            drafted = agreements.draft(
                agreement=self.papers[earlier][0] if earlier else None,
                title="Överenskommelse", text="Vi delar.", parties=parties, valid_from=period[0],
                valid_until=period[1], channels=dict.fromkeys(classes, ("A", "B")), terms={},
                at=self.at,
            )  # fmt: skip
        paper = Paper(frozenset(parties), frozenset(classes), *period)
        paper.is_ended = bool(self.enders[drafted.id] & paper.parties)
        for it in self._versions(drafted.id):
            it.later.append(paper)
        self.papers[number] = (drafted.id, drafted.text_hash, len(self.world.papers))
        self.world.papers.append(paper)

    def sign(self, number: str, party: str) -> bool | None:
        if number not in self.papers or self._paper(number).is_ended:
            return False
        agreement, text_hash, _ = self.papers[number]
        with acting_as(party):
            sign_agreement(
                actor=SIGNATORIES[party], agreement=agreement, text_hash=text_hash, at=self.at
            )
        self._paper(number).signed.add(party)
        return None

    def end(self, number: str, party: str) -> bool | None:
        if number not in self.papers or party not in self._paper(number).parties:
            return False
        versions = self._versions(self.papers[number][0])
        if versions[-1].is_ended:
            return False
        with acting_as(party):
            end_agreement(
                actor=SIGNATORIES[party], agreement=self.papers[number][0], reason="Slut",
                at=self.at,
            )  # fmt: skip
        self.enders[self.papers[number][0]].add(party)
        for it in versions:
            it.is_ended = it.is_ended or party in it.parties
        return None

    def _versions(self, agreement: UUID) -> list[Paper]:
        found = (place for it, _, place in self.papers.values() if it == agreement)
        return [self.world.papers[place] for place in sorted(found)]

    def newest(self, number: str) -> Paper:
        """Return the newest version of an agreement."""
        return self._versions(self.papers[number][0])[-1]

    def _paper(self, number: str) -> Paper:
        return self.world.papers[self.papers[number][2]]

    def follow(self, tenant: str) -> None:
        with acting_as(tenant), transaction.atomic():
            rls.follow_agreements(at=self.at)

    def fetch(self, recipient: str, sender: str) -> None:
        with acting_as(recipient):
            delivery.fetch(sender=sender, at=self.at)
        self.world.fetches(recipient, sender)

    def consent(self, case: int, home: str, value: str, classes: tuple[str, ...],
                ends: timedelta) -> bool | None:  # fmt: skip
        if not self._can(home, case):
            return False
        readers = frozenset(self.world.parts(home, case) | {home})
        # Of those who cannot decide every other has an attitude that has been cleared up.
        is_clarified = value == "unable" and case % 2 == 0
        with acting_as(home):
            consents.record_consent(
                actor=PEOPLE[home], case_id=self._case(case).pk, type_=COORDINATED, value=value,
                info_classes=classes, given_how="oral", expires_at=self.now + ends, at=self.at,
                is_clarified=is_clarified,
            )  # fmt: skip
        opens = value in ("yes", "partial") or is_clarified
        yes = Yes(frozenset(classes), readers, self.now + ends, is_clarified) if opens else None
        self.world.says(home, case, yes)
        return None

    def withdraw(self, case: int, home: str) -> bool | None:
        if not self._can(home, case):
            return False
        with acting_as(home):
            common_id = self._common(case)
            if not Consent.objects.filter(
                common_id=common_id, value__in=("yes", "partial", "unable"), withdrawn_at=None
            ).exists():
                return False
            consents.withdraw_consent(
                actor=PEOPLE[home], case_id=self._case(case).pk, type_=COORDINATED, at=self.at
            )
        self.world.says(home, case, None)
        return None

    def write(self, case: int, home: str, branch: str, info_class: str, unit: str) -> bool | None:
        if not self._can(home, case):
            return False
        with acting_as(home), transaction.atomic():
            row = contribute(
                Case.objects.select_for_update().get(common_id=self._common(case)),
                actor=replace(PEOPLE[home], branch=branch, unit_id=unit),
                kind="submit_planning_basis",
                info_class=info_class, text="Behöver hjälp på morgonen.", at=self.at,
            )  # fmt: skip
        self.world.writes(home, case, branch, info_class, unit)
        self.rows[row.pk] = (case, self.world.written[case][-1])
        return None

    def join(self, case: int, tenant: str) -> bool | None:
        if not self._can(REGION, case) or tenant in self.world.parts(REGION, case):
            return False
        with acting_as(REGION), transaction.atomic():
            ours = self._case(case)
            operations.send(ours, "invite", actor=NURSE, at=self.at, recipients=[UNITS[tenant]])
            consents.tell_known(ours, at=self.at)
        self.world.joins(case, (tenant, BRANCH[tenant]))
        return None

    def leave(self, case: int, tenant: str) -> bool | None:
        if not self._can(tenant, case):
            return False
        for home in TENANTS:
            with acting_as(home), transaction.atomic():
                ours = Case.objects.filter(common_id=self._common(case)).first()
                if ours is not None:
                    cases.leave(ours, unit_id=UNITS[tenant], at=self.at)
                    if tenant == MUNICIPALITY:
                        cases.leave(ours, unit_id=MUNICIPAL_NURSES, at=self.at)
                    rls.restamp(ours, at=self.at)
        self.world.leaves(case, tenant)
        return None

    def block(
        self, name: str, case: int, home: str, branch: str, classes: tuple[str, ...], unit: str
    ) -> bool | None:
        """Place an outer block, or an inner one on what a unit has written."""
        if name in self.world.blocks or not self._can(home, case):
            return False
        who = replace(PEOPLE[home], branch=branch, **({"unit_id": unit} if unit else {}))
        with acting_as(home), _whoever_acts():
            self.blocked[name] = blocks.place_block(
                actor=who, case_id=self._case(case).pk,
                type_="inner_block" if unit else "outer_block", info_classes=classes, at=self.at,
            )  # fmt: skip
        self.world.blocks_at(
            home, name, Block(_person(case), home, branch, frozenset(classes), unit)
        )
        return None

    def unblock(self, name: str, case: int) -> bool | None:
        placed = self.world.blocks.get(name)
        if placed is None or placed.person != _person(case) or not self._can(placed.owner, case):
            return False
        with acting_as(placed.owner), _whoever_acts():
            blocks.lift_block(
                actor=replace(PEOPLE[placed.owner], branch=placed.branch),
                case_id=self._case(case).pk, block_id=self.blocked[name], at=self.at,
            )  # fmt: skip
        self.world.lifts(placed.owner, name)
        return None

    def emergency(self, case: int, home: str, ends: timedelta) -> bool | None:
        """Take both steps, as far as they go, with every letter on the way; for every branch."""
        if not self._can(home, case):
            return False
        nurses = home == MUNICIPALITY and NURSES in self.world.known[home, case]
        who = MUNICIPAL_NURSE if nurses else PEOPLE[home]
        may = who.branch == "health_care"
        # Somebody else each time: who opens often needs a second person.
        who = replace(who, role=Role.WARD_NURSE, staff_id=uuid5(NAMESPACE, f"{self.taken} opens"))
        with acting_as(home):
            case_id = self._case(case).pk
            try:
                opened = emergencies.open_emergency_access(
                    actor=who, case_id=case_id,
                    ground="danger_to_life", reason="Medvetslös på golvet.", is_stated=True,
                    at=self.at,
                )  # fmt: skip
            except access.NotAllowed:
                self.said += ["a vårdgivare was refused an emergency"] if may else []
                return None
        self.said += [] if may else [f"{who.branch} opened in an emergency"]
        self._exchange(home)
        wanted = self.world.holders(home, who.unit_id, case)
        until = max(self.now + ends, self.at + MICROSECOND)
        with acting_as(home):
            told = EmergencyAccess.objects.get(pk=opened).closes_at  # to the owners, who keep to it
            assert told is not None
            # So long that it ends beside the moment of comparing.
            EmergencyAccess.objects.filter(pk=opened).update(closes_at=until)
            try:
                emergencies.read_in_emergency(
                    actor=who, case_id=case_id, emergency_id=opened, owners=TENANTS, at=self.at
                )
            except emergencies.NoSuchEmergency:
                self.said += [f"{wanted} hold something, and nothing may be read"] if wanted else []
                return None
            sights = EmergencyAccess.objects.get(pk=opened).sights
            read = set(sights.exclude(read_at=None).values_list("owner", flat=True))
        self.said += [f"opened is {read}, expected {wanted}"] if read != wanted else []
        self._exchange(home)
        for owner in read:
            most = until if owner == home else told
            self.world.emergencies[case].append(
                Emergency(home, who.unit_id, owner, min(until, most))
            )
        return None

    def _exchange(self, home: str) -> None:
        """Let a huvudman's letters be fetched, and what is answered to them."""
        for other in TENANTS:
            if other != home:
                self.fetch(other, home)
                self.fetch(home, other)

    def _can(self, home: str, case: int) -> bool:
        return case in self.world.word and self.world.takes_part(home, case)

    # Asking both.

    def of_rows(self) -> Iterator[str]:
        """Compare what row-level security lets each read of each, and the stamps themselves."""
        for owner in TENANTS:
            mine = {pk: it for pk, it in self.rows.items() if it[1].owner == owner}
            stamps = {
                pk: self.world.stamps(case, written, now=self.now)
                for pk, (case, written) in mine.items()
            }
            for reader in TENANTS:
                wanted = {pk for pk in mine if reader == owner or reader in stamps[pk]}
                with acting_as(reader), looking_into(owner):
                    found = set(Contribution.objects.values_list("pk", flat=True))
                yield from self._said(f"{reader} reads of {owner}", wanted, found)
            with acting_as(owner):
                for pk, open_to in Contribution.objects.values_list("pk", "open_to"):
                    stamp = {it: datetime.fromisoformat(end) for it, end in open_to.items()}
                    now = {it: end for it, end in stamp.items() if end > self.now}
                    if now != stamps[pk]:
                        yield f"{owner}, {mine[pk]}: stamped {now}, expected {stamps[pk]}"

    def of_the_door(self) -> Iterator[str]:
        """Compare what the page of each case shows, to one huvudman and branch in turn."""
        for case in self.world.word:
            reader = TENANTS[(case + case // len(PARTICIPANTS)) % len(TENANTS)]
            who = replace(PEOPLE[reader], branch=BRANCHES[case % len(BRANCHES)])
            if reader == MUNICIPALITY and case % 2 and NURSES in self.world.known[reader, case]:
                who = MUNICIPAL_NURSE
            who = replace(who, role=Role.WARD_NURSE)
            if not self.world.takes_part(reader, case):
                continue
            with acting_as(reader):
                seen, _ = doors.contributions(actor=who, case=self._case(case), at=self.now)
            found = sorted((it.owner, it.info_class) for it in seen)
            shown = self.world.shown(case, reader, who.branch, who.unit_id, now=self.now)
            wanted = sorted((it.owner, it.info_class) for it in shown)
            if found != wanted:
                asked = f"the door of {reader}, {who.branch}, case {case}"
                yield f"{asked}: shows {found}, expected {wanted}"

    def _said(self, asked: str, wanted: set[UUID], found: set[UUID]) -> Iterator[str]:
        for pk in wanted - found:
            yield f"{asked}: hidden is {self.rows[pk]}"
        for pk in found - wanted:
            yield f"{asked}: shown is {self.rows[pk]}"


def _person(case: int) -> int:
    """Return whose a case is; of each kind of participation everybody has one."""
    return case // len(PARTICIPANTS) % len(PERSONS)


def _seats(case: int, parts: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    """Return who takes part from the beginning; in every other case the nurses do as well."""
    seats = {(tenant, BRANCH[tenant]) for tenant in (REGION, *parts)}
    return frozenset(seats | ({NURSES} if MUNICIPALITY in parts and case % 2 else set()))


def _unit(seat: tuple[str, str]) -> str:
    return MUNICIPAL_NURSES if seat == NURSES else UNITS[seat[0]]


@contextmanager
def _whoever_acts() -> Iterator[None]:
    """Let the door through who acts for another branch or unit: it is not what is tried here."""
    judged = access._judged
    access._judged = lambda actor, case_id, permission, *, lock, at: judged(
        PEOPLE[actor.tenant], case_id, permission, lock=lock, at=at
    )
    try:
        yield
    finally:
        access._judged = judged


@contextmanager
def undone() -> Iterator[None]:
    """Undo what is done inside; huvudmän may be changed, as in the test case's own transaction."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)
    # The rollback has taken the role back too, unseen by the backend.
    connection.search_path_set_schemas = None  # type: ignore[attr-defined]
