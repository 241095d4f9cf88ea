"""The people of the demo: Skatteverket's published test numbers only, with made-up names."""

from dataclasses import dataclass
from random import Random

from faker import Faker

from care.individuals.operations import Person, identity_number
from project.demo.county import KROKOM, MUNICIPALITIES

# They stand in Skatteverket's list of test numbers and in the national test data; nobody has them.
NUMBERS = """
190301249801 193008077723 193012299263 193805028432 194001079120 194004057032 194201199124
194408139089 194502024732 194504118359 195102031753 195312242083 195702182568 195711212893
195712302842 196107293059 196108193175 196108283166 196109072972 196201082697 196404153832
197103011032 197907179191 197911109291 197912309296 198101079294 198705212382 198808112380
199001252387 199006022397 199007212393 199007282388 199007302384 199107172380 199212252382
199312162390 199312172381 199504242398 199610202385 199705162387 199710182396 199912282382
200001022391 200001032382 200001042399 200001052380 200002262384 200007312382 200304302383
200510162381 200512312398
""".split()
IN_STORIES = 6
STREETS = ("Storgatan", "Kyrkvägen", "Skolgatan", "Bygatan", "Fjällvägen", "Sjövägen")
PLACES = {
    "2303": "Hammarstrand", "2305": "Bräcke", "2309": "Krokom", "2313": "Strömsund",
    "2321": "Järpen", "2326": "Svenstavik", "2361": "Sveg", "2380": "Östersund",
}  # fmt: skip
LANGUAGES = ("", "", "", "", "", "", "finska", "sydsamiska", "arabiska", "tigrinja")


@dataclass(frozen=True)
class Invented:
    """A person of the demo, and where she lives."""

    person: Person
    municipality_code: str


def people(random: Random) -> tuple[Invented, ...]:
    """Return one person for each published number, spread over the county's municipalities."""
    fake = Faker("sv_SE")
    fake.seed_instance(random.randrange(2**31))
    codes = [it.municipality_code for it in MUNICIPALITIES]
    weights = [it.weight for it in MUNICIPALITIES]
    # The first ones live in Krokom: the stories are theirs.
    homes = [KROKOM.municipality_code] * IN_STORIES
    homes += random.choices(codes, weights, k=len(NUMBERS) - IN_STORIES)
    return tuple(
        _invent(number, code, fake, random) for number, code in zip(NUMBERS, homes, strict=True)
    )


def _invent(number: str, code: str, fake: Faker, random: Random) -> Invented:
    kind, twelve = identity_number(number)
    is_man = int(twelve[10]) % 2 == 1
    return Invented(
        Person(
            kind=kind,
            number=twelve,
            given_name=fake.first_name_male() if is_man else fake.first_name_female(),
            family_name=fake.last_name(),
            registered_municipality=code,
            registered_address=f"{random.choice(STREETS)} {random.randint(1, 40)}, {PLACES[code]}",
            interpreter=random.choice(LANGUAGES),
        ),
        code,
    )
