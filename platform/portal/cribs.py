"""Lathundar: one A4 for each role, in the words of the pages and with pictures of real screens.

What a page calls a thing stands between asterisks; a test finds each on a page. The pictures are
taken from the demo by infra/dev/cribs.py.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from billing.papers.pdf import pdf

FOLDER = "portal.papers"
MADE_ON = date(2026, 11, 30)  # when the pictures were taken
NAMED = re.compile(r"\*\*(.+?)\*\*")


@dataclass(frozen=True)
class Part:
    """A part of a sheet: what to do, in order, beside a picture of where it is done."""

    title: str
    steps: tuple[str, ...]
    picture: str
    alt: str


@dataclass(frozen=True)
class Crib:
    """Lathund: the sheet of a role."""

    name: str
    title: str
    about: str
    parts: tuple[Part, Part]
    good_to_know: tuple[str, ...]


CRIBS = (
    Crib(
        "avdelning", "Avdelningen",
        "För sjuksköterskan på avdelningen: från inskrivning till hemgång.",
        (
            Part(
                "Skriv in en patient",
                (
                    "**Nytt ärende** i arbetslistan. Först personen, sedan inskrivningen.",
                    "Ange läkare, beräknad utskrivning och vilka som kan behövas efteråt.",
                    "Se om någon bevakar mottagarnas inkorg nu. **Skicka"
                    " inskrivningsmeddelandet** senast 24 timmar efter inskrivningen.",
                    "Fråga personen om samtycke: **Anteckna personens svar**.",
                ),
                "ward-new.jpg", "Arbetslistan på en avdelning, med knappen Nytt ärende.",
            ),
            Part(
                "Låt patienten gå hem",
                (
                    "**Meddela utskrivningsklar**: läkaren och tiden för bedömningen. Före"
                    " klockan 12 eller efter avgör dagen för betalningsansvaret.",
                    "Blir patienten sämre: **Återta utskrivningsklar**.",
                    "**För över information** senast samma dag. **Anteckna information till"
                    " patienten**.",
                    "**Registrera utskrivning**, och till sist **Avsluta ärendet**.",
                ),
                "ward-case.jpg", "Formuläret för informationsöverföring i ett ärende.",
            ),
        ),
        (
            "**Kvarstår före hemgång** visar vad de andra har gjort.",
            "Skickade du fel? Öppna meddelandet och välj **Rätta meddelandet**.",
            "**Vem har sett** visar levererat, öppnat och kvitterat, med namn.",
            "Felaktigt ärende: **Avbryt ärendet** och skäl.",
        ),
    ),
    Crib(
        "primarvard", "Hälsocentralen",
        "För vårdsamordnaren i öppenvården: fast vårdkontakt och kallelse.",
        (
            Part(
                "Ta emot",
                (
                    "Vyn **Utskrivningsklara** visar vilka som väntar, **Att kvittera** det som"
                    " ingen har tagit hand om.",
                    "**Kvittera**: avsändaren ser ditt namn och tiden.",
                    "Fel enhet: **Vidaresänd**. Inte er person: **Felsänt** och skäl.",
                    "**Utse fast vårdkontakt** före utskrivningen: namn, titel och telefon.",
                ),
                "primary-list.jpg", "Arbetslistan på en hälsocentral, vyn Utskrivningsklara.",
            ),
            Part(
                "Planera och kalla",
                (
                    "**Ge besked om öppenvårdens insatser**: finns, finns inte eller inte"
                    " klarlagt.",
                    "**Kalla till samordnad planering** senast tre dagar efter underrättelsen om"
                    " utskrivningsklar. Dagen står under **Tidsfrister**.",
                    "Tid för mötet kan lämnas tom om ni bestämmer den tillsammans.",
                    "**Skriv planeringsunderlag** för det som de andra ska läsa.",
                ),
                "primary-case.jpg", "Formuläret för kallelse till samordnad planering.",
            ),
        ),
        (
            "Råkade du kvittera? **Lämna tillbaka till inkorgen** i meddelandet.",
            "Du ser kommunens underlag när överenskommelse och samtycke finns. Annars står det"
            " varför du inte ser det.",
            "**Skriv ett meddelande** är fri text och kräver sekretessgrund.",
            "Stängt för dagen: enheten som tar över får det som har en avtalad tid.",
        ),
    ),
    Crib(
        "koordinator", "Kommunens koordinator",
        "För den som sköter kommunens inkorg: kvittera, fördela, svara.",
        (
            Part(
                "Inkorgen",
                (
                    "Vyn **Att kvittera** är enhetens gemensamma inkorg.",
                    "**Kvittera** tar hand om meddelandet med ditt namn.",
                    "**Fördela** till en kollega. **Vidaresänd** till en annan enhet hos er.",
                    "Är personen inte er: **Felsänt** och skäl.",
                ),
                "coordinator-list.jpg", "Kommunens arbetslista, vyn Att kvittera.",
            ),
            Part(
                "Svara och ge besked",
                (
                    "**Svara på inskrivningsmeddelandet**: känd, inte känd eller berör inte oss.",
                    "**Påbörja planeringen**. Det ni skriver läses av dem som personen har"
                    " samtyckt till.",
                    "**Ge besked om mottagande**: kan ta emot och från när, eller vad som saknas.",
                    "**Svara på kallelsen**: ja, nej eller en annan tid.",
                ),
                "coordinator-case.jpg", "Ett ärende hos kommunen, med nästa steg överst.",
            ),
        ),
        (
            "**Tidsfrister** visar dagen för betalningsansvaret, **Så räknas tiden** varför.",
            "Har en kollega hunnit före säger sidan vem.",
            "**Bekräfta hemkomst** när personen har mötts i hemmet.",
            "Utanför bevakad tid går meddelanden till enheten som tar över.",
        ),
    ),
    Crib(
        "handlaggare", "Kommunens handläggare",
        "För handläggaren: planera stödet hemma och ta emot personen.",
        (
            Part(
                "Planera",
                (
                    "**Utskrivningsklara** och **Alla pågående** visar era ärenden. Det som"
                    " brådskar står överst.",
                    "**Kvittera** det som har kommit, och **Svara på inskrivningsmeddelandet**.",
                    "**Påbörja planeringen**: skriv vem som planerar och vad.",
                    "**Skriv planeringsunderlag** när ni vet mer. Välj vad det handlar om: det"
                    " avgör vem som får läsa.",
                ),
                "officer-list.jpg", "Handläggarens arbetslista, vyn Utskrivningsklara.",
            ),
            Part(
                "Ta emot",
                (
                    "**Ge besked om mottagande**: från och med när, eller vad som saknas.",
                    "**Svara på kallelsen** till planeringen.",
                    "Läs informationen som avdelningen för över: läkemedel, risker, hjälpmedel.",
                    "**Bekräfta hemkomst** när någon har mött personen hemma.",
                ),
                "officer-case.jpg", "Formuläret för besked om kommunens mottagande.",
            ),
        ),
        (
            "**Per huvudman** visar vad var och en har skrivit, **Tidslinje** i vilken ordning.",
            "**Historik och åtkomst** visar vem hos er som har läst ärendet.",
            "Frågar du personen om samtycke: **Anteckna personens svar**.",
            "Betalningsansvaret räknas dag för dag: **Så räknas tiden**.",
        ),
    ),
)  # fmt: skip
BY_NAME = {it.name: it for it in CRIBS}


@cache
def sheet(name: str) -> bytes:
    """Return the sheet of a role as a PDF for everybody and for the printer, one A4.

    :raises KeyError: if there is none of that name
    """
    crib = BY_NAME[name]
    content = {
        "title": f"Lathund: {crib.title}",
        "about": crib.about,
        "parts": [
            {
                "title": part.title,
                "steps": [_runs(it) for it in part.steps],
                "picture": part.picture,
                "alt": part.alt,
            }
            for part in crib.parts
        ],
        "good_to_know": [_runs(it) for it in crib.good_to_know],
    }
    with resources.as_file(resources.files(FOLDER) / "cribs") as pictures:
        return pdf("crib.typ", content, verbatim={}, on=MADE_ON, folder=FOLDER, pictures=pictures)


def named(crib: Crib) -> list[str]:
    """Return what a sheet names as the pages do."""
    texts = [it for part in crib.parts for it in part.steps]
    return [word for text in (*texts, *crib.good_to_know) for word in NAMED.findall(text)]


def _runs(text: str) -> Sequence[dict[str, Any]]:
    """Return a text in pieces; every second one is a name of something on a page."""
    pieces = enumerate(NAMED.split(text))
    return [{"text": it, "is_named": bool(number % 2)} for number, it in pieces if it]
