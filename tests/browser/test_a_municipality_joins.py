"""A ninth municipality joins through all eight steps with two people, and so does Gotland's kind.

Served as `make demo` serves it. The gate refuses until a person in each unit has taken on the trial
message; then the first real case goes through. What it took is told at the end, in clicks.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic

import pytest
from playwright.sync_api import Page, expect
from served import BEFORE_EASTER, Demo, SignIn, Somebody

from care.individuals.trial_identities import NUMBERS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]
PATIENCE = 120  # times half a second, until the loop has brought a letter on a busy machine
ALWAYS, WEEKDAYS = ["00.00-24.00"] * 7, ["08.00-16.30"] * 5 + [""] * 2
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
STEPS = ("Organisation", "Avtal", "Enheter och inkorgar", "Roller och uppdrag", "Rutiner",
         "Provmeddelande", "Utbildning", "Start")  # fmt: skip


@dataclass(frozen=True)
class Unit:
    """A unit that the administrator enters."""

    local_id: str
    name: str
    kind: str
    hours: Sequence[str]
    takes_over: str = ""
    is_default: bool = True
    role: str = "inbox_coordinator"

    @property
    def branch(self) -> str:
        """Return the branch that goes with the kind."""
        return "social_care_2022_913" if self.kind == "social_services" else "health_care"


@dataclass(frozen=True)
class Newcomer:
    """A huvudman that joins, with the units that receive there."""

    slug: str
    name: str
    kind: str
    number: str
    county: str
    code: str
    units: tuple[Unit, ...]
    trial: str  # published test numbers: of the trial and of the first case
    first: str

    @property
    def schema(self) -> str:
        """Return its schema."""
        return f"t_{self.slug}"

    def hsa_id(self, local_id: str) -> str:
        """Return an HSA-id of its own."""
        return f"SE{self.number}-{local_id}"


MUNICIPAL = (
    Unit("JOUR", "Socialjouren", "social_services", ALWAYS, is_default=False),
    Unit("BIST", "Biståndsenheten", "social_services", WEEKDAYS, takes_over="JOUR"),
    Unit("HSL", "Hemsjukvården", "municipal_health_care", ALWAYS, role="municipal_nurse"),
)
NORRBY = Newcomer(
    "norrby", "Norrby kommun", "municipality", "2999999622", "23", "2390", MUNICIPAL,
    NUMBERS[-1], NUMBERS[-2],
)  # fmt: skip
GOTLAND = Newcomer(
    "gotland", "Region Gotland", "both", "2999999630", "09", "0980",
    (
        *MUNICIPAL,
        Unit("AVD1", "Avdelning 1", "ward", ALWAYS, role="ward_nurse"),
        Unit("HC1", "Hälsocentralen", "primary_care", ALWAYS, role="care_coordinator"),
    ),
    NUMBERS[-1], NUMBERS[-2],
)  # fmt: skip


@dataclass
class Effort:
    """What the two people of the newcomer have done with their hands."""

    clicks: int = 0
    fields: int = 0
    began: float = field(default_factory=monotonic)

    def __str__(self) -> str:
        return f"{self.clicks} clicks, {self.fields} fields, {monotonic() - self.began:.0f} s"


class Hands:
    """Somebody who clicks and types, and the count of it."""

    def __init__(self, who: Somebody, effort: Effort) -> None:
        self.who, self.page, self.effort = who, who.page, effort

    def press(self, name: str, role: str = "link") -> Page:
        """Click what is called so."""
        self.effort.clicks += 1
        named = re.compile(f"^{re.escape(name)}")
        self.page.get_by_role(role, name=named).first.click()  # type: ignore[arg-type]
        return self.page

    def fill(self, **values: str) -> None:
        """Type, choose or tick in the fields of the form, by their names."""
        for name, value in values.items():
            box = self.page.locator(f"[name={name}]")
            if box.first.get_attribute("type") in ("radio", "checkbox"):
                self.page.locator(f"[name={name}][value={value}]").check()
                self.effort.clicks += 1
            elif box.first.evaluate("it => it.tagName") == "SELECT":
                box.select_option(value)
                self.effort.clicks += 2
            elif value:
                box.fill(value)
                self.effort.fields += 1

    def save(self, button: str = "Spara") -> Page:
        """Send the form, and see that it was taken."""
        before = self.page.url
        self.press(button, "button")
        expect(self.page).not_to_have_url(before)
        return self.page


def wait_for(page: Page, text: str, *, inside: str = "body") -> None:
    """Read a page again until the loop, or the memory of names, has brought what is looked for."""
    for _ in range(PATIENCE):
        if page.locator(inside).get_by_text(text).count():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(f"{text} is not seen on {page.url}")


def record(who: Hands, it: Newcomer, step: str, evidence: str = "") -> Page:
    """Tell of a step that it is done, from the page of the joining."""
    who.press("Anslutning")
    who.press(it.name)
    who.press(f"Anteckna {step}")
    who.fill(
        state="done", responsible="contact_1", evidence=evidence,
        due_on=(BEFORE_EASTER + timedelta(days=20)).date().isoformat(),
    )  # fmt: skip
    return who.press("Spara", "button")


def done(page: Page, count: int) -> None:
    """See how many steps are done."""
    expect(page.get_by_text(f"{count} av 8 steg är klara")).to_be_visible()


def name_contacts(who: Hands, it: Newcomer) -> None:
    for label, name, title in (
        ("Kontaktperson 1", "Ida Norberg", "Systemförvaltare"),
        ("Personuppgiftsansvarig", "Socialnämnden", "Ordförande"),
        ("Dataskyddsombud", "Dataskyddsombudet", "Kommunjurist"),
    ):
        who.press("Anslutning")
        who.press(it.name)
        who.press(f"Namnge {label}")
        who.fill(name=name, title=title)
        who.save()


def enter_units(who: Hands, it: Newcomer) -> None:
    for unit in it.units:
        who.press("Enheter")
        who.press("Ny enhet")
        who.fill(
            hsa_id=it.hsa_id(unit.local_id), name=unit.name, kind=unit.kind, branch=unit.branch,
            phone="063-00 00 00", successor=it.hsa_id(unit.takes_over) if unit.takes_over else "",
            **dict(zip(DAYS, unit.hours, strict=True)),
        )  # fmt: skip
        if unit.hours == ALWAYS:
            who.page.locator("[name=watches_red_days]").check()
        if unit.is_default:
            who.page.locator("[name=is_default]").check()
        who.effort.clicks += 2
        who.save()


def assign(who: Hands, it: Newcomer, unit: str, person: str, name: str, role: str) -> None:
    who.press("Enheter")
    who.press(unit)
    who.press("Nytt uppdrag")
    who.fill(hsa_id=it.hsa_id(person), name=name, role=role, title="Samordnare")
    who.save("Ge uppdraget")


def agree(region: Somebody, signatory: Hands, it: Newcomer) -> None:
    """Let the region draft an agreement with the newcomer, and both sign."""
    page = region.go("/agreements/new")
    wait_for(page, it.name)
    page.locator("[name=title]").fill(f"Överenskommelse om samverkan, {it.name}")
    page.locator("[name=valid_from]").fill(BEFORE_EASTER.date().isoformat())
    page.locator("[name=valid_until]").fill("2095-12-31")
    page.locator("[name=text]").fill("Parterna samverkar vid utskrivning enligt lag (2017:612).")
    page.get_by_label(it.name).check()
    for box in page.locator("[name^=channels_]").all():
        box.check()
    page.get_by_role("button", name="Spara utkastet").click()
    page.get_by_role("link", name="Läs och skriv under").click()
    page.get_by_role("button", name=re.compile("^Skriv under för")).click()
    signatory.press("Överenskommelser")
    signatory.press(f"Överenskommelse om samverkan, {it.name}")
    signatory.press("Läs och skriv under")
    signatory.press("Skriv under för", "button")
    expect(signatory.page.get_by_text("Alla parter har nu skrivit under")).to_be_visible()


def admit(nurse: Somebody, it: Newcomer, number: str, family: str) -> None:
    """Let a ward tell every unit of the newcomer that receives that somebody is admitted."""
    page = nurse.go("/cases/new")
    # Its name at the top of the page comes from the session, those to choose from are remembered.
    wait_for(page, it.name, inside="[name=registered_municipality]")
    page.get_by_label("Personnummer, samordningsnummer").fill(f"{number[:8]}-{number[8:]}")
    page.get_by_label("Förnamn").fill("Test")
    page.get_by_label("Efternamn").fill(family)
    page.get_by_label("Folkbokföringskommun").select_option(label=it.name)
    page.get_by_role("button", name="Fortsätt till inskrivningen").click()
    written = "%Y-%m-%dT%H:%M"
    page.locator("[name=admitted_at]").fill((BEFORE_EASTER - timedelta(hours=2)).strftime(written))
    page.locator("[name=physician]").fill("Jonas Ek")
    leaves = BEFORE_EASTER + timedelta(days=3)
    page.locator("[name=expected_discharge_at]").fill(leaves.strftime(written))
    page.locator("[name=needs][value=social_services]").check()
    for unit in it.units:
        if unit.kind != "ward":
            page.locator(f"[name=recipients][value={it.hsa_id(unit.local_id)}]").check()
    page.get_by_role("button", name="Skicka inskrivningsmeddelandet").click()
    expect(page.get_by_text("Inskrivningsmeddelandet är skickat.")).to_be_visible()


def take_on(who: Hands, unit: str, family: str) -> None:
    """Act at a unit, and take on the message about somebody there."""
    who.page.goto(who.who.demo.url(who.who.slug, "/assignments"))
    who.press(unit, "button")
    page = who.who.go("/?view=all")
    wait_for(page, family)
    who.press(f"Test {family}")
    who.press("Kvittera mottagandet", "button")


def write_to(who: Hands, unit_id: str) -> None:
    """Write a message in the case that is open to one of its other units."""
    path = re.sub(r"^https?://[^/]+", "", who.page.url).split("?")[0]
    page = who.who.go(f"{path}/send-general-message")
    page.locator(f"[name=recipients][value={unit_id}]").check()
    who.fill(subject="Prov inför start", text="Vi har fått er inskrivning.", ground="consent")
    who.page.locator("form[data-guard] button[type=submit]").first.click()
    expect(page).to_have_url(re.compile(f"{re.escape(path)}$"))


@pytest.mark.parametrize("it", [NORRBY, GOTLAND], ids=lambda it: it.kind)
def test_joins_with_two_people(demo: Demo, somebody: SignIn, it: Newcomer) -> None:
    demo.at(BEFORE_EASTER)
    said = demo.samplan(
        "tenant", "add", "--schema", it.schema, "--name", it.name, "--kind", it.kind,
        "--orgnr", it.number, "--county", it.county, "--municipality", it.code,
        "--domain", f"{it.slug}.localhost", "--administrator", it.hsa_id("P001"),
        "--administrator-name", "Ida Norberg", "--phone", "063-00 00 00",
    )  # fmt: skip
    assert "De åtta stegen är öppnade." in said
    is_alone = it.kind == "both"
    effort = Effort()
    ida = Hands(somebody(it.slug, "Ida Norberg"), effort)

    # 1, 3 and 4: who answers for it, the units, and who works there.
    name_contacts(ida, it)
    done(record(ida, it, "Organisation"), 1)
    enter_units(ida, it)
    done(record(ida, it, "Enheter och inkorgar"), 2)
    for unit in it.units:
        assign(ida, it, unit.name, "P002", "Bo Fransson", unit.role)
    assign(ida, it, "Förvaltningen", "P002", "Bo Fransson", "signatory")
    done(record(ida, it, "Roller och uppdrag"), 3)

    # 2: the agreement that both sign; who is both has nobody to agree with.
    bo = Hands(somebody(it.slug, "Bo Fransson"), effort)
    if not is_alone:
        bo.press("Förvaltningen", "button")
        agree(somebody("regionjh", "Ingrid Forsell"), bo, it)
    done(record(ida, it, "Avtal", "Biträdesavtal 2027:14"), 4)
    done(record(ida, it, "Rutiner", "Länets rutin läst 2027-03-20"), 5)
    done(record(ida, it, "Utbildning", "Två av två utbildade"), 6)

    # 6 and 8: the gate refuses until a person in each unit has taken on the trial.
    page = record(ida, it, "Start")
    for unit in it.units:
        expect(
            page.get_by_text(re.compile(f"provmeddelande vid .*{unit.name}")).first
        ).to_be_visible()
    if is_alone:
        nurse = somebody(it.slug, "Bo Fransson")
        nurse.page.get_by_role("button", name=re.compile("Avdelning 1")).click()
    else:
        nurse = somebody("regionjh", "Sara Lindmark")
        nurse.page.get_by_role("button", name=re.compile("Avdelning 202")).click()
    admit(nurse, it, it.trial, "Testsson")
    receiving = [unit for unit in it.units if unit.kind != "ward"]
    for unit in receiving[:-1]:
        take_on(bo, unit.name, "Testsson")
    page = record(ida, it, "Start")
    expect(page.get_by_text("De här stegen är inte klara").first).to_be_visible()
    take_on(bo, receiving[-1].name, "Testsson")
    if is_alone:  # the ward has sent, and must have received too
        write_to(bo, it.hsa_id("AVD1"))
        take_on(bo, "Avdelning 1", "Testsson")
    done(record(ida, it, "Provmeddelande", "Skickat och kvitterat 2027-03-24"), 7)
    done(record(ida, it, "Start"), 8)

    # The first real case goes through.
    admit(nurse, it, it.first, "Riktig")
    take_on(bo, "Biståndsenheten", "Riktig")
    expect(bo.page.get_by_text("Bo Fransson").first).to_be_visible()
    print(f"\n{it.name} has joined: {effort}")
