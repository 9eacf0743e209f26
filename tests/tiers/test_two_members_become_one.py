"""What counted for either counts for the person; the higher tier holds; taken apart, each has the own again."""

import pytest

from loyalty.tiers import person
from loyalty.tiers.operations import set_tier_by_hand
from members.operations import merge_members, undo_merge
from tests.factories.tiers import Trail, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(program, tiers, bruno):
    return Trail(program, bruno)


@pytest.fixture
def merge(trail, other, administrator):
    def merge(on="2025-05-01"):
        return merge_members(keep=trail.member, absorb=other.member, at=day(on), by=administrator, reason="One person")

    return merge


def undo(merge, by, on="2025-06-01"):
    undo_merge(merge=merge, at=day(on), by=by, reason="Two after all")


def test_both_together_reach_what_neither_had(trail, other, merge, administrator):
    trail.buy("2025-03-01", 1500)
    other.buy("2025-03-02", 1500)
    merged = merge()
    assert (trail.tier, other.tier) == ("basecamp", "")
    assert trail.history == [("merged", "basecamp")]
    assert trail.vouchers == []
    undo(merged, administrator)
    assert (trail.tier, other.tier) == ("", "")


def test_the_higher_tier_holds_and_goes_back(trail, other, merge, administrator):
    trail.buy("2025-03-01", 2000)
    other.buy("2025-03-02", 5000)
    merged = merge()
    assert (trail.tier, other.tier) == ("summit", "")
    undo(merged, administrator)
    assert (trail.tier, other.tier) == ("basecamp", "summit")
    trail.night("2026-01-01")
    assert (trail.tier, other.tier) == ("basecamp", "summit")


def test_a_tier_set_by_hand_follows(program, trail, other, merge):
    set_tier_by_hand(program=program, member_id=other.member.pk, tier="summit", reason="Founder", at=day("2025-03-01"))
    merge()
    assert trail.tier == "summit"
    trail.buy("2025-05-02", 10)
    assert trail.member.tier_memberships.get(ends_at=None).note == "Founder"


def test_a_purchase_of_the_one_is_refunded_to_the_person(trail, other, merge):
    other.buy("2025-03-02", 1500, ticket="T")
    merge()
    trail.refund("2025-05-02", "T")
    trail.buy("2025-05-03", 1999)
    assert trail.tier == ""


def test_the_person_gets_and_loses_what_staff_wrote(program, trail):
    set_tier_by_hand(program=program, member_id=trail.member.pk, tier="summit", reason="Founder", at=day("2025-03-01"))
    (told,) = person.export(member_ids=[trail.member.pk])
    assert (told["tier"], told["note"]) == ("summit", "Founder")
    person.erase(member_ids=[trail.member.pk], at=day("2025-04-01"), by=None)
    assert trail.member.tier_memberships.get().note == "–"
