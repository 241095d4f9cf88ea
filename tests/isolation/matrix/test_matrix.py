"""The rights matrix (B5): each page and act, for each role, in each relation to the case.

What is right is expanded from two tables that people keep; what is so is asked of the product over
HTTP, with rows in PostgreSQL.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from architecture import house
from cast import MUNICIPALITY
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from hired import Hired
from isolation.matrix import paper, rights_oracle, situations
from isolation.matrix.rights_oracle import RELATIONS, ROLES, Cell, Page
from isolation.matrix.situations import NOTHING, Situation
from people import CASE_OFFICERS
from pytest_django import Settings
from visits import sent, words

from care.identity.permissions import ROLES as ROLES_HAVE
from care.identity.permissions import Permission, Role
from portal import urls
from portal.access import rule_of
from portal.forms.acts import FORMS

LEAST = 10_000
NOT_ASKED = frozenset({"sign_out", "lock"})  # they would end or lock the session that asks
SERVED = frozenset({200, 204, 302, 303, 400, 409, 422})
LOOKED_AT = {"name_in_worklist": "home", "name_in_search": "search"}


@pytest.fixture(autouse=True)
def plain_files(settings: Settings, tmp_path: Path) -> None:
    """Serve files without a manifest."""
    settings.STATIC_ROOT = tmp_path
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": storage}


def routes(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    """Give every address of the portal."""
    for it in patterns:
        if isinstance(it, URLResolver):
            yield from routes(it.url_patterns)
        else:
            yield it


ADDRESSES = {str(it.name): it for it in routes(urls.urlpatterns)}


def address(page: Page, of: Situation) -> str:
    """Return where a page is, in a situation."""
    name, _, act = page.name.partition(" ")
    given = {
        "case_id": of.case_id, "message_id": of.message_id, "agreement_id": of.agreement_id,
        "hsa_id": CASE_OFFICERS, "schema": MUNICIPALITY, "act": act or "propose", "step": "units",
        "name": "avdelning", "code": "2399", "version": 1, "row_id": 1, "number": 1,
        "part": "benefit", "entry": NOTHING, "which": "before", "month": "2026-11",
    }  # fmt: skip
    if page.object == "missing":
        given |= dict.fromkeys(("case_id", "message_id", "agreement_id"), NOTHING)
    given |= {"role": "contact_1" if name == "name_contact" else "ward_nurse", "field": "it"}
    wanted = ADDRESSES[name].pattern.converters
    return reverse(f"portal:{name}", kwargs={it: given.get(it, NOTHING) for it in wanted})


def answered(page: Page, of: Situation, who: Hired, client: Client) -> str:
    """Ask for a page, and return what became of it."""
    place = address(page, of)
    is_post = page.method == "POST"
    answer = client.post(place, sent(who)) if is_post else client.get(place)
    status = answer.status_code
    if status == 409 and of.relation == "closed_case" and page.group.startswith("act:"):
        return "not_now"
    if status in SERVED:
        return "open"
    return {403: "closed", 404: "unseen"}.get(status, str(status))


def read(of: Situation, who: Hired, client: Client) -> dict[str, str]:
    """Return the words of the pages on which something is looked for."""
    found = {"home": client.get("/", follow=True)}
    found["search"] = client.post("/search", sent(who, text="19400405-7032"))
    found["case"] = client.get(reverse("portal:case", args=[of.case_id]))
    found["letters"] = client.get(reverse("portal:case", args=[of.case_id]) + "?view=messages")
    return {name: words(it.content) for name, it in found.items()}


def looked(of: Situation) -> dict[tuple[str, str], str]:
    """Return what is seen of the case, by page and role."""
    seen: dict[tuple[str, str], str] = {}
    for role, (who, client) in of.browsers.items():
        pages = read(of, who, client)
        for page in rights_oracle.pages():
            if page.is_look:
                name = page.name.removeprefix("look ")
                place = LOOKED_AT.get(name, "letters" if name == "letter" else "case")
                found = of.find(name) in pages[place]
                seen[page.name, role] = "shown" if found else "hidden"
    return seen


def differences(relation: str) -> tuple[int, list[str]]:
    """Ask every cell of a relation; return how many there were, and those that are wrong."""
    of = situations.make(relation)
    seen = looked(of)
    asked, wrong = 0, []
    for cell in rights_oracle.cells(relation):
        became = seen.get((cell.page.name, cell.role)) or answered(
            cell.page, of, *of.browsers[cell.role]
        )
        asked += 1
        if became != cell.outcome:
            wrong.append(_told(cell, became))
    return asked, wrong


def _told(cell: Cell, became: str) -> str:
    return f"{cell.page.name} {cell.role} {cell.relation}: {became}, not {cell.outcome}"


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("relation", RELATIONS)
def test_every_cell_is_as_the_table_says(
    committed: None, relation: str, record_property: Any
) -> None:
    asked, wrong = differences(relation)

    record_property("cells", asked)
    print(f"{relation}: {asked} cells, {len(wrong)} differ")
    assert not wrong, "\n".join(wrong)
    assert asked == len(rights_oracle.pages()) * len(ROLES)


class TestTheTables:
    def test_there_are_ten_thousand_cells_and_more(self) -> None:
        cells = len(rights_oracle.pages()) * len(ROLES) * len(RELATIONS)

        print(f"{cells} cells from {len(rights_oracle.rules())} rules")
        assert cells >= LEAST

    def test_every_page_is_asked_about_once(self) -> None:
        pages = [it for it in rights_oracle.pages() if not it.is_look]
        names = [it.name for it in pages if not it.name.startswith("act ")]

        assert len(names) == len(set(names))
        assert set(names) | NOT_ASKED == set(ADDRESSES) - {"act"}

    def test_every_act_is_asked_about(self) -> None:
        acts = {it.name[4:] for it in rights_oracle.pages() if it.name.startswith("act ")}

        assert acts == {it.replace("_", "-") for it in FORMS}

    def test_every_role_is_asked_about(self) -> None:
        assert set(ROLES) == {it.value for it in Role}

    def test_every_rule_is_of_a_role_a_relation_a_group_and_an_outcome(self) -> None:
        groups = {it.group for it in rights_oracle.pages()}
        for rule in rights_oracle.rules():
            assert rule.role in {"*", *ROLES}
            assert rule.relations <= {"*", *RELATIONS}
            assert rule.group in groups | {"act:*"}
            assert rule.outcome in rights_oracle.OUTCOMES

    def test_no_rule_says_nothing(self) -> None:
        """Each rule decides some cell that would fall otherwise without it."""
        deciding = set()
        for page in rights_oracle.pages():
            for role in ROLES:
                for relation in RELATIONS:
                    deciding.add(
                        max(rights_oracle.rules(), key=lambda it: it.weight(page, role, relation))
                    )
        assert set(rights_oracle.rules()) - deciding == set()

    def test_every_group_is_on_the_page_for_people_which_is_up_to_date(self) -> None:
        page = (house.DOCS / "law" / "rights.md").read_text("utf-8")

        assert set(paper._groups()) == {it.group for it in rights_oracle.pages()}
        assert page == paper.text()

    @pytest.mark.parametrize("role", list(Role))
    def test_the_rule_of_each_page_lets_in_whom_the_table_lets_in(self, role: Role) -> None:
        """Without a request: what the views ask for, and the roles carry."""
        for page in rights_oracle.pages():
            if page.is_look:
                continue
            name, _, act = page.name.partition(" ")
            asked = list(rule_of(ADDRESSES[name].callback).permissions)
            asked += [Permission(f"case:{act.replace('-', '_')}")] if act else []
            told = {rights_oracle.expected(page, role, it) for it in RELATIONS} - {"closed"}
            if act:  # whom the case is open to sees that it is there
                told -= {"unseen"}

            assert bool(told) == all(it in ROLES_HAVE[role] for it in asked), page.name

    def test_the_oracle_knows_nothing_of_the_product(self) -> None:
        source = Path(rights_oracle.__file__).read_text("utf-8")
        imported = {
            (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }

        assert imported <= {"csv", "collections.abc", "dataclasses", "functools", "pathlib"}
        assert not re.search(r"importlib|__import__", source)
