"""What differs between two versions, of an agreement or of a routine, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext

from care.law.discharge import ACT_LABELS, Act
from portal import agreed, onboarding, parties
from tenants import differences
from tenants.agreements import Agreement, InfoClass
from tenants.differences import Line
from tenants.routines import Version


@dataclass(frozen=True)
class Row:
    """Something besides the text that differs."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Compared:
    """Two versions side by side."""

    before: int
    after: int
    rows: tuple[Row, ...]
    lines: tuple[Line, ...]

    @property
    def text_is_same(self) -> bool:
        """Tell whether not a word of the text differs."""
        return all(it.is_kept for it in self.lines)


def of_agreement(before: Agreement, after: Agreement) -> Compared:
    """Return what differs between two versions of an agreement."""
    rows = (Row(*it) for it in _agreement_rows(before, after))
    return Compared(
        before.version,
        after.version,
        tuple(it for it in rows if it.before != it.after),
        differences.between(before.text, after.text),
    )


def of_routine(before: Version, after: Version) -> Compared:
    """Return what differs between two versions of a routine."""
    rows = (Row(*it) for it in _routine_rows(before, after))
    return Compared(
        before.version,
        after.version,
        tuple(it for it in rows if it.before != it.after),
        differences.between(before.wording.text, after.wording.text),
    )


def _agreement_rows(before: Agreement, after: Agreement) -> Iterator[tuple[str, str, str]]:
    yield gettext("Rubrik"), before.title, after.title
    yield gettext("Parter"), _parties(before), _parties(after)
    yield gettext("Gäller"), _period(before), _period(after)
    for info_class in InfoClass:
        label = str(agreed.CLASS_LABELS[info_class])
        yield label, _channels(before, info_class), _channels(after, info_class)
    terms = [{it.label: it for it in agreed.differing(one.terms)} for one in (before, after)]
    for label in sorted({*terms[0], *terms[1]}):
        known = terms[0].get(label) or terms[1][label]
        was, becomes = (it[label].value if label in it else known.statutory for it in terms)
        yield label.capitalize(), was, becomes


def _routine_rows(before: Version, after: Version) -> Iterator[tuple[str, str, str]]:
    was, becomes = before.wording, after.wording
    yield gettext("Rubrik"), was.heading, becomes.heading
    yield gettext("Slag"), str(was.kind.label), str(becomes.kind.label)
    yield (
        gettext("Gäller"),
        _days(was.valid_from, was.valid_until),
        _days(becomes.valid_from, becomes.valid_until),
    )
    yield gettext("Steg i anslutningen"), _step(before), _step(after)
    yield gettext("Händelse i ett ärende"), _act(before), _act(after)


def _parties(agreement: Agreement) -> str:
    return ", ".join(sorted(parties.name(it) for it in agreement.parties))


def _period(agreement: Agreement) -> str:
    return _days(agreement.valid_from, agreement.valid_until)


def _days(first: date, last: date | None) -> str:
    begins = date_format(first, "j F Y", use_l10n=False)
    if last is None:
        return gettext("{begins} tills vidare").format(begins=begins)
    ends = date_format(last, "j F Y", use_l10n=False)
    return gettext("{begins} till och med {ends}").format(begins=begins, ends=ends)


def _channels(agreement: Agreement, info_class: InfoClass) -> str:
    named = agreement.channels.get(info_class, ())
    labels = (str(label) for it, label in agreed.CHANNEL_LABELS.items() if it in named)
    return "; ".join(labels) or gettext("inget")


def _step(version: Version) -> str:
    step = version.wording.step
    return onboarding.title(step) if step else "–"


def _act(version: Version) -> str:
    act = version.wording.act
    return gettext(ACT_LABELS[Act(act)]) if act in set(Act) else "–"
