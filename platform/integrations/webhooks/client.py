"""Calls a subscriber: to listed hosts, over TLS, no redirect followed, no answer read."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from requests import RequestException, Session, Timeout

from care.feed.operations import Claimed, Outcome
from integrations import outgoing
from integrations.outgoing import Refused
from integrations.webhooks import mapping

TIMEOUT = (3.0, 8.0)  # seconds to connect, and then without a word
NOT_ALLOWED, TIMED_OUT, UNREACHABLE = "not_allowed", "timeout", "unreachable"


def refuse_unless_callable(url: str) -> None:
    """Let an address be subscribed with that may be called: it is asked again at each call.

    :raises Refused: otherwise
    """
    try:
        parts = urlsplit(url)
        has_password = parts.username is not None or parts.password is not None
    except ValueError:
        raise Refused("Adressen kan inte läsas. Skriv den som https://värd/sökväg.") from None
    if parts.scheme not in (("https", "http") if settings.DEMO else ("https",)):
        raise Refused("Adressen måste börja med https://.")
    if has_password or parts.fragment:
        raise Refused(
            "Adressen får inte innehålla användarnamn, lösenord eller #. Anropen är signerade i"
            " stället."
        )
    outgoing.refuse_unless_listed(url)


def call(session: Session, claimed: Claimed) -> Outcome:
    """Call a subscriber once; whatever happens is an outcome.

    The status is all that is read: the connection is closed on whatever else is answered.
    """
    text = mapping.body(claimed)
    try:
        refuse_unless_callable(claimed.url)
        with session.post(
            claimed.url,
            data=text.encode(),
            headers=mapping.headers(claimed, text, at=datetime.now(UTC)),
            timeout=TIMEOUT,
            allow_redirects=False,
            stream=True,
        ) as answer:
            return Outcome(str(answer.status_code))
    except Refused:
        return Outcome(NOT_ALLOWED)
    except Timeout:
        return Outcome(TIMED_OUT)
    except RequestException:
        return Outcome(UNREACHABLE)
