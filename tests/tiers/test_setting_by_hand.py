"""A tier that somebody set is left alone until its end; then what was put aside or earned meanwhile holds."""

from datetime import date

import pytest

from loyalty.tiers.operations import TierRefused, end_tier_by_hand, set_tier_by_hand
from tests.factories.members import MemberFactory
from tests.factories.tiers import day

pytestmark = pytest.mark.django_db


@pytest.fixture
def by_hand(program, trail, marketer):
    def by_hand(tier="summit", on="2025-03-01", until="2025-06-30", reason="Invited by the founder", **terms):
        terms = {"member_id": trail.member.pk, "by": marketer} | terms
        until = until and date.fromisoformat(until)
        return set_tier_by_hand(program=program, tier=tier, reason=reason, until=until, at=day(on), **terms)

    return by_hand


def test_it_holds_until_its_last_day(trail, by_hand, marketer):
    by_hand()
    assert trail.tier == "summit"
    row = trail.member.tier_memberships.get()
    assert (row.note, row.by) == ("Invited by the founder", marketer)
    trail.night("2025-06-30")
    assert trail.tier == "summit"
    trail.night("2025-07-01")
    assert trail.tier == ""
    assert trail.history == [("by_hand", "summit"), ("hand_ended", "")]


def test_it_gives_no_reward(trail, by_hand):
    by_hand()
    assert trail.vouchers == []


def test_activities_leave_it_alone_and_count_after_its_end(trail, by_hand):
    by_hand("basecamp")
    trail.buy("2025-04-01", 3600)
    assert trail.tier == "basecamp"
    trail.night("2025-07-01")
    assert trail.tier == "halfdome"


def test_the_end_of_the_year_leaves_it_alone(trail, by_hand):
    by_hand(until="2027-06-30")
    trail.night("2026-01-01")
    trail.night("2027-01-01")
    assert trail.tier == "summit"


def test_what_was_put_aside_comes_back(trail, by_hand):
    trail.buy("2025-02-01", 2000)
    by_hand()
    trail.night("2025-07-01")
    assert trail.tier == "basecamp"
    trail.night("2026-01-01")
    trail.night("2027-01-01")
    assert trail.tier == ""


def test_a_tier_set_twice_puts_the_first_aside_once(trail, by_hand):
    trail.buy("2025-02-01", 2000)
    by_hand("halfdome")
    by_hand("summit", on="2025-03-02")
    trail.night("2025-07-01")
    assert trail.tier == "basecamp"


def test_a_refund_leaves_it_alone_but_not_what_comes_after(trail, by_hand):
    trail.buy("2025-02-01", 2000, ticket="T")
    by_hand()
    outcome = trail.refund("2025-03-05", "T").outcomes[-1]
    assert outcome["reason"] == "stays"
    assert trail.tier == "summit"
    assert trail.vouchers == [(20, "withdrawn")]
    trail.night("2025-07-01")
    assert trail.tier == ""


def test_it_can_be_without_end_and_be_ended(program, trail, by_hand):
    by_hand(until=None)
    trail.night("2030-01-01")
    assert trail.tier == "summit"
    end_tier_by_hand(program=program, member_id=trail.member.pk, reason="Left", at=day("2030-01-02"))
    assert trail.tier == ""
    assert trail.member.tier_memberships.get(reason="hand_ended").note == "Left"


@pytest.mark.parametrize(
    ("terms", "field"),
    [({"tier": "gold"}, "tier"), ({"reason": " "}, "reason"), ({"until": "2025-02-28"}, "until")],
)
def test_nonsense_is_refused_at_its_field(trail, by_hand, terms, field):
    with pytest.raises(TierRefused) as refusal:
        by_hand(**terms)
    assert list(refusal.value.message_dict) == [field]
    assert trail.history == []


def test_a_stranger_gets_no_tier(by_hand):
    with pytest.raises(TierRefused, match="not enrolled"):
        by_hand(member_id=MemberFactory().pk)


def test_what_was_not_set_by_hand_cannot_be_ended(program, trail):
    with pytest.raises(TierRefused, match="not set by hand"):
        end_tier_by_hand(program=program, member_id=trail.member.pk, reason="x", at=day("2025-03-01"))
