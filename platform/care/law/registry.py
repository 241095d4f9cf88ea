"""Every row of the tables with its paragraph: what the tests and the docs must cover."""

from dataclasses import dataclass

from care.law.deadlines import RULES
from care.law.discharge import NEUTRAL, STEPS
from care.law.disclosure import CAUTIONS, GATES
from care.law.duties import DUTIES
from care.law.guards import GUARDS
from care.law.preconditions import PRECONDITIONS
from care.law.terms import TERMS


@dataclass(frozen=True, order=True)
class Row:
    """A row of one of the tables, and the paragraph that it cites."""

    table: str
    key: str
    statute: str


def all_rows() -> tuple[Row, ...]:
    """Return the rows of every table: steps, neutral acts, guards, ..., gates of secrecy."""
    return (
        *(Row("step", f"{step.source}:{step.act}:{step.target}", step.statute) for step in STEPS),
        *(Row("neutral", row.act, row.statute) for row in NEUTRAL),
        *(Row("guard", f"{guard.act}:{guard.code}", guard.statute) for guard in GUARDS),
        *(Row("rule", rule.name, rule.statute) for rule in RULES),
        *(Row("precondition", row.name, row.statute) for row in PRECONDITIONS),
        *(Row("duty", duty.id, duty.statute) for duty in DUTIES),
        *(Row("term", term.name, term.statute) for term in TERMS),
        *(Row("gate", gate.name, gate.statute) for gate in GATES),
        *(Row("caution", caution.name, caution.statute) for caution in CAUTIONS),
    )
