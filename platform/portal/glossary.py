"""The words of the pages, explained in plain Swedish; the same terms as docs/glossary.md."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Words


@dataclass(frozen=True)
class Word:
    """A term, what it means, and the paragraph where the law has one."""

    term: "str | Words"
    means: "str | Words"
    paragraph: str = ""


WORDS = (
    Word(
        _("Huvudman"),
        _("En region eller en kommun. Varje huvudman har sina egna uppgifter."),
        "1 kap. 1 §",
    ),
    Word(
        _("Enhet"),
        _(
            "En avdelning, en hälsocentral, en biståndsenhet eller liknande. Meddelanden skickas"
            " till enheter, aldrig till en person."
        ),
        "2 kap. 1 §",
    ),
    Word(
        _("Uppdrag"),
        _("Var du arbetar och i vilken roll. Uppdraget bestämmer vad du ser och får göra."),
    ),
    Word(
        _("Ärende"), _("Allt som hör till en persons utskrivning, från inskrivning till hemgång.")
    ),
    Word(
        _("Inskrivningsmeddelande"),
        _(
            "Avdelningens besked om att en person är inskriven och kan behöva insatser efteråt."
            " Skickas inom 24 timmar."
        ),
        "2 kap. 1–3 §§",
    ),
    Word(
        _("Beräknad utskrivning"),
        _("Den dag och tid då läkaren tror att personen kan lämna sjukhuset."),
        "2 kap. 2 och 4 §§",
    ),
    Word(
        _("Fast vårdkontakt"),
        _(
            "Den person i regionens öppenvård som ser till att planeringen blir av. Ska vara"
            " utsedd före utskrivningen."
        ),
        "2 kap. 5 §",
    ),
    Word(_("Planeringsunderlag"), _("Vad en enhet vet och föreslår inför hemgången.")),
    Word(
        _("Utskrivningsklar"),
        _("Läkaren har bedömt att personen inte längre behöver vård på sjukhus."),
        "3 kap. 1 §",
    ),
    Word(
        _("Kallelse"),
        _(
            "Den fasta vårdkontakten kallar till samordnad individuell planering, senast tre"
            " dagar efter underrättelsen."
        ),
        "4 kap. 3 §",
    ),
    Word(
        _("Samordnad individuell plan, SIP"),
        _("Planen för vem som gör vad efter hemgången. Görs med den enskilde."),
        "4 kap. 1–2 §§",
    ),
    Word(
        _("Betalningsansvar"),
        _("När kommunen betalar för en utskrivningsklar persons dagar på sjukhus."),
        "5 kap.",
    ),
    Word(
        _("Fristdagar"),
        _(
            "Dagarna mellan underrättelsen och betalningsansvaret: tre, eller fyra efter klockan"
            " 12.00. Avtal kan säga annat."
        ),
        "5 kap. 4 §",
    ),
    Word(
        _("Kvittera"),
        _(
            "Ta hand om ett meddelande. Avsändaren ser vem och när. Inget i lagen hänger på"
            " kvitteringen."
        ),
    ),
    Word(_("Vidaresänd"), _("Låta en annan enhet hos er ta emot meddelandet i stället.")),
    Word(
        _("Felsänt"), _("Meddelandet gäller inte er. Avsändaren ser skälet och skickar det rätt.")
    ),
    Word(
        _("Ersätt"), _("Rätta ett meddelande som du har skickat. Det första finns kvar att läsa.")
    ),
    Word(
        _("Samtycke"),
        _(
            "Personens ja till att en annan huvudman läser uppgifter. Säger alltid vilka"
            " uppgifter, och till vem."
        ),
        "lag 2022:913, 3 kap. 1 §",
    ),
    Word(_("Utlämnande"), _("En kopia skickas i ett meddelande och blir mottagarens egen.")),
    Word(
        _("Direktåtkomst"),
        _("En annan huvudman läser uppgiften där den finns. Kräver överenskommelse och samtycke."),
        "lag 2022:913",
    ),
    Word(
        _("Överenskommelse"),
        _("Det som region och kommun har skrivit under om hur de samarbetar och vad de får dela."),
        "4 kap. 4–5 §§",
    ),
    Word(
        _("Sekretessgrund"),
        _("Den regel som låter er lämna ut mer än det lagen redan kräver."),
        "OSL 10, 25 och 26 kap.",
    ),
    Word(
        _("Skyddade personuppgifter"),
        _(
            "Personens namn, adress och enhet får inte visas i listor. Bara de som arbetar i"
            " ärendet ser dem."
        ),
    ),
    Word(_("Röd dag"), _("Söndag eller helgdag. Lagens dagar räknas också på röda dagar.")),
    Word(_("Reservrutin"), _("Vad ni gör när Samplan inte går att nå.")),
)
