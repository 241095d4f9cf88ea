"""The table of comments of a round: a tagged PDF for a board, and a workbook to sort and filter.

Both are Swedish in every language of the pages.
"""

from collections.abc import Sequence
from datetime import datetime, time
from io import BytesIO

import xlsxwriter
from django.utils import translation

from billing.papers.pdf import pdf
from care.law import calendar
from portal import parties
from portal import rounds as words
from portal.papers.marks import mark
from portal.papers.readiness import HEADED, NO_DAY, OPTIONS, TEXT
from portal.rounds import Line
from tenants.rounds import Comment, Round

LATE = "Efter sista dagen"
HEADS = (
    ("Nr", 6), ("Från", 28), ("Huvudman", 24), ("Del av texten", 18), ("Synpunkt", 60),
    ("Förslag till ny lydelse", 50), ("Kom", 13), ("Sen", 16), ("Svar", 20), ("Varför", 50),
    ("Besvarad av", 22),
)  # fmt: skip


def workbook(known: Round, said: Sequence[Comment], *, at: datetime) -> bytes:
    """Return the table as an Excel file; nothing that is written becomes a formula."""
    written = BytesIO()
    book = xlsxwriter.Workbook(written, OPTIONS)
    with translation.override("sv"):
        shown = words.shown(known, said, at=at)
        book.set_properties({"title": shown.title, "created": NO_DAY})
        head, text = book.add_format(HEADED), book.add_format(TEXT)
        day = book.add_format(TEXT | {"num_format": "yyyy-mm-dd", "align": "left"})
        sheet = book.add_worksheet("Synpunkter")
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.freeze_panes(1, 2)
        for column, (name, width) in enumerate(HEADS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, name, head)
        for row, line in enumerate(shown.lines, 1):
            for column, told in _cells(line).items():
                sheet.write_string(row, column, told, text)
            sheet.write_number(row, 0, line.comment.number, text)
            came = datetime.combine(calendar.local_date(line.comment.at), time())
            sheet.write_datetime(row, 6, came, day)
        if shown.lines:
            sheet.autofilter(0, 0, len(shown.lines), len(HEADS) - 1)
    book.close()
    return written.getvalue()


def paper(known: Round, said: Sequence[Comment], *, at: datetime) -> bytes:
    """Return the table as a PDF."""
    with translation.override("sv"):
        shown = words.shown(known, said, at=at)
        content = {
            "title": shown.title,
            "owner": parties.name(known.subject.owner),
            "on": calendar.written(calendar.local_date(at)),
            "days": shown.days,
            "summary": shown.summary,
            "asked": list(shown.asked),
            "comments": [_lines(it) for it in shown.lines],
        }
    return pdf(
        "comments.typ",
        content,
        verbatim={},
        on=calendar.local_date(at),
        folder="portal.papers",
        mark=mark(),
    )


def _cells(line: Line) -> dict[int, str]:
    remark, answer = line.comment.remark, line.comment.answer
    return {
        1: remark.body,
        2: parties.name(line.comment.tenant),
        3: remark.section,
        4: remark.comment,
        5: remark.proposal,
        7: LATE if line.comment.is_late else "",
        8: line.verdict,
        9: answer.reason if answer else "",
        10: answer.by.name if answer else "",
    }


def _lines(line: Line) -> list[str]:
    remark, answer = line.comment.remark, line.comment.answer
    said = [remark.comment]
    if remark.proposal:
        said.append(f"Förslag: {remark.proposal}")
    if line.comment.is_late:
        said.append(f"({LATE}.)")
    told = [line.verdict, answer.reason] if answer else ["Inte besvarad"]
    return [
        str(line.comment.number),
        line.who,
        remark.section,
        "\n".join(said),
        "\n".join(it for it in told if it),
    ]
