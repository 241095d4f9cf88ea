"""The demo county: names and codes of huvudmän are real; units, people and numbers are invented.

Region Jämtland Härjedalen and its eight municipalities. Nothing here is about anybody.
"""

from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from care.identity.permissions import Role
from project.demo import Persona
from tenants.apart import MARK

NAMESPACE = UUID("2b8c1f6e-0000-4000-8000-000000000023")
COUNTY = "23"
WEEKDAYS = {day: ["08:00", "16:30"] for day in ("mon", "tue", "wed", "thu", "fri")}
EVENINGS = {day: ["16:00", "24:00"] for day in ("mon", "tue", "wed", "thu", "fri")} | {
    day: ["00:00", "24:00"] for day in ("sat", "sun")
}
ALWAYS = {day: ["00:00", "24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@dataclass(frozen=True)
class Huvudman:
    """A tenant of the demo."""

    slug: str
    name: str
    kind: str
    organisation_number: str
    municipality_code: str = ""
    weight: int = 1  # how many of the ordinary cases are its own

    @property
    def schema(self) -> str:
        """Return the name of its schema and role."""
        return f"t_{self.slug}"

    @property
    def host(self) -> str:
        """Return its host name."""
        return f"{self.slug}.localhost"


REGION = Huvudman("regionjh", "Region Jämtland Härjedalen", "region", "2999999218")
MUNICIPALITIES = (
    Huvudman("ragunda", "Ragunda kommun", "municipality", "2999999135", "2303", 3),
    Huvudman("bracke", "Bräcke kommun", "municipality", "2999999143", "2305", 3),
    Huvudman("krokom", "Krokoms kommun", "municipality", "2999999150", "2309", 12),
    Huvudman("stromsund", "Strömsunds kommun", "municipality", "2999999168", "2313", 5),
    Huvudman("are", "Åre kommun", "municipality", "2999999176", "2321", 6),
    Huvudman("berg", "Bergs kommun", "municipality", "2999999184", "2326", 3),
    Huvudman("harjedalen", "Härjedalens kommun", "municipality", "2999999192", "2361", 4),
    Huvudman("ostersund", "Östersunds kommun", "municipality", "2999999200", "2380", 14),
)
HUVUDMAN = (REGION, *MUNICIPALITIES)
KROKOM = MUNICIPALITIES[2]
HEALTH_CENTRES = {
    "2303": "Hälsocentralen Forsen",
    "2305": "Hälsocentralen Sjön",
    "2309": "Hälsocentralen Älven",
    "2313": "Hälsocentralen Strömmen",
    "2321": "Hälsocentralen Fjället",
    "2326": "Hälsocentralen Berget",
    "2361": "Hälsocentralen Skogen",
    "2380": "Hälsocentralen Torget",
}
WARDS = (
    ("AVD201", "Avdelning 201 medicin"),
    ("AVD202", "Avdelning 202 geriatrik"),
    ("AVD203", "Avdelning 203 ortopedi"),
    ("AVD301", "Avdelning 301 psykiatri"),
)


@dataclass(frozen=True)
class Enhet:
    """A unit of the demo."""

    huvudman: Huvudman
    local_id: str
    name: str
    kind: str
    branch: str
    hours: dict[str, list[str]]
    watches_red_days: bool = False
    successor: str = ""
    is_default: bool = True

    @property
    def hsa_id(self) -> str:
        """Return its HSA-id."""
        return hsa_id(self.huvudman, self.local_id)


def hsa_id(huvudman: Huvudman, local_id: str) -> str:
    """Return an HSA-id of a huvudman."""
    return f"SE{huvudman.organisation_number}-{local_id}"


def units() -> tuple[Enhet, ...]:
    """Return every unit of the county."""
    wards = tuple(
        Enhet(REGION, local, name, "ward", "health_care", ALWAYS, True) for local, name in WARDS
    )
    centres = tuple(
        Enhet(
            REGION,
            f"HC{code}",
            name,
            "primary_care",
            "health_care",
            WEEKDAYS,
            successor=hsa_id(REGION, "JOURHC"),
            is_default=False,  # of eight the ward chooses the one where the person is listed
        )
        for code, name in HEALTH_CENTRES.items()
    )
    duty = Enhet(
        REGION, "JOURHC", "Jourcentralen", "primary_care", "health_care", EVENINGS, True,
        is_default=False,
    )  # fmt: skip
    staff_office = Enhet(
        REGION, "STAB", "Regionstaben", "administration", "health_care", WEEKDAYS, is_default=False
    )
    municipal = tuple(unit for huvudman in MUNICIPALITIES for unit in _municipal(huvudman))
    return (*wards, *centres, duty, staff_office, *municipal)


def _municipal(huvudman: Huvudman) -> tuple[Enhet, ...]:
    place = huvudman.name.removesuffix(" kommun").removesuffix("s")
    return (
        Enhet(
            huvudman,
            "BIST",
            f"Biståndsenheten {place}",
            "social_services",
            "social_care_2022_913",
            WEEKDAYS,
            successor=hsa_id(huvudman, "JOUR"),
        ),
        Enhet(
            huvudman,
            "HSL",
            f"Hemsjukvården {place}",
            "municipal_health_care",
            "health_care",
            ALWAYS,
            True,
        ),
        Enhet(
            huvudman,
            "JOUR",
            f"Socialjouren {place}",
            "social_services",
            "social_care_2022_913",
            ALWAYS,
            True,
            is_default=False,
        ),
        Enhet(
            huvudman,
            "ADM",
            f"Vård- och omsorgskontoret {place}",
            "administration",
            "other_social_services",
            WEEKDAYS,
            is_default=False,
        ),
    )


@dataclass(frozen=True)
class Medarbetare:
    """Somebody who works in the demo, in one or more assignments."""

    huvudman: Huvudman
    local_id: str
    name: str
    title: str
    assignments: tuple[tuple[str, Role], ...]  # unit's local id, role
    story: str = ""  # of a persona

    @property
    def hsa_id(self) -> str:
        """Return the person's HSA-id."""
        return hsa_id(self.huvudman, self.local_id)

    @property
    def id(self) -> UUID:
        """Return the same identity at each seeding."""
        return uuid5(NAMESPACE, self.hsa_id)


NURSE = Medarbetare(
    REGION, "P1001", "Sara Lindmark", "Sjuksköterska",
    (("AVD202", Role.WARD_NURSE), ("AVD201", Role.WARD_NURSE)),
    "Skickar inskrivningsmeddelanden och underrättelser från avdelningen. Har två uppdrag.",
)  # fmt: skip
PHYSICIAN = Medarbetare(
    REGION, "P1002", "Jonas Ek", "Överläkare", (("AVD202", Role.TREATING_PHYSICIAN),),
    "Behandlande läkare: bedömer när någon är utskrivningsklar.",
)  # fmt: skip
COORDINATOR = Medarbetare(
    REGION, "P1003", "Lena Uusitalo", "Distriktssköterska", (("HC2309", Role.CARE_COORDINATOR),),
    "Primärvårdens samordnare: utser fast vårdkontakt och kallar till SIP.",
)  # fmt: skip
INBOX_COORDINATOR = Medarbetare(
    KROKOM, "P2001", "Karin Nyström", "Koordinator", (("BIST", Role.INBOX_COORDINATOR),),
    "Tar emot och fördelar kommunens meddelanden, svarar och startar planeringen.",
)  # fmt: skip
CASE_OFFICER = Medarbetare(
    KROKOM, "P2002", "Mikael Hedlund", "Biståndshandläggare", (("BIST", Role.CASE_OFFICER),),
    "Handlägger insatserna som behövs hemma.",
)  # fmt: skip
MUNICIPAL_NURSE = Medarbetare(
    KROKOM, "P2003", "Eva Sandin", "Sjuksköterska", (("HSL", Role.MUNICIPAL_NURSE),),
    "Kommunens hälso- och sjukvård: planerar hemsjukvården.",
)  # fmt: skip
ON_DUTY = Medarbetare(
    KROKOM, "P2004", "Tomas Viklund", "Socialsekreterare", (("JOUR", Role.INBOX_COORDINATOR),),
    "Socialjouren: får det som ingen hunnit kvittera.",
)  # fmt: skip
ADMINISTRATOR = Medarbetare(
    KROKOM, "P2005", "Anna Bergström", "Systemförvaltare",
    (("ADM", Role.LOCAL_ADMINISTRATOR),),
    "Lokal administratör: enheter, uppdrag, och kommunens synpunkter på remisser.",
)  # fmt: skip
SIGNATORY = Medarbetare(
    KROKOM, "P2006", "Per-Olof Lundin", "Förvaltningschef", (("ADM", Role.SIGNATORY),),
    "Undertecknar överenskommelser för kommunen.",
)  # fmt: skip
REGION_SIGNATORY = Medarbetare(
    REGION, "P1004", "Ingrid Forsell", "Regiondirektör", (("STAB", Role.SIGNATORY),),
    "Skriver överenskommelser, skickar dem på remiss och undertecknar för regionen.",
)  # fmt: skip
SECRETARY = Medarbetare(
    REGION, "P1005", "Gunilla Åsberg", "Nämndsekreterare", (("STAB", Role.BOARD_SECRETARY),),
    "Sekreterare i gemensamma nämnden: kostnadstabeller, fördelning och beslut.",
)  # fmt: skip
REGION_ECONOMIST = Medarbetare(
    REGION, "P1006", "Marie Wallgren", "Ekonom", (("STAB", Role.ECONOMIST),),
    "Ekonom hos regionen: attesterar fakturor tillsammans med sekreteraren, och bokför dem.",
)  # fmt: skip
OPERATOR = Medarbetare(
    REGION, "P1007", "Ola Sandberg", "Förvaltningsledare", (("STAB", Role.OPERATOR),),
    "Driftansvarig: öppnar kommunernas anslutningar och sköter länets rutiner.",
)  # fmt: skip
REGION_ADMINISTRATOR = Medarbetare(
    REGION, "P1008", "Yvonne Dahlgren", "Systemförvaltare", (("STAB", Role.LOCAL_ADMINISTRATOR),),
    "Lokal administratör hos regionen: enheter, uppdrag och bytet från ett gammalt system.",
)  # fmt: skip
REVIEWER = Medarbetare(
    KROKOM, "P2008", "Birgitta Lo", "Säkerhetssamordnare", (("ADM", Role.LOG_REVIEWER),),
    "Logggranskare: granskar vem som har läst vad, följer upp nödöppningar, ger ut loggutdrag.",
)  # fmt: skip
REGION_REVIEWERS = (
    Medarbetare(
        REGION, "P1009", "Staffan Wedin", "Informationssäkerhetssamordnare",
        (("STAB", Role.LOG_REVIEWER),),
        "Logggranskare hos regionen: drar stickprov, följer upp nödöppningar, ger ut loggutdrag.",
    ),
    Medarbetare(
        REGION, "P1010", "Maj-Britt Hall", "Jurist", (("STAB", Role.LOG_REVIEWER),),
        "Andra granskare hos regionen, där missbruk misstänks.",
    ),
)  # fmt: skip
ECONOMISTS = tuple(
    Medarbetare(
        huvudman, "P2007", name, "Controller", (("ADM", Role.ECONOMIST),),
        "Kommunens ekonom: läser kommunens andel, ned till kvoten, och invänder.",
    )
    for huvudman, name in zip(
        MUNICIPALITIES,
        ("Lisbeth Norén", "Jan-Erik Flod", "Henrik Sjödin", "Carina Lövgren", "Petra Hallin",
         "Stig Engman", "Anneli Bäck", "Magnus Tidholm"),
        strict=True,
    )
)  # fmt: skip
ECONOMIST = ECONOMISTS[2]
STRANGER = Medarbetare(
    MUNICIPALITIES[4], "P2001", "Olle Ström", "Koordinator", (("BIST", Role.INBOX_COORDINATOR),),
    "Koordinator i Åre: ser Åres ärenden och inga andra.",
)  # fmt: skip

NAMED = (
    NURSE, PHYSICIAN, COORDINATOR, INBOX_COORDINATOR, CASE_OFFICER, MUNICIPAL_NURSE, ON_DUTY,
    ADMINISTRATOR, SIGNATORY, REGION_SIGNATORY, SECRETARY, REGION_ECONOMIST, OPERATOR,
    REGION_ADMINISTRATOR, STRANGER, REVIEWER, *REGION_REVIEWERS,
    *ECONOMISTS,
)  # fmt: skip

_NAMES = (
    "Britta Nord", "Stefan Åslund", "Helena Wik", "Mats Ljung", "Agneta Strand", "Robert Öhman",
    "Camilla Fält", "Anders Hed", "Monica Blad", "Fredrik Dahl", "Ulrika Moen", "Kjell Rask",
    "Therese Holm", "Göran Lind", "Malin Sjö", "Bengt Törn", "Jenny Ås", "Peter Kvist",
    "Susanne Berg", "Roger Ek", "Linda Malm", "Thomas Frisk", "Elin Grahn", "Patrik Ros",
    "Åsa Hägg", "Daniel Björk", "Marie Sten", "Lars Alm", "Sofia Gren", "Erik Vall",
    "Kristina Dal", "Niklas Hav", "Barbro Lund", "Ove Myr", "Ylva Sund", "Henrik Asp",
)  # fmt: skip


def staff() -> tuple[Medarbetare, ...]:
    """Return everybody who works in the county: the named ones, and one at every other unit."""
    # An economist and a log reviewer share the office with whoever signs for the municipality.
    held = {
        (it.huvudman.slug, unit)
        for it in NAMED
        for unit, role in it.assignments
        if role not in (Role.ECONOMIST, Role.LOG_REVIEWER)
    }
    role_of = {
        "ward": (Role.WARD_NURSE, "Sjuksköterska"),
        "primary_care": (Role.CARE_COORDINATOR, "Distriktssköterska"),
        "social_services": (Role.INBOX_COORDINATOR, "Koordinator"),
        "municipal_health_care": (Role.MUNICIPAL_NURSE, "Sjuksköterska"),
        "administration": (Role.SIGNATORY, "Förvaltningschef"),
    }
    names = iter(_NAMES * 2)
    others = []
    for number, unit in enumerate(units()):
        if (unit.huvudman.slug, unit.local_id) in held:
            continue
        role, title = role_of[unit.kind]
        others.append(
            Medarbetare(
                unit.huvudman, f"P9{number:03d}", next(names), title, ((unit.local_id, role),)
            )
        )
    return (*NAMED, *others)


_PERSONAS = tuple(
    Persona(
        tenant=it.huvudman.name,
        host=it.huvudman.host,
        hsa_id=it.hsa_id,
        name=it.name,
        title=it.title,
        unit_name=next(
            unit.name
            for unit in units()
            if unit.huvudman == it.huvudman and unit.local_id == it.assignments[0][0]
        ),
        story=it.story,
    )
    for it in NAMED
)
LEARNERS = (NURSE, COORDINATOR, INBOX_COORDINATOR, CASE_OFFICER, MUNICIPAL_NURSE)
PERSONAS = (
    *_PERSONAS,
    *(
        replace(
            it,
            tenant=f"{it.tenant} ({MARK})",
            host=f"ovning-{it.host}",
            story="Övar i övningsmiljön, med uppdiktade personer.",
        )
        for it in _PERSONAS
        if it.hsa_id in {who.hsa_id for who in LEARNERS}
    ),
)
