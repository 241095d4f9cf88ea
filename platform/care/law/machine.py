"""A process as a table: from which state, by which act, to which state, by which paragraph."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, TypeVar

# CPython 3.11: `class Process[S, A]` needs 3.12.
S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)

NOTHING: Mapping[str, object] = MappingProxyType({})


class NotPermitted(Exception):
    """An act that cannot be in the current state; `statute` is the paragraph of the act."""

    def __init__(self, state: StrEnum, act: StrEnum, statute: str) -> None:
        super().__init__(f"{act} is not permitted in {state} ({statute})")
        self.state = state
        self.act = act
        self.statute = statute


@dataclass(frozen=True)
class Step(Generic[S, A]):
    """One row of a process: the act, where it leads, and the statute behind it.

    `is_flagged` marks a step that happens although it should not have (a fact is never refused).
    `unless` names a key and a value of the act's content with which the state stays as it is.
    """

    source: S
    act: A
    target: S
    statute: str
    is_flagged: bool = False
    unless: tuple[str, str] | None = None

    def leads_to(self, body: Mapping[str, object]) -> S:
        """Return the state after the act, given its content."""
        if self.unless is not None and body.get(self.unless[0]) == self.unless[1]:
            return self.source
        return self.target


@dataclass(frozen=True)
class Neutral(Generic[A]):
    """An act that never changes the state, and the statute behind it."""

    act: A
    statute: str


class Process(Generic[S, A]):
    """A table of steps and neutral acts that can be asked what follows.

    A neutral act is recorded in each of the `open_states`; in the `late_states` it is recorded and
    flagged, since a late fact is a fact too.
    """

    def __init__(
        self,
        start: S,
        steps: Iterable[Step[S, A]],
        *,
        neutral: Iterable[Neutral[A]] = (),
        open_states: Iterable[S] = (),
        late_states: Iterable[S] = (),
    ) -> None:
        self.start = start
        self.steps = {(step.source, step.act): step for step in steps}
        self.neutral = {row.act: row for row in neutral}
        self.open_states = frozenset(open_states)
        self.late_states = frozenset(late_states)

    def state(self, value: str) -> S:
        """Return the state with a stored value; raise ValueError for an unknown one."""
        return type(self.start)(value)

    def permits(self, state: S, act: A) -> bool:
        """Tell whether the act can be in the state."""
        return (state, act) in self.steps or (
            act in self.neutral and state in self.open_states | self.late_states
        )

    def after(self, state: S, act: A, body: Mapping[str, object] = NOTHING) -> S:
        """Return the state that the act leads to; raise NotPermitted for what cannot be."""
        if not self.permits(state, act):
            raise NotPermitted(state, act, self.statute(act))
        return self.follow(state, act, body)[0]

    def follow(self, state: S, act: A, body: Mapping[str, object] = NOTHING) -> tuple[S, bool]:
        """Return the state after an act that has happened, and whether to flag it; never refuse."""
        step = self.steps.get((state, act))
        if step is not None:
            return step.leads_to(body), step.is_flagged
        return state, not (act in self.neutral and state in self.open_states)

    def replay(self, acts: Iterable[A]) -> S:
        """Return the state after any history of acts, also one that letters brought in disorder."""
        state = self.start
        for act in acts:
            state, _ = self.follow(state, act)
        return state

    def statute(self, act: A) -> str:
        """Return the paragraph of an act, or an empty string when the process lacks the act."""
        if act in self.neutral:
            return self.neutral[act].statute
        return next((step.statute for step in self.steps.values() if step.act == act), "")
