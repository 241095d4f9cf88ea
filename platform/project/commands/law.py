"""`samplan law`: what follows from the law, line by line with its paragraph; needs no Django."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, TypeVar

import typer

from care.law import calendar, explain
from care.law.calendar import STOCKHOLM
from care.law.terms import BadTerms, Terms

T = TypeVar("T")
WRONG_VALUE = 2
# The Act came into force on this day; red days are known until 2100.
FIRST_DAY, LAST_DAY = date(2018, 1, 1), date(2099, 12, 31)

app = typer.Typer(help="Räkna på lagen (2017:612).", no_args_is_help=True, add_completion=False)


class BadValue(Exception):
    """A value that cannot be; the message says in Swedish what to do."""


@app.callback()
def law() -> None:
    """Räkna på lagen (2017:612) om samverkan vid utskrivning."""


@app.command()
def ready(
    sent: Annotated[
        str | None,
        typer.Option(help="När underrättelsen skickades, som 2026-03-02T12:01 (svensk tid)."),
    ] = None,
    grace_days: Annotated[
        str | None, typer.Option("--grace-days", help="Fristdagar enligt avtal. Lagen: 3.")
    ] = None,
    cutoff: Annotated[
        str | None, typer.Option(help="Klockslag enligt avtal. Lagen: 12:00.")
    ] = None,
    discharged: Annotated[str | None, typer.Option(help="Utskrivningsdag, som 2026-03-09.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv svaret som JSON.")] = False,
) -> None:
    """Visa datumen som följer av en underrättelse om utskrivningsklar."""
    try:
        sent_at = _sent_at(sent)
        terms = _terms(grace_days, cutoff)
        discharged_on = _discharged_on(discharged, sent_at)
    except BadValue as error:
        typer.echo(f"Fel: {error}", err=True)
        raise typer.Exit(WRONG_VALUE) from None
    explanation = explain.ready(sent_at, terms, discharged_on)
    write = _as_json if as_json else _as_text
    typer.echo(write(explanation))


def _sent_at(value: str | None) -> datetime:
    """Return the instant; raise BadValue when it is missing, unreadable or ambiguous."""
    advice = "Ange datum och klockslag som 2026-03-02T12:01."
    if not value:
        raise BadValue(f"--sent saknas. {advice}")
    moment = _read(datetime.fromisoformat, value, f"--sent kan inte vara ”{value}”. {advice}")
    if ":" not in value and "T" not in value:
        raise BadValue(f"--sent saknar klockslag. {advice}")
    sent_at = moment if moment.tzinfo is not None else _local(moment, value)
    if not FIRST_DAY.year - 1 <= moment.year <= LAST_DAY.year or not (
        FIRST_DAY <= calendar.local_date(sent_at) <= LAST_DAY
    ):
        raise BadValue(_out_of_range("--sent"))
    return sent_at


def _local(moment: datetime, value: str) -> datetime:
    """Return a Swedish local time as an instant; the clock is put forward and back once a year."""
    early, late = (moment.replace(tzinfo=STOCKHOLM, fold=fold) for fold in (0, 1))
    if early.utcoffset() == late.utcoffset():
        return early
    if early.astimezone(UTC).astimezone(STOCKHOLM).replace(tzinfo=None) != moment:
        raise BadValue(
            f"Klockslaget {value} finns inte: klockan ställdes fram den natten. Ange ett "
            f"klockslag före 02:00 eller från 03:00."
        )
    raise BadValue(
        f"Klockslaget {value} finns två gånger: klockan ställdes tillbaka den natten. Lägg till "
        f"+02:00 för sommartid eller +01:00 för vintertid."
    )


def _terms(grace_days: str | None, cutoff: str | None) -> Terms:
    given: dict[str, object] = {}
    if grace_days is not None:
        advice = f"--grace-days kan inte vara ”{grace_days}”. Ange ett heltal från 0 till 90."
        given["grace_days"] = _read(int, grace_days, advice)
        _check(given, advice)
    if cutoff is not None:
        given["cutoff_time"] = cutoff
        _check(given, f"--cutoff kan inte vara ”{cutoff}”. Ange ett klockslag som 12:00.")
    return Terms.from_json(given)


def _check(given: dict[str, object], advice: str) -> None:
    try:
        Terms.from_json(given)
    except BadTerms:
        raise BadValue(advice) from None


def _discharged_on(value: str | None, sent_at: datetime) -> date | None:
    if value is None:
        return None
    advice = f"--discharged kan inte vara ”{value}”. Ange ett datum som 2026-03-09."
    discharged_on = _read(date.fromisoformat, value, advice)
    if discharged_on < calendar.local_date(sent_at):
        raise BadValue(
            "--discharged ligger före dagen för underrättelsen. Ange samma dag eller en senare dag."
        )
    if discharged_on > LAST_DAY:
        raise BadValue(_out_of_range("--discharged"))
    return discharged_on


def _out_of_range(option: str) -> str:
    return (
        f"{option} ligger utanför den tid som kan räknas. Ange en dag från {FIRST_DAY}, då lagen "
        f"började gälla, till {LAST_DAY}."
    )


def _read(read: Callable[[str], T], value: str, advice: str) -> T:
    try:
        return read(value)
    except ValueError:
        raise BadValue(advice) from None


def _as_text(explanation: explain.Explanation) -> str:
    rows = [
        f"Sista dag för kallelse: {explanation.call_due_on}",
        f"Betalningsansvar från:  {explanation.liable_from}",
    ]
    if explanation.liable_days is not None:
        rows.append(f"Dagar att betala:       {len(explanation.liable_days)}")
    return "\n".join(
        [*rows, "", *(f"{line.text_sv} [{line.statute}]" for line in explanation.lines)]
    )


def _as_json(explanation: explain.Explanation) -> str:
    days = explanation.liable_days
    return json.dumps(
        {
            "call_due_on": explanation.call_due_on.isoformat(),
            "liable_from": explanation.liable_from.isoformat(),
            "liable_days": None if days is None else len(days),
            "liable_dates": [day.isoformat() for day in days or ()],
            "lines": [
                {"text": line.text_sv, "statute": line.statute} for line in explanation.lines
            ],
        },
        ensure_ascii=False,
        indent=2,
    )


if __name__ == "__main__":
    app(prog_name="samplan law")
