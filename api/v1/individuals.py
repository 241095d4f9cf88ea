"""Personer: found by a name or a number that is sent in the body, never in an address."""

from typing import Any

from api.fields import Line, Values
from api.operation import Call, address, operation
from api.v1.cases import CaseRow
from api.v1.rows import listed, page_of
from care.identity.permissions import Permission
from care.identity.scopes import Scope
from care.inbox import queries


class Sought(Values):
    """Vem som söks: namn, eller personnummer med tolv siffror."""

    example = {"text": "19400107-9120"}

    text = Line()


@operation("POST", tag="individuals", scope=Scope.CASE_READ, needs=(Permission.READ_INBOX,),
           takes=Sought, answers=listed(CaseRow))  # fmt: skip
def search_individuals(request: Call, sent: dict[str, Any]) -> dict[str, Any]:
    """Sök enhetens ärenden för en person, på namn eller nummer.

    Cases of the unit whose person has a name or number, ended ones too; changes nothing.
    """
    found = queries.search(actor=request.actor, text=sent["text"], at=request.at)
    return page_of(found, 1, queries.PAGE, has_more=len(found) >= queries.PAGE)


search = address(post=search_individuals)
