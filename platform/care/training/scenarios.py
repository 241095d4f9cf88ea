"""What is practised, role by role: each step is an act that the person does in a case. Pure.

Nothing is ticked off: a step is done when the log of acts says that it is.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from care.identity.permissions import Role
from care.law.discharge import Act

ACKNOWLEDGE, ASSIGN, CONSENT = "acknowledge_message", "assign_message", "record_consent"


@dataclass(frozen=True)
class Task:
    """Moment: an act that belongs to a scenario, what to do, and a hint for who is stuck."""

    act: str
    text: str
    hint: str


@dataclass(frozen=True)
class Scenario:
    """Övningsscenario: something that happens in the work of a role, from beginning to end."""

    name: str
    role: Role
    title: str
    about: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True)
class Did:
    """An act that somebody has done, in which case and when."""

    common_id: UUID
    act: str
    at: datetime


@dataclass(frozen=True)
class Progress:
    """How far a run has come: when each act was done, in the case that has come furthest."""

    scenario: Scenario
    done: dict[str, datetime]

    @property
    def is_finished(self) -> bool:
        """Tell whether every act has been done."""
        return len(self.done) == len(self.scenario.tasks)

    @property
    def finished_at(self) -> datetime | None:
        """Return when the last of its acts was done, None before that."""
        return max(self.done.values()) if self.is_finished else None


SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        "admission", Role.WARD_NURSE, "Skriv in en person",
        "En person har lagts in på din avdelning och kommer att behöva stöd hemma. Du öppnar"
        " ärendet, berättar för dem som behöver veta och frågar personen om samtycke.",
        (
            Task(
                Act.OPEN_CASE, "Öppna ett ärende för en av övningspersonerna.",
                "Välj Nytt ärende i arbetslistan. Ta ett personnummer ur listan på den här sidan"
                " och hitta på ett namn. Välj en kommun som övar med er.",
            ),
            Task(
                Act.NOTIFY_ADMISSION, "Skicka inskrivningsmeddelandet.",
                "Fyll i behandlande läkare, beräknad utskrivning och vilka som kan behövas. Till"
                " höger ser du vem som får det, och om någon bevakar inkorgen.",
            ),
            Task(
                CONSENT, "Anteckna personens svar om samtycke.",
                "Öppna ärendet och välj Anteckna personens svar.",
            ),
        ),
    ),
    Scenario(
        "homecoming", Role.WARD_NURSE, "Låt en person gå hem",
        "Läkaren har bedömt att personen är utskrivningsklar. Du underrättar de andra, för över"
        " informationen och registrerar utskrivningen. Använd ärendet från det första scenariot.",
        (
            Task(
                Act.NOTIFY_READY, "Meddela att personen är utskrivningsklar.",
                "Öppna ärendet och välj Meddela utskrivningsklar. Sidan visar vilken dag"
                " betalningsansvaret kan inträda.",
            ),
            Task(
                Act.TRANSFER_INFORMATION, "För över informationen.",
                "Välj För över information. Det behövs en sekretessgrund.",
            ),
            Task(
                Act.INFORM_INDIVIDUAL, "Anteckna att personen har fått sin information.",
                "Välj Anteckna information till patienten.",
            ),
            Task(
                Act.RECORD_DISCHARGE, "Registrera utskrivningen.",
                "Välj Registrera utskrivning: dag, tid och vart personen åker.",
            ),
        ),
    ),
    Scenario(
        "care_contact", Role.CARE_COORDINATOR, "Ta emot och utse fast vårdkontakt",
        "Ett inskrivningsmeddelande har kommit till hälsocentralen. Du tar hand om det, utser en"
        " fast vårdkontakt och berättar om öppenvårdens insatser finns.",
        (
            Task(
                ACKNOWLEDGE, "Kvittera inskrivningsmeddelandet.",
                "Vyn Att kvittera i arbetslistan visar vad som väntar. Tryck Kvittera vid raden.",
            ),
            Task(
                Act.NAME_CARE_CONTACT, "Utse fast vårdkontakt.",
                "Öppna samma ärende och välj Utse fast vårdkontakt.",
            ),
            Task(
                Act.STATE_AVAILABILITY, "Ge besked om öppenvårdens insatser.",
                "Välj Ge besked om öppenvårdens insatser, och svara vad som gäller.",
            ),
        ),
    ),
    Scenario(
        "call", Role.CARE_COORDINATOR, "Kalla till samordnad planering",
        "Personen är utskrivningsklar. Du kvitterar underrättelsen och kallar till planering inom"
        " tre dagar.",
        (
            Task(
                ACKNOWLEDGE, "Kvittera underrättelsen om utskrivningsklar.",
                "Vyn Utskrivningsklara visar vilka som väntar.",
            ),
            Task(
                Act.CALL_TO_PLANNING, "Kalla till samordnad planering.",
                "Öppna samma ärende och välj Kalla till samordnad planering. Dagen för senaste"
                " kallelse står under Tidsfrister.",
            ),
        ),
    ),
    Scenario(
        "inbox", Role.INBOX_COORDINATOR, "Ta hand om inkorgen",
        "Ett inskrivningsmeddelande har kommit till kommunen. Du kvitterar det, fördelar det till"
        " en kollega och svarar avdelningen.",
        (
            Task(
                ACKNOWLEDGE, "Kvittera inskrivningsmeddelandet.",
                "Vyn Att kvittera är enhetens gemensamma inkorg. Tryck Kvittera vid raden.",
            ),
            Task(
                ASSIGN, "Fördela meddelandet till en kollega.",
                "Välj Fördela till i ärendets meddelande, eller vid raden i arbetslistan.",
            ),
            Task(
                Act.ANSWER_ADMISSION, "Svara på inskrivningsmeddelandet.",
                "Öppna samma ärende och välj Svara på inskrivningsmeddelandet. Skriv vem"
                " avdelningen kan vända sig till.",
            ),
        ),
    ),
    Scenario(
        "reception", Role.INBOX_COORDINATOR, "Planera och ge besked om mottagande",
        "En person som är utskrivningsklar ska hem till er. Du påbörjar planeringen och berättar"
        " när ni kan ta emot.",
        (
            Task(
                Act.START_PLANNING, "Påbörja planeringen.",
                "Välj ett ärende i vyn Utskrivningsklara, och sedan Påbörja planeringen.",
            ),
            Task(
                Act.STATE_RECEPTION, "Ge besked om mottagande.",
                "Välj Ge besked om mottagande i samma ärende: kan ta emot och från när, eller vad"
                " som saknas.",
            ),
        ),
    ),
    Scenario(
        "planning", Role.CASE_OFFICER, "Svara och börja planera",
        "En person som du ska handlägga är inskriven. Du kvitterar, svarar avdelningen och"
        " påbörjar planeringen.",
        (
            Task(
                ACKNOWLEDGE, "Kvittera inskrivningsmeddelandet.",
                "Vyn Att kvittera visar vad som väntar på er enhet.",
            ),
            Task(
                Act.ANSWER_ADMISSION, "Svara på inskrivningsmeddelandet.",
                "Öppna samma ärende och välj Svara på inskrivningsmeddelandet.",
            ),
            Task(
                Act.START_PLANNING, "Påbörja planeringen.",
                "Välj Påbörja planeringen, och skriv vad ni planerar. Det läses på plats av dem"
                " som personen har samtyckt till.",
            ),
        ),
    ),
    Scenario(
        "home", Role.CASE_OFFICER, "Ta emot personen hemma",
        "Personen har lämnat sjukhuset. Du kvitterar utskrivningen och bekräftar hemkomsten när"
        " någon har mött personen hemma.",
        (
            Task(
                ACKNOWLEDGE, "Kvittera meddelandet om utskrivning.",
                "Vyn Att kvittera. Välj ett ärende där personen är utskriven.",
            ),
            Task(
                Act.CONFIRM_HOMECOMING, "Bekräfta hemkomsten.",
                "Öppna samma ärende och välj Bekräfta hemkomst.",
            ),
        ),
    ),
    Scenario(
        "basis", Role.MUNICIPAL_NURSE, "Planera vården hemma",
        "En person behöver hemsjukvård efter sjukhuset. Du kvitterar, skriver ert underlag och"
        " berättar när ni kan ta emot.",
        (
            Task(
                ACKNOWLEDGE, "Kvittera meddelandet.",
                "Vyn Att kvittera visar vad som väntar på er enhet.",
            ),
            Task(
                Act.SUBMIT_PLANNING_BASIS, "Skriv planeringsunderlag.",
                "Öppna samma ärende och välj Skriv planeringsunderlag. Vad det handlar om avgör"
                " vem som får läsa.",
            ),
            Task(
                Act.STATE_RECEPTION, "Ge besked om mottagande.",
                "Välj Ge besked om mottagande: kan ta emot och från när, eller vad som saknas.",
            ),
        ),
    ),
)  # fmt: skip
BY_NAME = {it.name: it for it in SCENARIOS}


def of_role(role: Role) -> tuple[Scenario, ...]:
    """Return the scenarios of a role, in the order in which they are best taken."""
    return tuple(it for it in SCENARIOS if it.role is role)


def progress(scenario: Scenario, acts: Iterable[Did]) -> Progress:
    """Return how far somebody has come by what was done: in the one case that has come furthest.

    :param acts: of the person, since the run began, the first one first
    """
    wanted = {it.act for it in scenario.tasks}
    cases: dict[UUID, dict[str, datetime]] = defaultdict(dict)
    for it in acts:
        if it.act in wanted:
            cases[it.common_id].setdefault(it.act, it.at)
    return Progress(scenario, max(cases.values(), key=len, default={}))
