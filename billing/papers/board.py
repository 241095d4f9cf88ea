"""The paper of an allocation for the joint board: a tjänsteskrivelse as PDF.

What stands on it is here and in `tables`, where it stands is in `board.typ`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from billing.papers import figures, swedish, tables, wording
from billing.papers.figures import Figures
from billing.papers.pdf import pdf

BLANK_LINE = re.compile(r"\n\s*\n")


class NotThisRecord(Exception):
    """A paper about another record than the one that it was to be printed from."""


@dataclass(frozen=True)
class Officer:
    """Handläggare: who answers for the paper."""

    name: str
    title: str


@dataclass(frozen=True)
class Decision:
    """Beslut: the day and the paragraph of the board's minutes, such as "§ 41"."""

    on: date
    paragraph: str


@dataclass(frozen=True)
class BoardPaper:
    """Tjänsteskrivelse: what stands on the paper besides the record's own figures.

    `summary` falls into paragraphs at blank lines.
    """

    board: str
    officer: Officer
    on: date
    diary_number: str
    proposals: tuple[str, ...]
    summary: str
    record_sha256: str
    decision: Decision | None = None


def board_paper(record: Mapping[str, Any], paper: BoardPaper) -> bytes:
    """Return a record of `billing.runs` as the board's paper, a PDF of A4 pages in Swedish.

    :raises NotThisRecord: if the paper names the hash of another record
    :raises BadRecord: if the record is of another format
    """
    of = figures.of(record)
    if of.record_sha256 != paper.record_sha256:
        raise NotThisRecord(
            "Skrivelsen hör till en annan uträkning än den som skulle tryckas. Öppna fördelningen"
            " på nytt och skapa skrivelsen därifrån."
        )
    return pdf("board.typ", _texts(of, paper), verbatim={"sha256": of.record_sha256}, on=paper.on)


def _texts(of: Figures, paper: BoardPaper) -> dict[str, Any]:
    before, after = wording.check()
    return {
        "title": of.title,
        "matter": wording.matter(of),
        "period": wording.period(of),
        "board": paper.board,
        "on": paper.on.isoformat(),
        "diary_number": paper.diary_number,
        "officer": {"name": paper.officer.name, "title": paper.officer.title},
        "decision": _decision(paper),
        "proposals": paper.proposals,
        "summary": [it for it in BLANK_LINE.split(paper.summary) if it.strip()],
        "table": tables.costs(of),
        "unknown": wording.unknown(of),
        "shared_by": wording.shared_by(of),
        "population": wording.population(of),
        "members": wording.members(of),
        "agreed": wording.agreed(of),
        "stands_in": wording.stands_in(of),
        "source": of.source,
        "counts": wording.counts(of),
        "shares": tables.shares(of),
        "charts": tables.charts(of),
        "compared": tables.compared(of),
        "balances": tables.balances(of),
        "how": wording.how(of),
        "at_once": tables.at_once(of),
        "check": {"before": before, "after": after, "command": wording.VERIFY},
        "recipients": wording.recipients(of),
        "appendix": tables.appendix(of),
    }


def _decision(paper: BoardPaper) -> str | None:
    if paper.decision is None:
        return None
    paragraph = paper.decision.paragraph.replace("§ ", f"§{swedish.NO_BREAK}")
    return f"{swedish.day(paper.decision.on)}, {paragraph}"
