"""Row-level security, the door and an oracle of its own answer alike after any history (B6).

A script is made from a seed, so a difference can be played again; it is then made shorter until
nothing can be left out. The cases of a script share its agreements and its post, and the
answers are compared eight times on the way: a case, with every step up to there that concerns it,
is one sequence. The transaction's now() stands still, so an expiry is tested to the microsecond.
"""

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random

import pytest
from cast import MUNICIPALITY, REGION, STRANGER
from isolation.play import (
    BRANCHES,
    CHECK,
    CLASSES,
    DAY,
    MICROSECOND,
    PARTICIPANTS,
    TENANTS,
    Play,
    Step,
    undone,
)
from people import (
    CASE_OFFICERS,
    ELSEWHERE,
    HEALTH_CENTRE,
    HOUR,
    MUNICIPAL_NURSES,
    WARD,
)

from care.cases import operations as cases
from care.sharing import policy
from care.sharing.policy import BlockPlaced, ConsentGiven, EmergencyOpened
from tenants.agreements import Agreement, State

# 5,200 sequences in all; `make check` asks for them, `make test` for a sample of 1,000.
CHUNKS = int(os.environ.get("SAMPLAN_ORACLE_CHUNKS", "5"))
CASES, PARTS = 25, 8
KINDS = ("consent", "withdraw", "write", "join", "block", "emergency")
# Of the units of each some write that the comparing person does not belong to.
WRITERS = {
    REGION: (WARD, WARD, HEALTH_CENTRE),
    MUNICIPALITY: (CASE_OFFICERS, MUNICIPAL_NURSES),
    STRANGER: (ELSEWHERE,),
}

# A script, from a seed.


def script(random: Random) -> list[Step]:
    """Return steps of a few agreements and of each case, mixed, each in its own order."""
    steps: list[Step] = []
    for part in range(PARTS):
        # All letters have arrived here, and so nobody is told again who took part before.
        steps += [it for case in range(CASES) for it in leaving(random, case) if part]
        steps += [it for case in range(CASES) for it in lifting(random, case, part) if part]
        papers = 0 if part % 2 else random.choice((1, 1, 2))
        threads = [list(paper(random, f"{part}.{it}")) for it in range(papers)]
        threads += [list(it) for it in (ending(random, part), post(random))]
        threads += [list(story(random, case, part)) for case in range(CASES)]
        steps += [*mixed(random, [it for it in threads if it]), CHECK]
    return steps


def mixed(random: Random, threads: list[list[Step]]) -> list[Step]:
    steps = []
    while threads:
        thread = random.choices(threads, weights=[len(it) for it in threads])[0]
        steps.append(thread.pop(0))
        threads = [it for it in threads if it]
    return steps


def paper(random: Random, number: str) -> Iterator[Step]:
    parties = random.choice(
        [(REGION, MUNICIPALITY)] * 3
        + [(REGION, STRANGER), (MUNICIPALITY, STRANGER)]
        + [TENANTS] * 3
    )
    classes = random.sample(CLASSES, random.choice((1, 2, 3, 3)))
    first = random.choice((-400, -400, -1, 0, 0, 1))
    last = max(first, random.choice((-1, 0, 1, 400, 400)))
    yield "draft", number, parties, tuple(classes), first, last
    for party in random.sample(parties, len(parties)):
        if random.random() < 0.92:
            yield "sign", number, party
    if random.random() < 0.2:
        yield "end", number, random.choice(parties)


def ending(random: Random, part: int) -> Iterator[Step]:
    if part and random.random() < 0.4:
        yield "end", f"{random.randrange(0, part, 2)}.0", random.choice(TENANTS)


def post(random: Random) -> Iterator[Step]:
    for _ in range(random.randint(1, 3)):
        if random.random() < 0.4:
            yield "follow", random.choice(TENANTS)
        else:
            yield "fetch", *random.sample(TENANTS, 2)


def leaving(random: Random, case: int) -> Iterator[Step]:
    if random.random() < 0.05:
        yield "leave", case, random.choice((MUNICIPALITY, STRANGER))


def lifting(random: Random, case: int, part: int) -> Iterator[Step]:
    # A block lies on every case of the person: most are lifted after one comparison.
    if random.random() < 0.8:
        yield "unblock", f"{part - 1}.{case}", case


def story(random: Random, case: int, part: int) -> Iterator[Step]:
    # The same in every part of the script; who joins or leaves later changes the odds only.
    parts = PARTICIPANTS[case % len(PARTICIPANTS)]
    if part == 0:
        yield "begin", case, parts
    for _ in range(random.randint(1, 2)):
        kind = random.choices(KINDS, weights=(26, 10, 46, 6, 5, 7))[0]
        home = random.choice((*parts, *parts, REGION, MUNICIPALITY, STRANGER))
        if kind == "consent":
            value = random.choice(("yes",) * 5 + ("partial", "no", "unable", "unable"))
            classes = random.sample(CLASSES, random.choice((1, 2, 3, 3)))
            ends = random.choice((-DAY, -MICROSECOND, timedelta(), MICROSECOND, DAY, 900 * DAY))
            yield "consent", case, home, value, tuple(classes), ends
        elif kind == "write":
            branch = random.choice((*BRANCHES[:2], *BRANCHES))
            unit = random.choice(WRITERS[home])
            yield "write", case, home, branch, random.choice(CLASSES), unit
        elif kind == "withdraw":
            yield "withdraw", case, home
        elif kind == "block":
            name = f"{part}.{case}"
            inner = random.random() < 0.4
            branch = "health_care" if inner else random.choice(BRANCHES[:2])
            classes = random.sample(CLASSES, random.choice((0, 1, 2)))
            unit = random.choice(WRITERS[home]) if inner else ""
            yield "block", name, case, home, branch, tuple(classes), unit
        elif kind == "emergency":
            home, other = random.sample((REGION, MUNICIPALITY), 2)
            if random.random() < 0.8:  # something to read
                unit = WRITERS[other][-1]
                yield "write", case, other, "health_care", random.choice(CLASSES), unit
            ends = random.choice((-MICROSECOND, timedelta(), MICROSECOND, HOUR, HOUR, DAY))
            yield "emergency", case, home, ends
        else:
            yield "join", case, random.choice((MUNICIPALITY, STRANGER))


def differences(steps: list[Step], now: datetime) -> tuple[list[str], int]:
    with undone():
        play = Play(steps, now)
        return play.run(), play.taken


def shortest(steps: list[Step], differs: Callable[[list[Step]], bool]) -> list[Step]:
    """Return the script without any step that the difference does not need."""
    size = len(steps) // 2
    while size:
        start = 0
        while start < len(steps):
            shorter = steps[:start] + steps[start + size :]
            if differs(shorter):
                steps = shorter
            else:
                start += size
        size //= 2
    return steps


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(CHUNKS))
def test_the_product_and_the_oracle_agree(seed: int, now: datetime) -> None:
    steps = script(Random(seed))

    found, taken = differences(steps, now)

    if found:
        steps = shortest(steps, lambda it: bool(differences(it, now)[0]))
        found, _ = differences(steps, now)
        pytest.fail("\n".join([f"seed {seed}:", *map(str, steps), *found]))
    print(f"{CASES * PARTS} sequences, {taken} steps taken, 0 differences")


# The test itself: without any one of the factors, some script finds a difference.


def without_branch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "WITHIN_2022_913", frozenset(BRANCHES))


def without_agreement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Agreement, "state", lambda self, at: State.IN_FORCE)


def without_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Agreement, "allows", lambda self, info_class, channel: True)


def without_consent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ConsentGiven, "covers", lambda self, info_class, viewer, at: True)


def without_clarifying(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ConsentGiven, "is_yes", True)


def without_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BlockPlaced, "is_about", lambda self, branch, info_class: False)


def without_emergency(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EmergencyOpened, "covers", lambda self, viewer, at: False)


def without_participation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "leave", lambda case, *, unit_id, at: None)


FACTORS = (
    without_branch,
    without_agreement,
    without_class,
    without_consent,
    without_clarifying,
    without_block,
    without_emergency,
    without_participation,
)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("remove", FACTORS, ids=lambda it: it.__name__)
def test_the_test_sees_when_a_factor_is_missing(
    remove: Callable[[pytest.MonkeyPatch], None], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove(monkeypatch)

    assert any(differences(script(Random(seed)), now)[0] for seed in range(26))
