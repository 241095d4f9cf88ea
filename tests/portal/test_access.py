"""The rule that each decorator gives a view, and what a rule asks of an actor."""

from dataclasses import replace

import pytest
from django.http import HttpRequest, HttpResponse
from people import NURSE

from care.identity.permissions import ROLES, Permission, Role
from care.sharing.access import NotAllowed
from portal import access
from portal.access import NoRule, Rule

ALL = tuple(sorted(ROLES[Role.WARD_NURSE]))


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def test_each_decorator_gives_the_view_itself_its_rule() -> None:
    for decorator, rule in (
        (access.public, Rule(False, False, (), False)),
        (access.with_session, Rule(True, False, (), False)),
        (access.signed_in, Rule(True, True, (), False)),
        (access.needs(*ALL[:2]), Rule(True, True, ALL[:2], False)),
        (access.needs(ALL[0], fresh=True), Rule(True, True, ALL[:1], True)),
    ):

        def mine(request: HttpRequest) -> HttpResponse:
            return view(request)

        assert decorator(mine) is mine
        assert access.rule_of(mine) == rule


def test_a_view_asks_for_nothing_that_it_does_not_say() -> None:
    assert Rule() == Rule(
        needs_session=False, needs_assignment=False, permissions=(), needs_fresh=False
    )


def test_who_says_nothing_is_named() -> None:
    class View:
        def __call__(self, request: HttpRequest) -> HttpResponse:
            return view(request)

    for without, name in ((view, "view"), (View(), View.__qualname__)):
        with pytest.raises(NoRule) as refused:
            access.rule_of(without)
        assert str(refused.value) == f"{__name__}.{name}"


def test_a_rule_of_another_kind_is_none() -> None:
    def mine(request: HttpRequest) -> HttpResponse:
        return view(request)

    mine.access_rule = {"needs_session": False}  # type: ignore[attr-defined]
    with pytest.raises(NoRule):
        access.rule_of(mine)


def test_every_right_of_a_rule_must_be_carried() -> None:
    beyond = next(it for it in Permission if it not in ALL)

    access.refuse_unless_permitted(NURSE, Rule(permissions=()))
    access.refuse_unless_permitted(NURSE, Rule(permissions=ALL[:2]))
    for asked in ((beyond,), (ALL[0], beyond), (beyond, ALL[0])):
        with pytest.raises(NotAllowed) as refused:
            access.refuse_unless_permitted(NURSE, Rule(permissions=asked))
        assert refused.value.actor is NURSE
    nobody = replace(NURSE, role=Role.LOCAL_ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        access.refuse_unless_permitted(nobody, Rule(permissions=ALL[:1]))
