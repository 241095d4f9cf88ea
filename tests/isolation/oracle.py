"""Who may read what, said once more in plain Python: it knows the rules and none of the product.

A world is a handful of agreements and cases among huvudmän. What each of them knows of a case
travels in letters, so the oracle keeps the post as well.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple, TypeGuard
from zoneinfo import ZoneInfo

CARE = "health_care"  # vårdgivare
WITHIN_THE_ACT = {CARE, "social_care_2022_913"}
Stamps = dict[str, datetime]  # reader, and until when
Seat = tuple[str, str]  # a huvudman that takes part, with a unit of a branch


@dataclass
class Paper:
    """An agreement: who must sign, what it lets be read in place, and when it runs."""

    parties: frozenset[str]
    classes: frozenset[str]
    first_day: date
    last_day: date
    signed: set[str] = field(default_factory=set)
    is_ended: bool = False
    later: list["Paper"] = field(default_factory=list)  # versions of the same agreement

    def has_begun(self, today: date) -> bool:
        return self.signed == self.parties and self.first_day <= today

    def runs(self, today: date) -> bool:
        if self.is_ended or any(it.has_begun(today) for it in self.later):
            return False
        return self.has_begun(today) and today <= self.last_day

    def last_second(self) -> datetime:
        day = self.last_day
        return datetime(
            day.year, day.month, day.day, 23, 59, 59, tzinfo=ZoneInfo("Europe/Stockholm")
        )


@dataclass(frozen=True)
class Yes:
    """What the person has said yes to, or what stands for it where she cannot decide."""

    classes: frozenset[str]
    readers: frozenset[str]
    ends: datetime
    is_unable: bool = False

    def lets(self, reading: str, writing: str) -> bool:
        """Tell whether a branch may read another: who cannot decide is no case for social care."""
        return not self.is_unable or reading == CARE or writing != CARE


@dataclass(frozen=True)
class Written:
    """Something that a unit wrote for the common view."""

    owner: str
    branch: str
    info_class: str
    unit: str


class Letter(NamedTuple):
    """What one huvudman posts to another in a case."""

    case: int
    parts: frozenset[Seat]  # who takes part, as the writer knows it
    is_answer: bool = False
    tells_of_blocks: bool = False


@dataclass(frozen=True)
class Block:
    """What the person has blocked at a huvudman: to all others, or to the other units there."""

    person: int
    owner: str
    branch: str
    classes: frozenset[str]  # empty: all
    unit: str  # of an inner one; empty for an outer one

    def hits(self, written: Written) -> bool:
        return (self.owner, self.branch) == (written.owner, written.branch) and (
            not self.classes or written.info_class in self.classes
        )


@dataclass(frozen=True)
class Emergency:
    """A second step that a unit of a vårdgivare has taken in a case."""

    reader: str
    unit: str
    owner: str
    ends: datetime


class World:
    """What is true, whoever has heard of it yet."""

    def __init__(
        self, *, lead: str, parts: dict[int, frozenset[Seat]], person: Callable[[int], int]
    ) -> None:
        self.lead = lead
        self.papers: list[Paper] = []
        # Who takes part in a case, as each huvudman knows it, and who ever did.
        self.known: dict[tuple[str, int], set[Seat]] = defaultdict(set)
        self.ever: dict[tuple[str, int], set[str]] = defaultdict(set)
        for case, seats in parts.items():
            for tenant, _ in seats:
                self.known[tenant, case] = set(seats)
                self.ever[tenant, case] = {it for it, _ in seats}
        self.word: dict[int, Yes | None] = dict.fromkeys(parts)  # the person's last one
        self.written: dict[int, list[Written]] = {case: [] for case in parts}
        self.has_asked: set[tuple[str, int]] = set()  # who knows of any answer in a case
        self.post: dict[tuple[str, str], list[Letter]] = defaultdict(list)
        self.has_blocked: set[tuple[str, int]] = set()  # who has ever blocked to others, and whose
        self.lead_knows: set[int] = set()  # cases in which others have told it of blocks
        self.person = person  # of a case
        self.blocks: dict[str, Block] = {}  # by the name that the script gives it
        self.emergencies: dict[int, list[Emergency]] = defaultdict(list)

    def takes_part(self, tenant: str, case: int) -> bool:
        return tenant in self.parts(tenant, case)

    def parts(self, home: str, case: int) -> set[str]:
        """Return the huvudmän that take part, as one of them knows it."""
        return {tenant for tenant, _ in self.known[home, case]}

    def branches(self, home: str, case: int, of: str) -> set[str]:
        return {branch for tenant, branch in self.known[home, case] if tenant == of}

    def says(self, home: str, case: int, word: Yes | None) -> None:
        """Let the person say yes, or no, or take a yes back, at one huvudman."""
        self.word[case] = word
        self.has_asked.add((home, case))
        self._tell(home, case)

    def writes(self, home: str, case: int, branch: str, info_class: str, unit: str) -> None:
        self.written[case].append(Written(home, branch, info_class, unit))

    def blocks_at(self, home: str, name: str, block: Block) -> None:
        """Let the person block at a huvudman, which tells of it in every case of hers."""
        self.blocks[name] = block
        if not block.unit:
            self.has_blocked.add((home, block.person))
        self._tell_blocks(home, block.person)

    def lifts(self, home: str, name: str) -> None:
        self._tell_blocks(home, self.blocks.pop(name).person)

    def _tell_blocks(self, home: str, person: int) -> None:
        """Post a letter in each case of hers; like every letter it carries who takes part.

        Of inner blocks alone nothing is told, and so nothing is posted.
        """
        for case in self.word:
            is_hers = self.person(case) == person and self.ever[home, case]
            if is_hers and self._knows_of_blocks(home, case):
                self.has_asked.add((home, case))
                self._tell(home, case)

    def _knows_of_blocks(self, home: str, case: int) -> bool:
        """Tell whether a letter in a case tells that there are blocks, or were."""
        of_others = home == self.lead and case in self.lead_knows
        return of_others or (home, self.person(case)) in self.has_blocked

    def holders(self, home: str, unit: str, case: int) -> set[str]:
        """Return who answers in an emergency that it holds something which may be read."""
        found = set()
        for written in self.written[case]:
            if written.branch != CARE:
                continue
            owner = written.owner
            if owner == home:
                if written.unit != unit and self._is_blocked_inside(case, written):
                    found.add(home)
            elif (
                (owner, CARE) in self.known[home, case]
                and (home, CARE) in self.known[owner, case]
                and not self._is_blocked(case, written)
            ):
                found.add(owner)
        return found

    def joins(self, case: int, seat: Seat) -> None:
        """Let the lead bring a huvudman in by a message to it, and tell all of the answers."""
        tenant = seat[0]
        self.known[self.lead, case].add(seat)
        self.ever[self.lead, case].add(tenant)
        seats = frozenset(self.known[self.lead, case])
        self.post[self.lead, tenant].append(Letter(case, seats))
        if (self.lead, case) in self.has_asked:
            self._tell(self.lead, case)

    def leaves(self, case: int, tenant: str) -> None:
        for (_, of), known in self.known.items():
            if of == case:
                known.difference_update([it for it in known if it[0] == tenant])

    def fetches(self, recipient: str, sender: str) -> None:
        letters, self.post[sender, recipient] = self.post[sender, recipient], []
        for case, parts, is_answer, tells_of_blocks in letters:
            self.known[recipient, case] |= parts
            self.ever[recipient, case] |= {tenant for tenant, _ in parts}
            if is_answer:
                self.has_asked.add((recipient, case))
                if recipient == self.lead:
                    self.lead_knows |= {case} if tells_of_blocks else set()
                    told = frozenset(tenant for tenant, _ in parts)
                    self._tell(recipient, case, besides=told | {sender})

    def settles(self) -> None:
        while any(self.post.values()):
            for sender, recipient in list(self.post):
                self.fetches(recipient, sender)

    def _tell(self, home: str, case: int, *, besides: frozenset[str] = frozenset()) -> None:
        seats = frozenset(self.known[home, case])
        for tenant in self.ever[home, case] - {home, *besides}:
            told = seats if tenant in self.parts(home, case) else frozenset()
            letter = Letter(case, told, True, self._knows_of_blocks(home, case))
            self.post[home, tenant].append(letter)

    def stamps(self, case: int, written: Written, *, now: datetime) -> Stamps:
        """Return who may read what was written, and until when."""
        if written.branch not in WITHIN_THE_ACT or self._is_blocked(case, written):
            return {}
        found: Stamps = {}
        for reader in self.parts(written.owner, case) - {written.owner}:
            branches = self.branches(written.owner, case, reader) & WITHIN_THE_ACT
            grounds = list(self._grounds(case, written, reader, branches, now))
            last = [
                it.last_second()
                for it in self._agreed(written.owner, reader, written.info_class, now)
            ]
            if last and grounds:
                found[reader] = min(max(last), max(grounds))
        return found

    def _grounds(
        self, case: int, written: Written, reader: str, branches: set[str], now: datetime
    ) -> Iterator[datetime]:
        """Yield until when each ground lets any of some branches of a reader read."""
        word = self.word[case]
        if self._is_about(word, written, reader, now) and any(
            word.lets(it, written.branch) for it in branches
        ):
            yield word.ends
        if CARE in branches and written.branch == CARE:
            for it in self.emergencies[case]:
                if (it.reader, it.owner) == (reader, written.owner) and now < it.ends:
                    yield it.ends

    def _is_blocked(self, case: int, written: Written) -> bool:
        return any(not it.unit for it in self._hitting(case, written))

    def _is_blocked_inside(self, case: int, written: Written) -> bool:
        return any(it.unit == written.unit for it in self._hitting(case, written))

    def _hitting(self, case: int, written: Written) -> list[Block]:
        person = self.person(case)
        return [it for it in self.blocks.values() if it.person == person and it.hits(written)]

    def shown(
        self, case: int, reader: str, branch: str, unit: str, *, now: datetime
    ) -> Iterator[Written]:
        """Yield what the page of a case shows a unit: its branch's own, and what it may read."""
        for written in self.written[case]:
            if written.owner != reader:
                if self._is_shown_abroad(case, written, reader, branch, unit, now):
                    yield written
            elif (written.branch, written.unit) == (branch, unit):
                yield written
            elif written.branch == branch:
                is_open = any(
                    (it.reader, it.unit, it.owner) == (reader, unit, reader) and now < it.ends
                    for it in self.emergencies[case]
                )
                if not self._is_blocked_inside(case, written) or (is_open and branch == CARE):
                    yield written
            elif self._is_shown_across(case, written, reader, branch, now):
                yield written

    def _is_shown_abroad(
        self, case: int, written: Written, reader: str, branch: str, unit: str, now: datetime
    ) -> bool:
        """Tell whether the database opens it, and the door, which knows who reads, does too."""
        is_known = written.owner in self.parts(reader, case) and branch in WITHIN_THE_ACT
        if not is_known or reader not in self.stamps(case, written, now=now):
            return False
        word = self.word[case]
        if self._is_about(word, written, reader, now) and word.lets(branch, written.branch):
            return True
        return branch == CARE == written.branch and any(
            (it.reader, it.unit, it.owner) == (reader, unit, written.owner) and now < it.ends
            for it in self.emergencies[case]
        )

    def _is_shown_across(
        self, case: int, written: Written, reader: str, branch: str, now: datetime
    ) -> bool:
        """Tell whether another branch of the same huvudman is shown it."""
        word = self.word[case]
        if not {written.branch, branch} <= WITHIN_THE_ACT or self._is_blocked(case, written):
            return False
        return self._is_about(word, written, reader, now) and word.lets(branch, written.branch)

    def _is_about(
        self, word: Yes | None, written: Written, reader: str, now: datetime
    ) -> TypeGuard[Yes]:
        return (
            word is not None
            and now < word.ends
            and reader in word.readers
            and written.info_class in word.classes
        )

    def _agreed(self, owner: str, reader: str, info_class: str, now: datetime) -> list[Paper]:
        today = now.astimezone(ZoneInfo("Europe/Stockholm")).date()
        return [
            it
            for it in self.papers
            if {owner, reader} <= it.parties and info_class in it.classes and it.runs(today)
        ]
