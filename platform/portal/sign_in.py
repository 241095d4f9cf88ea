"""Why nobody was signed in, in words: what happened, and what the person does."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from care.identity.attempts import Why
from care.identity.permissions import ROLE_LABELS, Role
from care.identity.queries import Held

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Words


@dataclass(frozen=True)
class Cause:
    """Orsak: one sentence on what happened, one on what you do."""

    happened: "Words"
    action: "Words"


CAUSES = {
    Why.CANCELLED: Cause(
        _("Inloggningen avbröts innan den var klar."),
        _("Sätt kortet i läsaren och försök igen."),
    ),
    Why.TOO_MANY_TRIES: Cause(
        _("Inloggningen tog för lång tid, eller så gick du tillbaka till en gammal sida."),
        _("Börja om. Du behöver inte rensa webbläsaren."),
    ),
    Why.NO_COOKIE: Cause(
        _("Webbläsaren sparade inte den kaka som visar att det är du som kommer tillbaka."),
        _("Tillåt kakor för den här adressen och försök igen."),
    ),
    Why.NOT_PROVEN: Cause(
        _("Svaret från inloggningstjänsten gick inte att lita på."),
        _("Försök igen. Händer det en gång till: ring supporten och läs upp koden."),
    ),
    Why.UNREACHABLE: Cause(
        _("Inloggningstjänsten svarar inte."),
        _("Vänta en minut och försök igen. Den som redan är inloggad kan arbeta som vanligt."),
    ),
    Why.WEAK: Cause(
        _("Inloggningen var inte stark nog. Samplan kräver tillitsnivå 3, till exempel SITHS."),
        _("Logga in med ditt kort, inte med lösenord."),
    ),
    Why.NOT_FRESH: Cause(
        _("Inloggningstjänsten frågade dig inte på nytt vem du är."),
        _("Ta ut kortet, sätt i det igen och försök en gång till."),
    ),
    Why.FOREIGN_PREFIX: Cause(
        _("Din inloggning har ett HSA-id som inloggningstjänsten inte får använda."),
        _("Ring supporten och läs upp koden. Felet är anmält."),
    ),
    Why.NO_HSA_ID: Cause(
        _("Inloggningstjänsten sa inget HSA-id för dig."),
        _("Be din HSA-administratör om hjälp."),
    ),
    Why.UNKNOWN_HERE: Cause(
        _("Du är inloggad hos inloggningstjänsten, men är inte upplagd som medarbetare här."),
        _("Kontrollera adressen, eller be en lokal administratör lägga upp dig."),
    ),
}


def turned_to(administrators: Iterable[Held], *, is_signed_in: bool) -> tuple[str, ...]:
    """Return whom a person without an assignment turns to, in a line each.

    Anybody can open the pages of signing in, so they name nobody to whom is not signed in: the
    switchboard of the unit knows who it is.
    """
    if is_signed_in:
        return tuple(f"{it.shown_as}, {it.unit_name}" for it in administrators)
    role = gettext(ROLE_LABELS[Role.LOCAL_ADMINISTRATOR])
    return tuple(dict.fromkeys(f"{role}, {it.unit_name}" for it in administrators))
