"""Ämnesexperter: the county's region asks for them, each huvudman answers who takes part.

Rows are added and never changed. What is asked lies at the region, the answer at the huvudman.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from tenants import progress
from tenants.context import acting_for
from tenants.models import ExpertAnswer, ExpertRequest
from tenants.onboarding import CannotRecord
from tenants.progress import By, CannotOpen

Field = ExpertRequest.Field
Reply = ExpertAnswer.Reply


@dataclass(frozen=True)
class Asked:
    """Fråga om en ämnesexpert: in which field, for what, since when and until when."""

    field: Field
    asked_on: date
    purpose: str
    answer_by: date | None = None
    is_withdrawn: bool = False
    number: int = 0
    by: str = ""


@dataclass(frozen=True)
class Answered:
    """Svar: who takes part, named at work, and from when; or why nobody does."""

    field: Field
    reply: Reply
    name: str = ""
    title: str = ""
    from_on: date | None = None
    reason: str = ""
    number: int = 0
    by: str = ""


@dataclass(frozen=True)
class Expert:
    """Ämnesexpert som är efterfrågad, and what has been answered."""

    asked: Asked
    answered: Answered | None

    @property
    def takes_part(self) -> bool:
        """Tell whether somebody is named."""
        return self.answered is not None and self.answered.reply == Reply.TAKES_PART

    def is_late(self, *, today: date) -> bool:
        """Tell whether the day for an answer has passed without one."""
        by = self.asked.answer_by
        return self.answered is None and by is not None and by < today


def check_answer(it: Answered) -> None:
    """Refuse an answer that says too little.

    :raises CannotRecord: if nobody is named, no day is told, or a refusal has no reason
    """
    if it.reply == Reply.DECLINES:
        if not it.reason:
            raise CannotRecord(
                "reason", "Skriv varför ingen kan delta, så att någon kan hjälpa er."
            )
        return
    if not (it.name or it.title):
        raise CannotRecord("name", "Skriv vem som deltar: ett namn eller en befattning i arbetet.")
    if it.from_on is None:
        raise CannotRecord("from_on", "Välj dagen då personen börjar delta.")


def ask(asked: Asked, *, tenant: str, seen: int, by: By, at: datetime) -> None:
    """Ask a huvudman that joins for an expert, change what is asked, or take it back.

    :param seen: the number of what was asked last when the form was read, 0 for nothing
    :raises CannotOpen: if the huvudman that acts is not the region of that county
    :raises progress.NotOpened: if nobody has let the huvudman begin
    :raises progress.WrittenMeanwhile: if somebody has asked since
    """
    if progress.host_of(tenant) != acting_for():
        raise CannotOpen(
            "Ämnesexperter efterfrågas av regionen i huvudmannens eget län. Kontrollera vilken"
            " huvudman du har valt."
        )
    progress.standing(tenant)
    rows = ExpertRequest.objects.filter(owner=acting_for(), tenant=tenant, field=asked.field)
    last = rows.order_by("-number").values("number", "name").first()
    if (last["number"] if last else 0) != seen:
        raise progress.written_meanwhile(last["name"] if last else "")
    row = ExpertRequest(
        owner=acting_for(),
        tenant=tenant,
        field=asked.field,
        number=seen + 1,
        asked_on=asked.asked_on,
        answer_by=asked.answer_by,
        purpose=asked.purpose,
        is_withdrawn=asked.is_withdrawn,
        name=by.name,
        title=by.title,
        asked_at=at,
    )
    progress.add(row)


def answer(answered: Answered, *, seen: int, by: By, at: datetime) -> None:
    """Answer for the huvudman that acts what the region has asked.

    :param seen: the number of what was answered last when the form was read, 0 for nothing
    :raises CannotRecord: if nobody has asked, or the answer says too little
    :raises progress.WrittenMeanwhile: if somebody has answered since
    """
    found = {it.asked.field: it for it in of(acting_for())}.get(answered.field)
    if found is None:
        raise CannotRecord("", "Ingen ämnesexpert är efterfrågad här nu. Gå tillbaka till sidan.")
    check_answer(answered)
    last = found.answered
    if (last.number if last else 0) != seen:
        raise progress.written_meanwhile(last.by if last else "")
    row = ExpertAnswer(
        owner=acting_for(),
        field=answered.field,
        number=seen + 1,
        reply=answered.reply,
        expert_name=answered.name,
        expert_title=answered.title,
        from_on=answered.from_on,
        reason=answered.reason,
        name=by.name,
        title=by.title,
        answered_at=at,
    )
    progress.add(row)


def of(tenant: str) -> tuple[Expert, ...]:
    """Return the experts that a huvudman is asked for, in the order of the fields."""
    return everybody().get(tenant, ())


def everybody() -> dict[str, tuple[Expert, ...]]:
    """Return the experts that each huvudman is asked for, in three questions.

    Anybody can write a question of its own: that of the county's region counts.
    """
    hosts = progress.hosts()
    asked: dict[str, dict[Field, Asked]] = defaultdict(dict)
    for row in ExpertRequest.objects.order_by("number"):
        if row.owner == hosts.get(row.tenant):
            asked[row.tenant][Field(row.field)] = _asked(row)
    answered = {
        (row.owner, Field(row.field)): _answered(row)
        for row in ExpertAnswer.objects.order_by("number")
    }
    return {
        tenant: tuple(
            Expert(them[it], answered.get((tenant, it)))
            for it in Field
            if it in them and not them[it].is_withdrawn
        )
        for tenant, them in asked.items()
    }


def last_asked(tenant: str, field: Field) -> Asked | None:
    """Return what the region that acts has asked a huvudman last in a field, also taken back."""
    rows = ExpertRequest.objects.filter(owner=acting_for(), tenant=tenant, field=field)
    row = rows.order_by("-number").first()
    return _asked(row) if row else None


def _asked(row: ExpertRequest) -> Asked:
    return Asked(
        field=Field(row.field),
        asked_on=row.asked_on,
        purpose=row.purpose,
        answer_by=row.answer_by,
        is_withdrawn=row.is_withdrawn,
        number=row.number,
        by=row.name,
    )


def _answered(row: ExpertAnswer) -> Answered:
    return Answered(
        field=Field(row.field),
        reply=Reply(row.reply),
        name=row.expert_name,
        title=row.expert_title,
        from_on=row.from_on,
        reason=row.reason,
        number=row.number,
        by=row.name,
    )
