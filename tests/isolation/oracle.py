"""Who may read what, said once more in plain Python: it knows the rules and none of the product.

A world is a handful of agreements and cases among huvudmän. What each of them knows of a case
travels in letters, so the oracle keeps the post as well.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

WITHIN_THE_ACT = {"health_care", "social_care_2022_913"}
Stamps = dict[str, datetime]  # reader, and until when


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
    """What the person has said yes to."""

    classes: frozenset[str]
    readers: frozenset[str]
    ends: datetime


@dataclass(frozen=True)
class Written:
    """Something that a unit wrote for the common view."""

    owner: str
    branch: str
    info_class: str


class World:
    """What is true, whoever has heard of it yet."""

    def __init__(self, *, lead: str, parts: dict[int, frozenset[str]]) -> None:
        self.lead = lead
        self.papers: list[Paper] = []
        # Who takes part in a case, as each huvudman knows it, and who ever did.
        self.known: dict[tuple[str, int], set[str]] = defaultdict(set)
        self.ever: dict[tuple[str, int], set[str]] = defaultdict(set)
        for case, tenants in parts.items():
            for tenant in tenants:
                self.known[tenant, case] = set(tenants)
                self.ever[tenant, case] = set(tenants)
        self.word: dict[int, Yes | None] = dict.fromkeys(parts)  # the person's last one
        self.written: dict[int, list[Written]] = {case: [] for case in parts}
        self.has_asked: set[tuple[str, int]] = set()  # who knows of any answer in a case
        self.post: dict[tuple[str, str], list[tuple[int, frozenset[str], bool]]] = defaultdict(list)

    def takes_part(self, tenant: str, case: int) -> bool:
        return tenant in self.known[tenant, case]

    def says(self, home: str, case: int, word: Yes | None) -> None:
        """Let the person say yes, or no, or take a yes back, at one huvudman."""
        self.word[case] = word
        self.has_asked.add((home, case))
        self._tell(home, case)

    def writes(self, home: str, case: int, branch: str, info_class: str) -> None:
        self.written[case].append(Written(home, branch, info_class))

    def joins(self, case: int, tenant: str) -> None:
        """Let the lead bring a huvudman in by a message to it, and tell all of the answers."""
        self.known[self.lead, case].add(tenant)
        self.ever[self.lead, case].add(tenant)
        self.post[self.lead, tenant].append((case, frozenset(self.known[self.lead, case]), False))
        if (self.lead, case) in self.has_asked:
            self._tell(self.lead, case)

    def leaves(self, case: int, tenant: str) -> None:
        for (_, of), known in self.known.items():
            if of == case:
                known.discard(tenant)

    def fetches(self, recipient: str, sender: str) -> None:
        letters, self.post[sender, recipient] = self.post[sender, recipient], []
        for case, parts, is_answer in letters:
            self.known[recipient, case] |= parts
            self.ever[recipient, case] |= parts
            if is_answer:
                self.has_asked.add((recipient, case))
                if recipient == self.lead:
                    self._tell(recipient, case, besides=parts | {sender})

    def settles(self) -> None:
        while any(self.post.values()):
            for sender, recipient in list(self.post):
                self.fetches(recipient, sender)

    def _tell(self, home: str, case: int, *, besides: frozenset[str] = frozenset()) -> None:
        parts = frozenset(self.known[home, case])
        for tenant in self.ever[home, case] - {home, *besides}:
            told = parts if tenant in parts else frozenset()
            self.post[home, tenant].append((case, told, True))

    def stamps(self, case: int, written: Written, *, now: datetime) -> Stamps:
        """Return who may read what was written, and until when."""
        word = self.word[case]
        if word is None or written.info_class not in word.classes or word.ends <= now:
            return {}
        if written.branch not in WITHIN_THE_ACT:
            return {}
        readers = self.known[written.owner, case] & word.readers - {written.owner}
        found: Stamps = {}
        for reader in readers:
            last = [
                it.last_second()
                for it in self._agreed(written.owner, reader, written.info_class, now)
            ]
            if last:
                found[reader] = min(max(last), word.ends)
        return found

    def shown(self, case: int, reader: str, branch: str, *, now: datetime) -> Iterator[Written]:
        """Yield what the page of a case shows a unit: its branch's own, and what it may read."""
        for written in self.written[case]:
            if written.owner != reader:
                is_known = written.owner in self.known[reader, case] and branch in WITHIN_THE_ACT
                if is_known and reader in self.stamps(case, written, now=now):
                    yield written
            elif written.branch == branch or (
                {written.branch, branch} <= WITHIN_THE_ACT
                and self._has_said_yes(case, written, reader, now)
            ):
                yield written

    def _has_said_yes(self, case: int, written: Written, reader: str, now: datetime) -> bool:
        word = self.word[case]
        if word is None or now >= word.ends:
            return False
        return written.info_class in word.classes and reader in word.readers

    def _agreed(self, owner: str, reader: str, info_class: str, now: datetime) -> list[Paper]:
        today = now.astimezone(ZoneInfo("Europe/Stockholm")).date()
        return [
            it
            for it in self.papers
            if {owner, reader} <= it.parties and info_class in it.classes and it.runs(today)
        ]
