"""What may be told to whom: the gates of secrecy for a message (utlämnande, OSL).

Each gate is a row with its paragraph. A gate says who may tell whom what about a person with which
will, and whether somebody must assess something first. One open gate is enough.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Teller(StrEnum):
    """Den som lämnar uppgiften: hälso- och sjukvården (25 kap.) eller socialtjänsten (26 kap.)."""

    HEALTH_CARE = "health_care"
    SOCIAL_SERVICES = "social_services"


class Receiver(StrEnum):
    """Den som får uppgiften."""

    HEALTH_CARE = "health_care"
    SOCIAL_SERVICES = "social_services"
    PRIVATE_PROVIDER = "private_provider"
    RELATIVE = "relative"


class Content(StrEnum):
    """Vad uppgiften är: inskrivningsmeddelandets innehåll, eller något därutöver."""

    CORE = "core"
    BEYOND = "beyond"


class Will(StrEnum):
    """Den enskildes vilja."""

    CONSENTS = "consents"
    NOT_ASKED = "not_asked"
    UNABLE = "unable"
    OBJECTS = "objects"


class Answer(StrEnum):
    """Svar: ja, eller ja efter prövning. Den prövningen är alltid möjlig; nej kan bli dess slut."""

    YES = "yes"
    ASSESS = "assess"


@dataclass(frozen=True)
class Situation:
    """What is asked about.

    :param is_vulnerable: under 18, continuing addiction, or in care under LPT or LRV
    """

    teller: Teller
    receiver: Receiver
    content: Content
    will: Will
    is_vulnerable: bool = False


@dataclass(frozen=True)
class Gate:
    """One row: a way past secrecy, and the paragraph. It opens where every condition holds."""

    name: str
    statute: str
    answer: Answer
    text_sv: str
    tellers: frozenset[Teller] = frozenset(Teller)
    receivers: frozenset[Receiver] = frozenset(Receiver)
    contents: frozenset[Content] = frozenset(Content)
    wills: frozenset[Will] = frozenset(Will)
    is_for_vulnerable: bool = False

    def opens(self, it: Situation) -> bool:
        """Tell whether the gate opens."""
        return (
            it.teller in self.tellers
            and it.receiver in self.receivers
            and it.content in self.contents
            and it.will in self.wills
            and (it.is_vulnerable or not self.is_for_vulnerable)
        )


@dataclass(frozen=True)
class Caution:
    """One row: what is easily believed to be a gate and is none, and the paragraph."""

    name: str
    statute: str
    text_sv: str
    tellers: frozenset[Teller] = frozenset(Teller)
    receivers: frozenset[Receiver] = frozenset(Receiver)
    wills: frozenset[Will] = frozenset(Will)

    def concerns(self, it: Situation) -> bool:
        """Tell whether it should be said."""
        return it.teller in self.tellers and it.receiver in self.receivers and it.will in self.wills


@dataclass(frozen=True)
class Advice:
    """Vägledning: the answer, the gates that open, and what is no gate."""

    answer: Answer
    gates: tuple[Gate, ...]
    cautions: tuple[Caution, ...]


_CARE = frozenset({Teller.HEALTH_CARE})
_SOCIAL = frozenset({Teller.SOCIAL_SERVICES})
_PUBLIC = frozenset({Receiver.HEALTH_CARE, Receiver.SOCIAL_SERVICES})
_PROVIDERS = _PUBLIC | {Receiver.PRIVATE_PROVIDER}
_NOT_CONSENTING = frozenset(Will) - {Will.CONSENTS}

GATES: tuple[Gate, ...] = (
    Gate(
        "consent",
        "OSL 10 kap. 1 §, 12 kap. 2 §",
        Answer.YES,
        "Personen har samtyckt. Lämna det som samtycket gäller, till den som det gäller.",
        wills=frozenset({Will.CONSENTS}),
    ),
    Gate(
        "duty_to_notify",
        "OSL 10 kap. 28 §",
        Answer.YES,
        "Inskrivningsmeddelandet ska skickas också utan samtycke: namn, personnummer, "
        "folkbokföringsadress (inte adress vid skyddade personuppgifter) och beräknad dag för "
        "utskrivning (lag (2017:612) 2 kap. 1–3 §§).",
        tellers=_CARE,
        receivers=_PUBLIC,
        contents=frozenset({Content.CORE}),
    ),
    Gate(
        "unable_to_consent",
        "OSL 25 kap. 13 §",
        Answer.YES,
        "Personen kan inte samtycka, på grund av sitt hälsotillstånd eller av annat skäl. Lämna "
        "det som behövs för nödvändig vård, omsorg, behandling eller annat stöd.",
        tellers=_CARE,
        receivers=_PROVIDERS,
        wills=frozenset({Will.UNABLE}),
    ),
    Gate(
        "vulnerable",
        "OSL 25 kap. 12 §, 26 kap. 9 §",
        Answer.YES,
        "Personen är under 18 år, missbrukar fortgående eller vårdas med tvång (LPT, LRV), och "
        "uppgiften behövs för nödvändig vård, behandling eller annat stöd. Lämna bara det som "
        "behövs.",
        receivers=_PUBLIC,
        is_for_vulnerable=True,
    ),
    Gate(
        "no_harm",
        "OSL 25 kap. 1 §, 26 kap. 1 §",
        Answer.ASSESS,
        "Det står klart att uppgiften kan lämnas utan att personen eller någon närstående lider "
        "men. Pröva varje uppgift för sig och anteckna vad du kom fram till. Har personen sagt nej "
        "räcker prövningen sällan.",
        wills=_NOT_CONSENTING,
    ),
    Gate(
        "own_activity",
        "OSL 10 kap. 2 §",
        Answer.ASSESS,
        "Det är nödvändigt för att ni ska kunna utföra er egen uppgift. Grunden är till för "
        "undantag: att den andra har nytta av uppgiften räcker inte.",
        wills=_NOT_CONSENTING,
    ),
)

CAUTIONS: tuple[Caution, ...] = (
    Caution(
        "general_clause",
        "OSL 10 kap. 27 §",
        "Generalklausulen gäller inte för hälso- och sjukvårdens och socialtjänstens sekretess.",
        receivers=_PUBLIC,
        wills=_NOT_CONSENTING,
    ),
    Caution(
        "no_twin_in_social_services",
        "OSL 25 kap. 13 §",
        "Regeln om den som inte kan samtycka gäller bara när hälso- och sjukvården lämnar. "
        "Socialtjänsten har ingen sådan regel.",
        tellers=_SOCIAL,
        wills=frozenset({Will.UNABLE}),
    ),
    Caution(
        "reading_in_place",
        "lag (2022:913) 3 kap. 1–2 §§",
        "Att läsa varandras uppgifter i det gemensamma ärendet är något annat än att lämna ut dem. "
        "Det kräver en överenskommelse och personens samtycke, och öppnas inte av grunderna här.",
        receivers=_PROVIDERS,
    ),
)


def advise(it: Situation) -> Advice:
    """Return what may be told, on which grounds, those without an assessment first."""
    gates = sorted((gate for gate in GATES if gate.opens(it)), key=_assessed_last)
    return Advice(
        gates[0].answer,
        tuple(gates),
        tuple(caution for caution in CAUTIONS if caution.concerns(it)),
    )


def teller_of(branch: str) -> Teller:
    """Return which chapter's secrecy holds in a branch (verksamhetsgren)."""
    return Teller.HEALTH_CARE if branch == "health_care" else Teller.SOCIAL_SERVICES


def grounds_of(teller: Teller) -> Iterable[Gate]:
    """Yield the gates on which a teller can rest what goes beyond the core, in their order."""
    return (it for it in GATES if teller in it.tellers and Content.BEYOND in it.contents)


def _assessed_last(gate: Gate) -> bool:
    return gate.answer is Answer.ASSESS
