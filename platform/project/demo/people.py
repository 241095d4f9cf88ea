"""The people of the demo: Skatteverket's published test numbers only, with made-up names."""

from dataclasses import dataclass
from random import Random

from faker import Faker

from care.individuals import trial_identities
from care.individuals.operations import Person, identity_number
from project.demo.county import KROKOM, MUNICIPALITIES

IN_STORIES = 6
NUMBERS = [it for it in trial_identities.NUMBERS if it not in trial_identities.FOR_TRIALS]
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
