"""One tier at a time, a history that nobody rewrites, rows that only refunds make smaller."""

import pytest
from django.db import DatabaseError, transaction

from loyalty.tiers.models import Qualification, Tier, TierMembership
from tests.factories.tiers import day

pytestmark = pytest.mark.django_db


def refuses(write):
    with pytest.raises(DatabaseError), transaction.atomic():
        write()


@pytest.fixture
def membership(trail):
    trail.buy("2025-03-01", 2000)
    return TierMembership.objects.get()


def another(membership, **changes):
    terms = {
        "program": membership.program,
        "member": membership.member,
        "tier": membership.tier,
        "starts_at": day("2025-04-01"),
        "ends_at": day("2025-05-01"),
        "reason": "renewed",
        "recorded_at": day("2025-04-01"),
    }
    return TierMembership.objects.create(**(terms | changes))


def test_a_stretch_of_the_past_beside_the_present_one_is_accepted(membership):
    another(membership)


@pytest.mark.parametrize(
    "changes",
    [
        {"ends_at": None},
        {"ends_at": day("2025-03-31")},
        {"reason": "reached"},
        {"reason": "by_hand"},
        {"measured_from": day("2025-06-01"), "period_ends_at": day("2025-05-01")},
    ],
)
def test_a_second_present_or_nonsense_is_refused(membership, changes):
    refuses(lambda: another(membership, **changes))


def test_a_history_is_not_rewritten(membership):
    refuses(lambda: TierMembership.objects.update(tier=Tier.objects.get(code="summit")))
    refuses(lambda: membership.delete())
    refuses(lambda: Qualification.objects.update(points=1))
    refuses(lambda: Qualification.objects.all().delete())


def test_only_refunds_take_away(membership):
    row = {
        "program": membership.program,
        "member": membership.member,
        "kind": "purchase",
        "occurred_at": day("2025-03-01"),
    }
    refuses(lambda: Qualification.objects.create(activity_id=9, points=-1, **row))
    refuses(lambda: Qualification.objects.create(activity_id=9, points=1, refund_of=1, times=-1, **row))


def test_an_activity_counts_once(membership):
    known = Qualification.objects.get()
    known.pk = None
    refuses(lambda: known.save(force_insert=True))
