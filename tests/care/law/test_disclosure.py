"""What may be told to whom: every gate of secrecy, where it opens and where it does not."""

from itertools import product

import pytest

from care.law import disclosure
from care.law.disclosure import Answer, Content, Receiver, Situation, Teller, Will

CARE, SOCIAL = Teller.HEALTH_CARE, Teller.SOCIAL_SERVICES
TO_CARE, TO_SOCIAL = Receiver.HEALTH_CARE, Receiver.SOCIAL_SERVICES
PRIVATE, RELATIVE = Receiver.PRIVATE_PROVIDER, Receiver.RELATIVE
CORE, BEYOND = Content.CORE, Content.BEYOND
CONSENTS, NOT_ASKED, UNABLE, OBJECTS = Will
EVERY = [
    Situation(*it) for it in product(Teller, Receiver, Content, Will, (False, True))
]  # fmt: skip


def opened(it: Situation) -> set[str]:
    return {gate.name for gate in disclosure.advise(it).gates}


@pytest.mark.parametrize(
    ("row", "open_for", "closed_for"),
    [
        (
            ("gate", "consent", "OSL 10 kap. 1 §, 12 kap. 2 §"),
            Situation(SOCIAL, TO_CARE, BEYOND, CONSENTS),
            Situation(SOCIAL, TO_CARE, BEYOND, UNABLE),
        ),
        (
            ("gate", "duty_to_notify", "OSL 10 kap. 28 §"),
            Situation(CARE, TO_SOCIAL, CORE, OBJECTS),
            Situation(CARE, TO_SOCIAL, BEYOND, OBJECTS),
        ),
        (  # between authorities only
            ("gate", "duty_to_notify", "OSL 10 kap. 28 §"),
            Situation(CARE, TO_CARE, CORE, NOT_ASKED),
            Situation(CARE, PRIVATE, CORE, NOT_ASKED),
        ),
        (  # what the pilot asked: may social services tell the hospital?
            ("gate", "unable_to_consent", "OSL 25 kap. 13 §"),
            Situation(CARE, TO_SOCIAL, BEYOND, UNABLE),
            Situation(SOCIAL, TO_CARE, BEYOND, UNABLE),
        ),
        (
            ("gate", "unable_to_consent", "OSL 25 kap. 13 §"),
            Situation(CARE, PRIVATE, BEYOND, UNABLE),
            Situation(CARE, RELATIVE, BEYOND, UNABLE),
        ),
        (
            ("gate", "vulnerable", "OSL 25 kap. 12 §, 26 kap. 9 §"),
            Situation(SOCIAL, TO_CARE, BEYOND, OBJECTS, is_vulnerable=True),
            Situation(SOCIAL, TO_CARE, BEYOND, OBJECTS),
        ),
        (
            ("gate", "no_harm", "OSL 25 kap. 1 §, 26 kap. 1 §"),
            Situation(SOCIAL, RELATIVE, BEYOND, NOT_ASKED),
            Situation(SOCIAL, RELATIVE, BEYOND, CONSENTS),
        ),
        (
            ("gate", "own_activity", "OSL 10 kap. 2 §"),
            Situation(CARE, TO_SOCIAL, BEYOND, OBJECTS),
            Situation(CARE, TO_SOCIAL, BEYOND, CONSENTS),
        ),
    ],
)
def test_a_gate_opens_where_its_paragraph_says(
    row: tuple[str, str, str], open_for: Situation, closed_for: Situation
) -> None:
    assert row[1] in opened(open_for)
    assert row[1] not in opened(closed_for)


@pytest.mark.parametrize(
    ("row", "said_for", "not_said_for"),
    [
        (
            ("caution", "general_clause", "OSL 10 kap. 27 §"),
            Situation(CARE, TO_SOCIAL, BEYOND, NOT_ASKED),
            Situation(CARE, RELATIVE, BEYOND, NOT_ASKED),
        ),
        (
            ("caution", "no_twin_in_social_services", "OSL 25 kap. 13 §"),
            Situation(SOCIAL, TO_CARE, BEYOND, UNABLE),
            Situation(CARE, TO_SOCIAL, BEYOND, UNABLE),
        ),
        (
            ("caution", "reading_in_place", "lag (2022:913) 3 kap. 1–2 §§"),
            Situation(CARE, PRIVATE, BEYOND, CONSENTS),
            Situation(CARE, RELATIVE, BEYOND, CONSENTS),
        ),
    ],
)
def test_what_is_no_gate_is_said_where_it_is_believed_to_be_one(
    row: tuple[str, str, str], said_for: Situation, not_said_for: Situation
) -> None:
    assert row[1] in {it.name for it in disclosure.advise(said_for).cautions}
    assert row[1] not in {it.name for it in disclosure.advise(not_said_for).cautions}


@pytest.mark.parametrize("it", EVERY, ids=str)
def test_the_answer_is_that_of_the_best_gate(it: Situation) -> None:
    advice = disclosure.advise(it)

    if it.will is CONSENTS:
        assert advice.answer is Answer.YES
    # Nobody may tell anything without either a yes, a rule of its own, or an assessment.
    answers = [gate.answer for gate in advice.gates]
    assert answers == sorted(answers, key=[Answer.YES, Answer.ASSESS].index)
    assert advice.answer is answers[0]


def test_social_services_rest_no_message_on_the_rule_for_those_who_cannot_consent() -> None:
    assert [it.name for it in disclosure.grounds_of(CARE)] == [
        "consent", "unable_to_consent", "vulnerable", "no_harm", "own_activity",
    ]  # fmt: skip
    assert [it.name for it in disclosure.grounds_of(SOCIAL)] == [
        "consent", "vulnerable", "no_harm", "own_activity",
    ]  # fmt: skip
