"""Who has priority support, by a tier or by a plan: known as soon as it changes, shown, and to be filtered by."""

from datetime import timedelta

import pytest

from loyalty.subscriptions import operations as subscriptions
from loyalty.subscriptions.operations import cancel
from loyalty.tiers.models import Tier
from loyalty.tiers.operations import end_tier_by_hand, save_tiers, set_tier_by_hand
from members.filters import MemberFilter
from members.models import Enrolment, Member
from tests.factories.subscriptions import add_plan, noon, subscribe
from tests.factories.tiers import outdoor_tiers

pytestmark = pytest.mark.django_db
AT = noon(2025, 4, 2)


def prioritised():
    found = MemberFilter({"priority": "true"}, queryset=Member.objects.all())
    assert found.is_valid()
    return list(found.qs)


def test_a_tier_brings_it_and_takes_it_along(program, ana, bruno, as_role, text_of):
    row = outdoor_tiers(program)
    summit = Tier.objects.get(tier_program=row, code="summit")
    summit.priority_support = True
    set_tier_by_hand(program=program, member_id=bruno.pk, tier="basecamp", reason="Founder", at=AT)
    set_tier_by_hand(program=program, member_id=ana.pk, tier="summit", reason="Founder", at=AT)
    assert prioritised() == []
    save_tiers(row=row, tiers=[summit], at=AT)
    assert prioritised() == [ana]
    browser = as_role("support")
    assert "Priority support by the tier" in text_of(browser.get(f"/admin/members/member/{ana.pk}/overview/"))
    listed = browser.get("/admin/members/member/?priority=true").context["cl"]
    assert list(listed.result_list) == [ana]
    enrolled = browser.get("/admin/members/enrolment/?has_priority__exact=1").context["cl"]
    assert [row.member for row in enrolled.result_list] == [ana]
    end_tier_by_hand(program=program, member_id=ana.pk, reason="Over", at=AT + timedelta(days=1))
    assert prioritised() == []


def test_a_plan_brings_it_and_takes_it_along(program, ana, bruno):
    plus = add_plan(program, priority_support=True)
    subscription = subscribe(program, ana, plus, AT, payment_method="ok")
    assert prioritised() == [ana]
    plus.priority_support = False
    plus.save()
    subscriptions.prioritise(plan=plus)
    assert prioritised() == []
    plus.priority_support = True
    plus.save()
    subscriptions.prioritise(plan=plus)
    cancel(subscription=subscription, at=AT, now=True, by=None)
    assert prioritised() == []


def test_either_is_enough(program, ana):
    outdoor_tiers(program)
    Tier.objects.filter(code="summit").update(priority_support=True)
    plus = add_plan(program, priority_support=True)
    subscription = subscribe(program, ana, plus, AT, payment_method="ok")
    set_tier_by_hand(program=program, member_id=ana.pk, tier="summit", reason="Founder", at=AT)
    cancel(subscription=subscription, at=AT, now=True, by=None)
    assert prioritised() == [ana]
    assert Enrolment.objects.get(member=ana).priority_by_tier
