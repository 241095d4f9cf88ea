"""Överenskommelse: drafted, signed by every party, in force, ended, and heard from parties only."""

from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.db import ProgrammingError, transaction

from tenants import agreements
from tenants.agreements import Agreement, Channel, InfoClass, Signed, State
from tenants.context import acting_as
from tenants.models import AgreementText, Signature, Termination

pytestmark = pytest.mark.django_db

PARTIES = (REGION, MUNICIPALITY)
HOUR = timedelta(hours=1)


def draft(owner: str = REGION, **changed: Any) -> Agreement:
    values: dict[str, Any] = {
        "title": "Samverkan vid utskrivning",
        "text": "Parterna är överens.",
        "parties": PARTIES,
        "valid_from": date(2026, 1, 1),
        "valid_until": date(2089, 12, 31),
        "channels": {InfoClass.PLANNING: [Channel.DIRECT_ACCESS, Channel.DISCLOSURE]},
        "terms": {"grace_days": 3},
        "at": AT,
    }
    with acting_as(owner):
        return agreements.draft(**values | changed)


def sign(agreement: Agreement, *parties: str, at: datetime = AT) -> Agreement:
    for party in parties:
        with acting_as(party):
            agreement = agreements.sign(
                agreement=agreement.id,
                text_hash=agreement.text_hash,
                name="Anna Berg",
                title="Direktör",
                at=at,
            )
    return agreement


def newest(agreement: Agreement, *, as_seen_by: str = MUNICIPALITY) -> Agreement:
    with acting_as(as_seen_by):
        return agreements.versions(agreement.id)[-1]


def in_force(tenant: str = MUNICIPALITY, at: datetime = AT) -> list[int]:
    with acting_as(tenant):
        return [it.version for it in agreements.in_force(tenant, at=at)]


def test_a_draft_is_seen_by_everybody_and_binds_nobody() -> None:
    agreement = draft()
    assert newest(agreement) == agreement
    assert (agreement.state(AT), agreement.version) == (State.DRAFT, 1)
    assert agreement.missing == tuple(sorted(PARTIES))
    assert in_force() == []


def test_it_is_in_force_when_the_last_named_party_has_signed() -> None:
    agreement = draft()
    assert sign(agreement, REGION).state(AT) is State.SIGNING
    assert in_force() == []
    assert sign(agreement, MUNICIPALITY).state(AT) is State.IN_FORCE
    assert in_force() == [1]
    with acting_as(REGION):
        assert agreements.between(REGION, MUNICIPALITY, at=AT)
        assert not agreements.between(REGION, STRANGER, at=AT)


def test_it_names_the_channels_of_each_information_class() -> None:
    agreement = draft(channels={InfoClass.PLANNING: [Channel.DISCLOSURE]})
    assert agreement.allows("planning", Channel.DISCLOSURE)
    assert not agreement.allows("planning", Channel.DIRECT_ACCESS)
    assert not agreement.allows("health_care", Channel.DISCLOSURE)


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (datetime.fromisoformat("2026-02-28T23:59:59+01:00"), State.SIGNED),
        (datetime.fromisoformat("2026-03-01T00:00:00+01:00"), State.IN_FORCE),
        (datetime.fromisoformat("2026-06-30T23:59:59+02:00"), State.IN_FORCE),
        (datetime.fromisoformat("2026-07-01T00:00:00+02:00"), State.EXPIRED),
    ],
)
def test_the_period_is_counted_in_swedish_days(at: datetime, state: State) -> None:
    agreement = draft(valid_from=date(2026, 3, 1), valid_until=date(2026, 6, 30))
    agreement = sign(agreement, *PARTIES)
    assert agreement.state(at) is state
    assert agreement.closes_at == datetime.fromisoformat("2026-06-30T23:59:59+02:00")


def test_it_binds_from_the_first_moment_of_its_first_day() -> None:
    agreement = sign(draft(), *PARTIES)
    further = draft(agreement=agreement.id, valid_from=date(2026, 4, 1))
    sign(further, *PARTIES)
    begins = datetime.fromisoformat("2026-04-01T00:00:00+02:00")

    assert further.begins_at == begins
    assert in_force(at=begins) == [2]
    assert in_force(at=begins - timedelta(microseconds=1)) == [1]


def test_a_version_that_was_ended_before_it_began_replaces_nothing() -> None:
    first = sign(draft(), *PARTIES)
    both = (*PARTIES, STRANGER)
    second = draft(agreement=first.id, parties=both, valid_from=date(2026, 4, 1))
    sign(second, *both)

    _end(first, STRANGER)  # a party to the second alone

    assert in_force(REGION, at=AT + timedelta(days=60)) == [1]


def test_everybody_whom_an_agreement_in_force_names_is_bound() -> None:
    sign(draft(), *PARTIES)
    with acting_as(REGION):
        assert agreements.bound(at=AT) == {*PARTIES}
        assert agreements.bound(at=AT - timedelta(days=365)) == frozenset()
    sign(draft(parties=[REGION, STRANGER]), REGION)
    with acting_as(REGION):
        assert agreements.bound(at=AT) == {*PARTIES}


def test_it_is_read_as_it_was_written_and_signed() -> None:
    written = draft()
    sign(written, MUNICIPALITY, at=AT + HOUR)
    sign(written, REGION, at=AT)
    read = newest(written)

    assert (read.title, read.text) == ("Samverkan vid utskrivning", "Parterna är överens.")
    assert (read.written_by, read.written_at, read.terms) == (REGION, AT, {"grace_days": 3})
    assert read.signatures == (
        Signed(REGION, "Anna Berg", "Direktör", AT),
        Signed(MUNICIPALITY, "Anna Berg", "Direktör", AT + HOUR),
    )


def test_what_counts_at_one_moment_stands_in_a_fixed_order() -> None:
    agreement = draft()
    for party, number in ((REGION, 2), (MUNICIPALITY, 1)):
        with acting_as(party):
            Signature.objects.create(owner=party, id=UUID(int=number), **_signature(agreement))
            Termination.objects.create(
                owner=party, id=UUID(int=number), agreement=agreement.id, reason=party,
                name="x", ended_at=AT,
            )  # fmt: skip
    read = newest(agreement)

    assert [it.party for it in read.signatures] == [MUNICIPALITY, REGION]
    assert read.ended_because == MUNICIPALITY


def test_the_first_who_ends_it_has_ended_it() -> None:
    agreement = sign(draft(), *PARTIES)
    for party, number, at in ((MUNICIPALITY, 1, AT + HOUR), (REGION, 2, AT)):
        with acting_as(party):
            Termination.objects.create(
                owner=party, id=UUID(int=number), agreement=agreement.id, reason="x", name="x",
                ended_at=at,
            )  # fmt: skip

    assert (newest(agreement).ended_by, newest(agreement).ended_at) == (REGION, AT)


def test_what_is_signed_is_the_hash_of_exactly_this() -> None:
    """Written out: what somebody has signed must be found again by whoever reads the text."""
    number = UUID(int=1)
    written = draft(agreement=number, text="Vi är överens.")
    signed = (
        '{"agreement":"00000000-0000-0000-0000-000000000001",'
        '"channels":{"planning":["A","B"]},"parties":["test_municipality","test_region"],'
        '"terms":{"grace_days":3},"text":"Vi är överens.","title":"Samverkan vid utskrivning",'
        '"valid_from":"2026-01-01","valid_until":"2089-12-31","version":1}'
    )

    assert written.text_hash == sha256(signed.encode()).hexdigest()


def test_a_further_version_replaces_the_former_only_when_it_is_signed_too() -> None:
    first = sign(draft(), *PARTIES)
    second = draft(MUNICIPALITY, agreement=first.id, text="Parterna är mer överens.")
    assert (second.version, in_force()) == (2, [1])
    sign(second, *PARTIES)
    assert in_force() == [2]
    with acting_as(REGION):
        assert [it.version for it in agreements.concerning(REGION)] == [2]


def test_a_version_that_is_ended_does_not_bring_back_the_one_that_it_replaced() -> None:
    first = sign(draft(), *PARTIES)
    sign(draft(agreement=first.id, parties=(*PARTIES, STRANGER)), *PARTIES, STRANGER)

    _end(first, STRANGER)  # a party to the second alone

    assert (in_force(REGION), in_force(STRANGER)) == ([], [])


def test_what_a_text_would_put_in_force_is_known_before_it_is_written() -> None:
    first = sign(draft(), *PARTIES)
    values: dict[str, Any] = {
        "title": "x", "text": "x", "parties": PARTIES, "valid_from": date(2026, 1, 1),
        "valid_until": date(2089, 12, 31), "channels": {}, "terms": {}, "at": AT,
    }  # fmt: skip
    with acting_as(REGION):
        second = agreements.propose(agreement=first.id, **values)
        other = agreements.propose(**values)

        (replaced,) = agreements.in_force_with(REGION, second, at=AT)
        assert replaced.version == 2
        assert replaced.signatures == tuple(Signed(it, "", "", AT) for it in sorted(PARTIES))
        assert len(agreements.in_force_with(REGION, other, at=AT)) == 2
        assert [it.version for it in agreements.versions(first.id)] == [1]
    with acting_as(STRANGER), pytest.raises(agreements.NotAParty):
        agreements.propose(**values)


def test_the_signature_is_of_the_text_that_was_read() -> None:
    first = draft()
    draft(agreement=first.id, text="Något annat.")
    sign(first, *PARTIES)
    assert newest(first).signatures == ()


def test_what_has_been_ended_nobody_puts_in_force_by_signing() -> None:
    other = sign(draft(), *PARTIES)
    ended = draft()
    _end(ended, REGION)

    with acting_as(REGION):
        text = agreements.versions(ended.id)[0]
        assert [it.id for it in agreements.in_force_with(REGION, text, at=AT)] == [other.id]
        assert agreements.in_force_with(STRANGER, text, at=AT) == ()


@pytest.mark.parametrize("party", PARTIES)
def test_any_party_ends_it_and_it_is_over_at_once(party: str) -> None:
    agreement = sign(draft(), *PARTIES)
    with acting_as(party):
        agreements.end(agreement=agreement.id, reason="Ny upphandling", name="Anna Berg", at=AT)

    with acting_as(party):
        assert Termination.objects.get().name == "Anna Berg"
    ended = newest(agreement)
    assert (ended.state(AT), ended.ended_by, ended.ended_because) == (
        State.ENDED, party, "Ny upphandling"
    )  # fmt: skip
    assert ended.state(AT - HOUR) is State.IN_FORCE
    assert in_force() == []
    for refused in (
        lambda: sign(agreement, REGION),
        lambda: _end(agreement, MUNICIPALITY),
    ):
        with pytest.raises(agreements.AlreadyEnded):
            refused()


def test_a_party_signs_a_version_once() -> None:
    agreement = sign(draft(), REGION)
    with pytest.raises(agreements.AlreadySigned):
        sign(agreement, REGION)


def test_who_is_not_named_neither_writes_signs_nor_ends() -> None:
    agreement = draft()
    for refused in (
        lambda: draft(STRANGER),
        lambda: draft(STRANGER, agreement=agreement.id, parties=(*PARTIES, STRANGER)),
        lambda: sign(agreement, STRANGER),
        lambda: _end(agreement, STRANGER),
    ):
        with pytest.raises(agreements.NotAParty):
            refused()


def test_a_signature_of_a_text_that_does_not_exist_is_refused() -> None:
    agreement = draft()
    with acting_as(REGION), pytest.raises(agreements.NotAParty):
        agreements.sign(agreement=agreement.id, text_hash="0" * 64, name="x", title="x", at=AT)


@pytest.mark.parametrize(
    ("changed", "advice"),
    [
        ({"parties": [REGION]}, "minst två parter"),
        ({"parties": [REGION, REGION]}, "minst två parter"),
        ({"parties": [REGION, "test_nobody"]}, "test_nobody är inte ansluten"),
        ({"valid_until": date(2025, 12, 31)}, "före den första"),
        ({"channels": {"planning": ["C"]}}, "känns inte igen"),
        ({"channels": {"secrets": ["A"]}}, "känns inte igen"),
    ],
)
def test_what_cannot_be_an_agreement_is_refused_in_swedish(
    changed: dict[str, Any], advice: str
) -> None:
    with pytest.raises(agreements.BadAgreement, match=advice):
        draft(**changed)


# What follows goes past the functions above, as injected SQL would: the rows themselves are judged.


def test_a_signature_of_somebody_who_is_not_named_is_not_counted() -> None:
    agreement = sign(draft(), REGION)
    with acting_as(STRANGER):
        Signature.objects.create(owner=STRANGER, **_signature(agreement))
    assert [it.party for it in newest(agreement).signatures] == [REGION]
    assert in_force() == []


def test_a_party_cannot_sign_for_another() -> None:
    agreement = sign(draft(), REGION)
    with (
        acting_as(REGION),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Signature.objects.create(owner=MUNICIPALITY, **_signature(agreement))
    assert in_force() == []


def test_a_stranger_cannot_end_what_others_have_agreed() -> None:
    agreement = sign(draft(), *PARTIES)
    with acting_as(STRANGER):
        Termination.objects.create(
            owner=STRANGER, agreement=agreement.id, reason="x", name="x", ended_at=AT
        )
    assert in_force() == [1]


@pytest.mark.parametrize("version", [0, 2])
def test_a_version_that_a_stranger_enters_is_not_heard_and_stops_nothing(version: int) -> None:
    agreement = sign(draft(), *PARTIES)
    with acting_as(STRANGER):
        AgreementText.objects.create(**_text(agreement, version, parties=[STRANGER, REGION]))
    assert [it.version for it in _versions(agreement)] == [1]
    assert in_force(REGION) == [1]

    further = draft(agreement=agreement.id, text="Nytt.")
    assert further.version == version + 1 if version else 2
    assert [it.version for it in _versions(agreement)] == [1, further.version]
    _end(agreement, MUNICIPALITY)
    assert in_force(REGION) == []


def test_another_text_under_the_hash_that_was_signed_is_signed_by_nobody() -> None:
    agreement = sign(draft(), *PARTIES)
    with acting_as(REGION):
        AgreementText.objects.create(
            **_text(agreement, 2, parties=list(PARTIES))
            | {"owner": REGION, "text_hash": agreement.text_hash}
        )
    assert newest(agreement).signatures == ()
    assert in_force() == [1]


def test_a_party_that_a_version_leaves_out_and_a_later_one_names_again_is_bound_by_that() -> None:
    both = (*PARTIES, STRANGER)
    first = sign(draft(parties=both), *both)
    draft(agreement=first.id, parties=PARTIES)
    third = draft(MUNICIPALITY, agreement=first.id, parties=both)
    sign(third, *both)
    assert in_force(STRANGER) == [3]


def _versions(agreement: Agreement) -> tuple[Agreement, ...]:
    with acting_as(MUNICIPALITY):
        return agreements.versions(agreement.id)


def _end(agreement: Agreement, party: str) -> None:
    with acting_as(party):
        agreements.end(agreement=agreement.id, reason="x", name="x", at=AT)


def _signature(agreement: Agreement) -> dict[str, str | UUID | datetime]:
    return {
        "agreement": agreement.id,
        "text_hash": agreement.text_hash,
        "name": "x",
        "title": "x",
        "signed_at": AT,
    }


def _text(agreement: Agreement, version: int, *, parties: list[str]) -> dict[str, Any]:
    return {
        "owner": STRANGER,
        "agreement": agreement.id,
        "version": version,
        "title": "x",
        "text": "x",
        "parties": parties,
        "valid_from": agreement.valid_from,
        "valid_until": agreement.valid_until,
        "channels": {},
        "terms": {},
        "text_hash": "0" * 64,
        "written_at": AT,
    }
