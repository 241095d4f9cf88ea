"""What can go wrong, as RFC 9457 says it: one row for each type, with what to do about it.

The types are stable: a client may decide by them. The words are for people and may change.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """Fel: its type, the status it comes with, what has happened, and what to do."""

    name: str
    status: int
    title: str
    detail: str

    @property
    def type(self) -> str:
        """Return the address of the type; it names the problem and leads nowhere."""
        return f"urn:samplan:problem:{self.name}"


MALFORMED = Problem(
    "malformed", 400, "Anropet går inte att läsa",
    "Skicka JSON i UTF-8 enligt beskrivningen av operationen.",
)  # fmt: skip
KEY_MISSING = Problem(
    "idempotency-key-missing", 400, "Idempotency-Key saknas",
    "Skicka ett nytt UUID i huvudet Idempotency-Key med varje ändring, och samma igen när du"
    " skickar om den.",
)  # fmt: skip
CHOOSE_ASSIGNMENT = Problem(
    "choose-assignment", 400, "Det finns flera uppdrag att agera i",
    "Välj ett av dem i huvudet X-Samplan-Assignment. GET /assignments visar dem.",
)  # fmt: skip
BAD_TOKEN = Problem(
    "invalid-token", 401, "Åtkomsttoken saknas eller gäller inte",
    "Hämta en ny token med client_credentials och skicka den i huvudet Authorization: Bearer.",
)  # fmt: skip
NO_ASSIGNMENT = Problem(
    "no-assignment", 403, "Inget uppdrag att agera i",
    "Be huvudmannens lokala administratör om ett uppdrag för systemet vid enheten. Den som anges i"
    " X-Samplan-End-User behöver ett eget uppdrag vid samma enhet.",
)  # fmt: skip
NOT_ALLOWED = Problem(
    "not-allowed", 403, "Rollen eller tokens omfattning räcker inte",
    "Kontrollera vilken omfattning (scope) operationen kräver och vilken roll uppdraget har.",
)  # fmt: skip
TLS_NEEDED = Problem(
    "tls-needed", 403, "API:et anropas bara över https",
    "Byt adressen till https, och byt den nyckel som kan ha lästs på vägen.",
)  # fmt: skip
REASON_NEEDED = Problem(
    "reason-needed", 403, "Personen har skyddade personuppgifter",
    "Ärendet öppnas bara av en person i Samplan, som anger varför.",
)  # fmt: skip
END_USER_NEEDED = Problem(
    "end-user-needed", 403, "Bara en person kan göra det här",
    "Ange personens HSA-id i huvudet X-Samplan-End-User. En kvittens görs av någon med namn.",
)  # fmt: skip
NOT_FOUND = Problem(
    "not-found", 404, "Det finns inget här för er",
    "Kontrollera adressen, och att enheten deltar i ärendet. Det som inte är ert visas inte.",
)  # fmt: skip
METHOD_NOT_ALLOWED = Problem(
    "method-not-allowed", 405, "Adressen har inte den metoden",
    "Använd en av metoderna i huvudet Allow.",
)  # fmt: skip
NOT_ACCEPTABLE = Problem(
    "not-acceptable", 406, "Svaret finns inte i det format som du ber om",
    "Skicka Accept: application/json.",
)  # fmt: skip
NOT_PERMITTED = Problem(
    "not-permitted", 409, "Ärendets läge tillåter inte händelsen",
    "Läs ärendets läge och vilka händelser som är möjliga nu.",
)  # fmt: skip
TAKEN_BEFORE = Problem(
    "taken-before", 409, "Någon annan har redan tagit hand om meddelandet",
    "Läs meddelandet igen. Inget har ändrats.",
)  # fmt: skip
HAS_OPEN_CASE = Problem(
    "has-open-case", 409, "Personen har redan ett ärende som pågår",
    "Fortsätt i det ärendet, om enheten deltar i det. Annars: kontakta den enhet som har det.",
)  # fmt: skip
TOO_MANY_WEBHOOKS = Problem(
    "too-many-webhooks", 409, "Klienten har så många webhooks som den får ha vid enheten",
    "Ta bort en som inte används.",
)  # fmt: skip
IN_FLIGHT = Problem(
    "in-flight", 409, "Samma anrop besvaras just nu",
    "Vänta det antal sekunder som Retry-After säger och skicka om med samma Idempotency-Key.",
)  # fmt: skip
STALE = Problem(
    "stale", 412, "Resursen har ändrats sedan du läste den",
    "Läs den igen, gör om ändringen och skicka den nya ETag i If-Match.",
)  # fmt: skip
TOO_LARGE = Problem(
    "too-large", 413, "Anropet är för stort", "Skicka högst en miljon byte.",
)  # fmt: skip
UNSUPPORTED = Problem(
    "unsupported-media-type", 415, "Innehållet är inte JSON",
    "Skicka Content-Type: application/json.",
)  # fmt: skip
INVALID = Problem(
    "invalid", 422, "Något i innehållet stämmer inte",
    "Rätta det som står i errors och skicka om med en ny Idempotency-Key.",
)  # fmt: skip
GROUND_MISSING = Problem(
    "ground-missing", 422, "Sekretessgrund saknas",
    "Det som går utöver lagens kärna behöver en sekretessgrund i fältet ground.",
)  # fmt: skip
NO_RECEIVER = Problem(
    "no-receiver", 422, "Ingen mottagare",
    "Ange minst en enhet som tar emot meddelanden, och som inte är er egen.",
)  # fmt: skip
KEY_REUSED = Problem(
    "idempotency-key-reused", 422, "Idempotency-Key är använd till något annat",
    "Skicka ett nytt UUID: nyckeln hör till ett anrop med annat innehåll.",
)  # fmt: skip
IF_MATCH_MISSING = Problem(
    "if-match-missing", 428, "If-Match saknas",
    "Läs resursen och skicka dess ETag i huvudet If-Match.",
)  # fmt: skip
TOO_OFTEN = Problem(
    "too-many-requests", 429, "För många anrop",
    "Vänta det antal sekunder som Retry-After säger.",
)  # fmt: skip
FAULT = Problem(
    "fault", 500, "Något gick fel hos oss",
    "Försök igen med samma Idempotency-Key. Kvarstår felet: ange reference till supporten.",
)  # fmt: skip
UNAVAILABLE = Problem(
    "unavailable", 503, "Tjänsten svarar inte just nu",
    "Vänta det antal sekunder som Retry-After säger och försök igen.",
)  # fmt: skip

ALL = tuple(it for it in list(globals().values()) if isinstance(it, Problem))
