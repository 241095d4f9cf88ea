"""What the error pages say, reviewed as content: what happened, what it means, what you do.

Short, active, "du", no abbreviations. A word in braces is filled in by `portal.errors`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Words


@dataclass(frozen=True)
class Text:
    """One error page: its status and its three sentences.

    `leads_to` names the page behind `link`. `keeps` is the word on the button that sends again what
    was typed; where it is empty, nothing is kept.
    """

    status: int
    happened: "str | Words"
    means: "str | Words"
    action: "str | Words"
    link: "str | Words" = ""
    leads_to: str = "portal:home"
    keeps: "str | Words" = ""


NOTHING_SAVED = _("Ingenting har sparats eller skickats.")

NOT_FOUND = Text(
    404,
    _("Sidan finns inte"),
    _("Adressen kan vara fel, eller så deltar din enhet inte i ärendet."),
    _("Gå till startsidan och sök därifrån. Berörs din enhet, be avsändaren skicka till er."),
    _("Till startsidan"),
)
OWN_REQUEST = Text(
    403,
    _("Någon annan måste godkänna uppdraget"),
    _("Du har själv begärt det, eller så är det till dig. Ingen godkänner sitt eget."),
    _("Be en annan lokal administratör eller en undertecknare hos er att besluta."),
    _("Uppdrag att godkänna"),
    "portal:assignment_requests",
)
DECIDED_MEANWHILE = Text(
    409,
    _("Någon annan har redan beslutat"),
    _("Begäran är godkänd eller avslagen sedan du öppnade sidan."),
    _("Läs beslutet i listan."),
    _("Uppdrag att godkänna"),
    "portal:assignment_requests",
)
NOT_OPENED = Text(
    404,
    _("Anslutningen är inte öppnad"),
    _("Ingen har öppnat en anslutning för den huvudmannen."),
    _("Be regionens driftansvariga öppna den, eller välj en annan på beredskapstavlan."),
    _("Till beredskapstavlan"),
    "portal:onboarding",
)
UNKNOWN_HOST = Text(
    404,
    _("Adressen hör inte till någon ansluten huvudman"),
    _("Här finns ingenting att logga in i."),
    _("Kontrollera adressen eller fråga din lokala administratör efter den rätta."),
)
NOT_IN_ROLE = Text(
    403,
    _("Din roll får inte göra det här"),
    _("Uppgiften hör till en annan roll. Ingenting har sparats eller skickats."),
    _(
        "Byt till ett uppdrag som har rätten, eller be en kollega. Din lokala administratör kan"
        " ändra uppdraget."
    ),
    _("Byt uppdrag"),
    "portal:assignments",
)
NOT_ALLOWED = Text(
    403,
    _("Du får inte göra det här"),
    NOTHING_SAVED,
    _("Gå till startsidan. Fråga din lokala administratör om du behöver rätten."),
    _("Till startsidan"),
)
NO_ASSIGNMENT = Text(
    403,
    _("Ditt uppdrag gäller inte längre"),
    _("Uppdraget har upphört, så du ser inga ärenden. Ingenting har sparats eller skickats."),
    _("Välj ett annat uppdrag, eller be din lokala administratör om ett nytt."),
    _("Välj uppdrag"),
    "portal:assignments",
)
NOT_YOUR_ASSIGNMENT = Text(
    403,
    _("Uppdraget är inte ditt"),
    _("Du kan bara arbeta i uppdrag som du själv har. Ditt uppdrag är oförändrat."),
    _("Välj bland dina uppdrag."),
    _("Välj uppdrag"),
    "portal:assignments",
)
SIGNED_OUT = Text(
    401,
    _("Du är inte längre inloggad"),
    _("Det du skrev finns kvar på den här sidan men är inte sparat."),
    _("Logga in i en ny flik, gå tillbaka hit och skicka igen."),
    _("Logga in"),
    "/sign-in",
    _("Skicka igen"),
)
SESSION_ENDED = Text(
    404,
    _("Inloggningen finns inte längre"),
    _("Den är redan avslutad, eller så har tio timmar gått."),
    _("Öppna Mina inloggningar och se var du är inloggad nu."),
    _("Mina inloggningar"),
    "portal:my_sign_ins",
)
LOCKED = Text(
    401,
    _("Skärmen är låst"),
    _(
        "Du har låst den, eller så har du inte gjort något på en halvtimme. Det du hade skrivit är"
        " sparat som utkast."
    ),
    _("Ta fram kortet och visa vem du är, så kommer du tillbaka till samma sida."),
    _("Lås upp"),
    "/sign-in/start",
)
LOCKED_AND_KEPT = Text(
    401,
    _("Skärmen är låst"),
    _(
        "Du har låst den, eller så har du inte gjort något på en halvtimme. Det du skickade är inte"
        " skickat än, men sparat som ditt utkast."
    ),
    _("Visa vem du är, läs utkastet och skicka det."),
    _("Lås upp"),
    "/sign-in/start",
)
LOCKED_KEPT_ELSEWHERE = Text(
    401,
    _("Skärmen är låst"),
    _(
        "Du har låst den, eller så har du inte gjort något på en halvtimme. Det du skickade är bara"
        " sparat, som utkast i det uppdrag som sidan gjordes för."
    ),
    _("Visa vem du är, byt till det uppdraget, läs utkastet och skicka det."),
    _("Lås upp"),
    "/sign-in/start",
)
LOCKED_NOT_KEPT = Text(
    401,
    _("Skärmen är låst"),
    _(
        "Du har låst den, eller så har du inte gjort något på en halvtimme. Det du skickade är inte"
        " skickat och inte sparat: det gick inte att spara som utkast."
    ),
    _("Visa vem du är, öppna sidan igen och skicka därifrån. Skriv om det som inte är ifyllt."),
    _("Lås upp"),
    "/sign-in/start",
)
PROVE_AGAIN = Text(
    401,
    _("Visa vem du är en gång till"),
    _("Det här kräver att du har visat vem du är de senaste fem minuterna."),
    _("Ta fram kortet och visa vem du är, så kommer du tillbaka till samma sida."),
    _("Visa vem du är"),
    "/sign-in/start",
)
PROVE_AGAIN_KEPT = Text(
    401,
    _("Visa vem du är en gång till"),
    _(
        "Det här kräver att du har visat vem du är de senaste fem minuterna. Det du skickade är"
        " inte skickat än, men sparat som ditt utkast."
    ),
    _("Visa vem du är, läs utkastet och skicka det."),
    _("Visa vem du är"),
    "/sign-in/start",
)
PROVE_AGAIN_NOT_KEPT = Text(
    401,
    _("Visa vem du är en gång till"),
    _(
        "Det här kräver att du har visat vem du är de senaste fem minuterna. Det du skickade är"
        " inte skickat och inte sparat."
    ),
    _("Visa vem du är i en ny flik, gå tillbaka hit och skicka igen."),
    _("Visa vem du är"),
    "/sign-in/start",
    _("Skicka igen"),
)
FORM_EXPIRED = Text(
    403,
    _("Sidan hade legat öppen för länge"),
    _("Det du skrev finns kvar på den här sidan men är inte sparat."),
    _("Skicka igen. Ingenting skickas två gånger."),
    keeps=_("Skicka igen"),
)
OTHER_ASSIGNMENT = Text(
    409,
    _("Du har bytt uppdrag i en annan flik"),
    _(
        "Sidan gjordes för ett annat uppdrag än det du har nu. Det du skrev finns kvar på den här"
        " sidan men är inte sparat."
    ),
    _("Byt tillbaka i en ny flik till det uppdrag som du började i, och skicka sedan igen."),
    _("Byt uppdrag"),
    "portal:assignments",
    _("Skicka igen"),
)
NOT_PERMITTED = Text(
    409,
    _("”{act}” går inte att göra nu"),
    _(
        "Ärendet har läget ”{state}”, så handlingen hör inte hemma här. Ingenting har sparats eller"
        " skickats."
    ),
    _("Läs ärendet igen: någon kan ha hunnit före dig. Skicka annars ett generellt meddelande."),
)
TAKEN_BEFORE = Text(
    409,
    _("{by} har redan kvitterat, {at}"),
    _("Meddelandet är omhändertaget. Ditt klick ändrade ingenting."),
    _("Gå tillbaka till arbetslistan. Prata med {by} om du skulle ha tagit det."),
    _("Till arbetslistan"),
)
DEALT_WITH_BEFORE = Text(
    409,
    _("En kollega har redan tagit hand om meddelandet"),
    _("Det är vidaresänt eller returnerat. Ditt klick ändrade ingenting."),
    _("Gå tillbaka till arbetslistan och läs vad som har hänt i ärendet."),
    _("Till arbetslistan"),
)
HAS_OPEN_CASE = Text(
    409,
    _("Personen har redan ett pågående ärende"),
    _("Ett ärende till skulle dela historiken. Inget nytt ärende har skapats."),
    _("Öppna det pågående ärendet och fortsätt där."),
    _("Till ärendet"),
)
HAS_CASE_ELSEWHERE = Text(
    409,
    _("Personen har redan ett pågående ärende"),
    _("En annan enhet hos er huvudman har ärendet. Inget nytt ärende har skapats."),
    _(
        "Ta reda på var personen vårdas eller senast vårdades. Vänd dig till den enheten och be"
        " den skicka till er."
    ),
)
KEY_REUSED = Text(
    422,
    _("Formuläret har redan skickats med andra uppgifter"),
    _("Det första gäller. Det du skickade nu har inte sparats."),
    _("Öppna formuläret på nytt och skriv ändringen där."),
)
IN_FLIGHT = Text(
    409,
    _("Det du skickade tas redan om hand"),
    _("Det första klicket behandlas fortfarande. Ingenting skickas två gånger."),
    _("Vänta några sekunder och läs om sidan."),
)
GROUND_MISSING = Text(
    422,
    _("Meddelandet skickades inte"),
    _("Det innehåller mer än lagen låter er lämna ut utan sekretessgrund."),
    _("Gå tillbaka och välj sekretessgrund, eller ta bort de uppgifter som kräver en."),
    keeps=_("Skicka igen"),
)
GUARDIAN_MAY_NOT_BLOCK = Text(
    409,
    _("Uppgifterna spärrades inte"),
    _("En vårdnadshavare får inte spärra ett barns uppgifter (lag 2022:913 2 kap. 3 §)."),
    _("Fråga barnet. Den som är mogen nog kan begära spärren själv."),
)
NOTHING_TO_BLOCK = Text(
    409,
    _("Uppgifterna spärrades inte"),
    _("Er verksamhet visar inga uppgifter på det sätt som spärren skulle hindra."),
    _("Gå tillbaka och välj en annan spärr, eller låt det vara."),
)
NO_SUCH_BLOCK = Text(
    409,
    _("Spärren hävdes inte"),
    _("Den är redan hävd, eller så hör den till en annan verksamhet."),
    _("Öppna ärendets samtycken och spärrar och se hur det står nu."),
)
REASON_NEEDED = Text(
    409,
    _("Säg först varför du öppnar ärendet"),
    _("Personen har skyddade personuppgifter, och skälet som du angav gäller inte längre."),
    _("Ange skälet. Skicka sedan på nytt: det du skrev finns kvar här."),
    _("Ange skälet"),
    keeps=_("Skicka på nytt"),
)
NOTHING_TO_LIFT = Text(
    409,
    _("Det finns inget skydd att häva"),
    _("Personen är inte markerad hos er. Någon kan ha hävt skyddet före dig."),
    _("Öppna ärendet och se hur det står nu."),
)
NOT_CHECKED = Text(
    409,
    _("Skyddet hävdes inte"),
    _("Det ska vara kontrollerat mot folkbokföringen, och skälet ska stå i historiken."),
    _("Kontrollera, skriv skälet och kryssa i rutan."),
)
NO_LIST = Text(
    409,
    _("Ärendet har ingen lista"),
    _("Bara ärenden för personer med skyddade personuppgifter har en."),
    _("Gå tillbaka till ärendet."),
)
LIST_IS_FULL = Text(
    409,
    _("Listan är full"),
    _("Högst tolv personer på en enhet får se ärendet. Ingen har lagts till."),
    _("Ta bort någon som inte längre behöver ärendet, och lägg till igen."),
)
LAST_READER = Text(
    409,
    _("Någon måste stå kvar på listan"),
    _("Annars kan ingen på enheten se ärendet eller dess meddelanden. Ingen har tagits bort."),
    _("Lägg först till den som ska ta över."),
)
NO_SUCH_READER = Text(
    409,
    _("Personen står inte på listan"),
    _("Någon annan kan ha ändrat den, eller så arbetar personen inte längre på enheten."),
    _("Läs in sidan igen och se vilka som står där nu."),
)
EMERGENCY_NOT_STATED = Text(
    422,
    _("Nödöppningen gjordes inte"),
    _("Grunden är inte kryssad, eller så är texten kortare än 20 tecken."),
    _("Gå tillbaka, skriv vad som har hänt och kryssa i rutan om det är så."),
)
NO_SUCH_EMERGENCY = Text(
    409,
    _("Nödöppningen gäller inte längre"),
    _("Tiden är ute, den är stängd, eller så finns inget att göra med det du valde."),
    _("Öppna ärendet igen. Behövs uppgifterna ännu, nödöppna på nytt."),
)
OWN_ACCESS = Text(
    403,
    _("Du granskar inte det du själv har gjort"),
    _("Det gäller din egen åtkomst. Ingenting är sparat."),
    _("Låt en annan logggranskare ta det."),
)
NEEDS_SECOND_READER = Text(
    409,
    _("En andra granskare behövs"),
    _("Du har antecknat att missbruk misstänks. Då läser en annan person, innan det är klart."),
    _("Be en annan logggranskare hos er att öppna samma rad."),
)
ITEM_SETTLED = Text(
    409,
    _("Raden är redan bedömd"),
    _("Någon hann före, eller så är den klar. Ditt beslut är inte sparat."),
    _("Öppna raden igen och läs vad som står där."),
)
NEEDS_ANOTHER = Text(
    409,
    _("En annan person behövs"),
    _("Den som har begärt nödöppningen kan inte själv vara den andra personen."),
    _("Be en kollega med samma rätt att gå med på den."),
)
EMERGENCY_FOR_HEALTH_CARE = Text(
    403,
    _("Er verksamhet får inte nödöppna"),
    _("Bara vårdgivare får det, aldrig socialtjänst (lag 2022:913 3 kap. 5–6 §§)."),
    _("Ring den enhet som har uppgifterna, eller be om dem i ett meddelande."),
)
NO_RECEIVER = Text(
    422,
    _("Meddelandet skickades inte"),
    _(
        "Ingen mottagande enhet är vald, eller så går den inte att välja. Ingen har fått"
        " uppgifterna."
    ),
    _("Gå tillbaka och välj minst en enhet som tar emot."),
)
NO_SUCH_UNIT = Text(
    422,
    _("Enheten finns inte i adressboken"),
    _("Den kan ha lagts ned. Ingenting har sparats eller skickats."),
    _("Gå tillbaka och välj en annan enhet."),
)
BAD_VALUE = Text(
    422,
    _("En uppgift stämmer inte"),
    NOTHING_SAVED,
    "{problem}",
)
NO_BOARD = Text(
    404,
    _("Ni är inte part i någon gemensam nämnd"),
    _("Här visas de kostnader som parterna i en gemensam nämnd delar."),
    _("Fråga nämndens sekreterare om ni ska vara med."),
)
NOT_THE_HOST = Text(
    403,
    _("Det gör den huvudman som nämnden ligger hos"),
    _("Tabeller, befolkningsunderlag och beslut antecknas där. Ingenting har ändrats."),
    _("Be nämndens sekreterare göra det."),
)
NOT_A_PARTY = Text(
    404,
    _("Överenskommelsen finns inte"),
    _("Den kan gälla andra huvudmän, eller ha en annan text än den du läste."),
    _("Gå till era överenskommelser och öppna den därifrån."),
    _("Till överenskommelserna"),
    "portal:agreements",
)
NO_SUCH_ROUND = Text(
    404,
    _("Omgången finns inte"),
    _("Den kan gälla andra huvudmän, eller en text som ni inte är tillfrågade om."),
    _("Gå till era överenskommelser. Det ni är tillfrågade om står överst."),
    _("Till överenskommelserna"),
    "portal:agreements",
)
NO_SUCH_ROUTINE = Text(
    404,
    _("Rutinen finns inte"),
    _("Den kan höra till ett annat län."),
    _("Gå till rutinerna och öppna den därifrån."),
    _("Till rutinerna"),
    "portal:routines",
)
NOT_THEIR_TEXT = Text(
    403,
    _("Det gör den huvudman som skrev texten"),
    _("Bara den skickar ut texten, svarar på synpunkter och skriver nya versioner av en rutin."),
    _("Lämna en synpunkt, eller be den som skrev texten göra det."),
)
ALREADY_SIGNED = Text(
    409,
    _("Ni har redan skrivit under"),
    _("Den första underskriften gäller. Ingenting har ändrats."),
    _("Gå till överenskommelsen och läs vem som skrev under."),
    _("Till överenskommelserna"),
    "portal:agreements",
)
ALREADY_ENDED = Text(
    409,
    _("Överenskommelsen är redan uppsagd"),
    _("Ingenting delas längre med stöd av den. Ingenting har ändrats."),
    _("Skriv ett nytt utkast om ni vill börja dela igen."),
    _("Till överenskommelserna"),
    "portal:agreements",
)
NOT_BY_ADDRESS = Text(
    405,
    _("Sidan går inte att öppna direkt"),
    _("Adressen tar bara emot det som skickas från en annan sida. Ingenting har ändrats."),
    _("Gå till startsidan och fortsätt därifrån."),
    _("Till startsidan"),
)
BAD_REQUEST = Text(
    400,
    _("Webbläsaren skickade något som inte går att läsa"),
    NOTHING_SAVED,
    _("Gå tillbaka, läs om sidan och försök igen."),
)
TOO_LARGE = Text(
    413,
    _("Det som skickades är för stort"),
    NOTHING_SAVED,
    _("En fil får vara högst 20 MB. Dela den, eller be driften läsa in den med ett kommando."),
)
TOO_OFTEN = Text(
    429,
    _("Det gick för fort"),
    NOTHING_SAVED,
    _(
        "Vänta {wait} och försök igen. Ingen låses ute. Händer det ofta, säg till din"
        " lokala administratör."
    ),
    keeps=_("Skicka igen"),
)
DATABASE_AWAY = Text(
    503,
    _("Samplan når inte sin databas just nu"),
    _(
        "Det är inte säkert att det du gjorde har sparats. Det du skrev finns kvar på den här"
        " sidan."
    ),
    _(
        "Vänta en minut och försök igen. Ingenting sparas två gånger. Är det bråttom: ring"
        " mottagaren och följ er reservrutin."
    ),
    keeps=_("Försök igen"),
)
UNEXPECTED = Text(
    500,
    _("Något gick fel hos oss"),
    _("Det är inte säkert att det du gjorde har sparats. Felet är antecknat."),
    _(
        "Läs ärendet eller sidan igen innan du gör om det. Ring supporten och läs upp koden om det"
        " händer igen."
    ),
)
