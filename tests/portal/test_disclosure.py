"""The guide to what may be told to whom."""

import pytest
from visits import browser

ASKED = {"teller": "social_services", "receiver": "health_care", "content": "beyond"}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"will": "consents"}, "Ja, på den här grunden"),
        ({"will": "unable"}, "Socialtjänsten har ingen sådan regel."),
        ({"will": "objects"}, "Kanske, om en prövning visar det"),
        ({"will": "objects", "is_vulnerable": "on"}, "OSL 25 kap. 12 §, 26 kap. 9 §"),
    ],
)
def test_the_guide_answers_with_the_paragraph(units: None, more: dict[str, str], says: str) -> None:
    page = browser().get("/help/disclosure", ASKED | more)
    assert says in page.content.decode()


def test_what_is_not_answered_is_asked_for(units: None) -> None:
    page = browser().get("/help/disclosure", ASKED).content.decode()
    assert "Välj ett av alternativen." in page
    assert "Ja, på den här grunden" not in page
