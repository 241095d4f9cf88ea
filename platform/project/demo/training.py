"""The demo's training: how many have been trained at each huvudman, and a survey before the start.

The sums are those that Gävleborg counted in 2017: 3 000 to train, 1 700 trained, 60 trainers.
"""

from datetime import datetime, timedelta

from care.identity.permissions import Role
from care.training import surveying
from care.training.counting import TRAINERS
from care.training.survey import NAMES, Round
from project.demo.county import ADMINISTRATOR, HUVUDMAN, KROKOM, REGION, Huvudman
from project.demo.stage import STAFF, actor
from tenants.context import acting_as
from tenants.models import TrainingGoal

# At the region: who shall be trained, and who has been; at the municipalities by their weight.
AT_REGION = {Role.WARD_NURSE: (900, 520), Role.TREATING_PHYSICIAN: (250, 90),
             Role.CARE_COORDINATOR: (350, 240), TRAINERS: (20, 20)}  # fmt: skip
EACH = {Role.CASE_OFFICER: (10, 6), Role.INBOX_COORDINATOR: (5, 4), Role.MUNICIPAL_NURSE: (15, 7)}
TRAINERS_OF = {3: 3, 4: 3, 5: 4, 6: 5, 12: 8, 14: 11}  # by weight


def fill(now: datetime) -> None:
    """Tell the numbers of every huvudman, and let Krokom's staff have answered before the start."""
    for huvudman in HUVUDMAN:
        with acting_as(huvudman.schema):
            for role, (goal, trained) in _numbers(huvudman).items():
                TrainingGoal.objects.create(
                    owner=huvudman.schema,
                    role=role,
                    number=1,
                    goal=goal,
                    trained=trained,
                    name="Systemförvaltningen",
                    title="",
                    told_at=now - timedelta(days=14),
                )
    _answer(now - timedelta(days=60))


def _numbers(huvudman: Huvudman) -> dict[str, tuple[int, int]]:
    if huvudman == REGION:
        return {str(role): it for role, it in AT_REGION.items()}
    weight = huvudman.weight
    trainers = TRAINERS_OF[weight]
    each = {str(role): (goal * weight, done * weight) for role, (goal, done) in EACH.items()}
    return {**each, TRAINERS: (trainers, trainers)}


def _answer(at: datetime) -> None:
    staff = [it for it in STAFF if it.huvudman == KROKOM]
    with acting_as(KROKOM.schema):
        surveying.open_round(
            actor=actor(ADMINISTRATOR),
            which=Round.BEFORE,
            closes_on=(at + timedelta(days=21)).date(),
            at=at,
        )
        for number, person in enumerate(staff):
            values = {name: 2 + (number + it) % 3 for it, name in enumerate(NAMES)}
            surveying.answer(
                actor=actor(person), which=Round.BEFORE, values=values, at=at + timedelta(days=7)
            )
