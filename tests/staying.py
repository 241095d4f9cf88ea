"""People who work while Keycloak is away (A3), and how soon its word ends a session (A4)."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil

from live import WARD_HOST, Product
from playwright.sync_api import BrowserContext, Page

PAUSE = 0.2  # seconds between two requests of a person
AWAY = "Nya inloggningar går inte just nu"
WORKLIST = "Arbetslista"


@dataclass
class Answers:
    """What those who are signed in have been answered."""

    asked: int = 0
    failed: list[str] = field(default_factory=list)


def cookies(context: BrowserContext, host: str = WARD_HOST) -> str:
    """Return what a browser sends to a host."""
    kept = [it for it in context.cookies() if it.get("domain") == host]
    return "; ".join(f"{it.get('name')}={it.get('value')}" for it in kept)


@contextmanager
def working(product: Product, people: list[str]) -> Iterator[Answers]:
    """Let people open their worklist again and again until the block ends."""
    answers, over, lock = Answers(), threading.Event(), threading.Lock()

    def work(sent: str) -> None:
        while not over.is_set():
            try:
                status, text, _ = product.ask(cookies=sent)
                fault = "" if status == 200 and WORKLIST in text else f"{status}"
            except OSError as error:
                fault = repr(error)
            with lock:
                answers.asked += 1
                answers.failed += [fault] if fault else []
            time.sleep(PAUSE)

    threads = [threading.Thread(target=work, args=(it,)) for it in people]
    for it in threads:
        it.start()
    try:
        yield answers
    finally:
        over.set()
        for it in threads:
            it.join()


def seconds_to_refusal(product: Product, page: Page) -> float:
    """End the session of a browser at Keycloak; return how long the next requests are answered."""
    sent = cookies(page.context)
    ((sid,),) = product.sql(
        "SELECT sid FROM test_region.identity_staffsession WHERE ended_at IS NULL"
        " ORDER BY authenticated_at DESC LIMIT 1"
    )
    admin = product.realms.at("staff")
    begun = time.monotonic()
    admin.connection.raw_delete(f"admin/realms/staff/sessions/{sid}").raise_for_status()
    while product.ask(cookies=sent)[0] == 200:
        time.sleep(0.01)
    return time.monotonic() - begun


def percentile(figures: list[float], share: float = 0.99) -> float:
    """Return the figure that a share of all does not exceed."""
    return sorted(figures)[max(0, ceil(len(figures) * share) - 1)]
