"""Cash-back: money that members collect, beside points or instead of them, and never mixed up with them."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from loyalty.earning import versions
from loyalty.earning.admin.recording import told
from loyalty.earning.models import Decision
from loyalty.earning.operations import MemberRef, calculate, record_activities
from loyalty.earning.sentences import describe, explain
from loyalty.earning.versions import RuleRefused
from loyalty.ledger.audit import audit_ledger
from loyalty.ledger.models import Account, PostingKey
from members.models import Enrolment
from tests.earning.desk import DAY, NOON
from tests.earning.test_rule_admin_form import ADD, added, errors, filled_in, page_of
from tests.factories.earning import EarningRuleFactory
from tests.factories.members import EnrolmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def five_percent(program):
    """Five per cent of each purchase as cash-back."""
    return EarningRuleFactory(
        program=program,
        code="credit",
        name="Credit",
        currency="cashback",
        effect="percentage",
        factor=Decimal(5),
        points=None,
        per_amount=None,
    )


def purse(member, currency="cashback"):
    account = Account.objects.filter(member=member, currency=currency).first()
    return account and account.available


def of_credit(recorded):
    return next(outcome for outcome in recorded.outcomes if outcome.get("rule") == "credit")


def test_a_purchase_earns_points_and_cash_back_each_in_its_own_account(desk, ana, five_percent):
    recorded = desk.record(12.40)
    assert (recorded.granted, recorded.also) == (12, {"cashback": 62})
    assert (purse(ana, "points"), purse(ana)) == (12, 62)
    assert of_credit(recorded)["currency"] == "cashback"
    assert Enrolment.objects.get(member=ana).balance == 12
    assert PostingKey.objects.count() == 1
    assert not audit_ledger().drift


def test_a_retry_gets_the_first_answer_and_collects_nothing_more(desk, ana, five_percent):
    purchase = desk.activity(10)
    first, again = desk.hand_in(purchase), desk.hand_in(purchase)
    assert (again.duplicate, again.granted, again.also) == (True, first.granted, {"cashback": 50})
    assert purse(ana) == 50


def test_members_of_programs_without_cash_back_have_no_such_account(desk, ana):
    desk.record(10)
    assert purse(ana) is None


def test_multipliers_and_groups_of_points_leave_cash_back_alone(desk, ana, program, base_rule, five_percent):
    EarningRuleFactory(program=program, effect="multiplier", factor=2, points=None, per_amount=None)
    base_rule.exclusive_group = five_percent.exclusive_group = "one"
    base_rule.save()
    five_percent.save()
    desk.record(10)
    assert (purse(ana, "points"), purse(ana)) == (20, 50)


def test_caps_of_cash_back_are_amounts(desk, ana, five_percent):
    five_percent.cap_per_day = 80
    five_percent.save()
    desk.record(10)
    outcome = of_credit(desk.record(10))
    assert (outcome["desired"], outcome["granted"], outcome["cap"]) == (50, 30, "day")
    assert purse(ana) == 80


def test_a_batch_of_many_members_takes_each_to_the_cent(desk, ana, program, five_percent):
    others = [EnrolmentFactory(program=program).member for _ in range(3)]
    members = [ana, *others] * 2
    batch = [desk.activity(n + 1, member=MemberRef("id", str(member.pk))) for n, member in enumerate(members)]
    record_activities(program=program, source="till", activities=batch, at=NOON)
    assert [purse(member) for member in members[:4]] == [30, 40, 50, 60]
    assert not audit_ledger().drift


def test_calculating_writes_nothing(desk, ana, program, five_percent):
    answer = calculate(program=program, source="till", activity=desk.activity(10), at=NOON)
    assert answer.also == {"cashback": 50}
    assert not purse(ana)


# Refunds


def test_refunds_take_back_each_currency_by_the_same_formula(desk, ana, five_percent):
    desk.record(9.99, external_id="sale")  # 9 points and 49 cents
    parts = [desk.refund("sale", 3.33, day=day) for day in (1, 2, 3)]
    assert [part.also["cashback"] for part in parts] == [-16, -17, -16]
    assert sum(part.granted for part in parts) == -9
    assert (purse(ana, "points"), purse(ana)) == (0, 0)
    assert not audit_ledger().drift


def test_a_refund_undoes_what_was_given_then_whatever_the_rules_say_now(desk, ana, five_percent):
    desk.record(10, external_id="sale")
    versions.retire_rule(rule=five_percent, at=NOON + DAY / 2)
    assert desk.refund("sale").also == {"cashback": -50}
    assert purse(ana) == 0


def test_a_purchase_and_its_refund_may_come_in_one_batch(desk, ana, program, five_percent):
    batch = [desk.activity(10, external_id="sale"), desk.activity(None, kind="refund", refunds="sale")]
    record_activities(program=program, source="till", activities=batch, at=NOON)
    assert purse(ana) == 0
    assert Decision.objects.order_by("pk").last().also == {"cashback": -50}
    assert not audit_ledger().drift


# Words


def test_rules_and_outcomes_are_written_as_money(desk, ana, program, five_percent):
    assert describe(five_percent) == "5% of the amount as cash-back"
    recorded = desk.record(10, external_id="sale")
    assert explain(of_credit(recorded), currency="EUR") == "€0.50 cash-back for €10.00."
    assert told(recorded, program) == "Recorded: 10 points were earned. Cash-back earned: €0.50."
    refund = desk.refund("sale")
    assert explain(refund.outcomes[1], currency="EUR") == "Refund of sale: €0.50 cash-back taken back."
    with translation.override("fr"):
        assert "0,50\N{NO-BREAK SPACE}€" in explain(of_credit(recorded), currency="EUR")


def test_a_used_rule_does_not_change_its_currency(desk, base_rule):
    desk.record(10)
    with pytest.raises(RuleRefused) as refusal:
        versions.revise_rule(rule=base_rule, changes={"currency": "cashback"}, at=NOON + DAY)
    assert "currency" in refusal.value.error_dict


# The admin


@pytest.fixture
def marketing(client, marketer):
    client.force_login(marketer)
    return client


CASH = {"currency": "cashback", "points": "0.50", "per_amount": "20"}


def test_a_manager_types_cash_back_with_decimals(marketing, program):
    rule = added(marketing, program, **CASH, cap_per_month="12.50", budget="1000")
    assert (rule.points, rule.per_amount, rule.cap_per_month, rule.budget) == (50, 2000, 1250, 100_000)
    page = marketing.get(page_of(rule))
    assert page.context["adminform"].form.initial["cap_per_month"] == 12.5
    marketing.post(page_of(rule), filled_in(**CASH, cap_per_month="12.50", budget="1000", name="Renamed"))
    rule.refresh_from_db()
    assert (rule.name, rule.points, rule.cap_per_month) == ("Renamed", 50, 1250)


@pytest.mark.parametrize("values", [{"points": "0.5"}, {"cap_per_day": "1.5"}, CASH | {"points": "0.505"}])
def test_points_are_whole_and_money_has_its_decimals(marketing, program, values):
    found = errors(marketing, ADD, program=program.pk, code="rule", **values)
    assert list(found) == ["cap_per_day" if "cap_per_day" in values else "points"]


def test_staff_read_cash_back_as_money_everywhere(client, administrator, desk, ana, five_percent):
    desk.record(250, external_id="sale")
    client.force_login(administrator)
    account = Account.objects.get(member=ana, currency="cashback")
    activity = Decision.objects.get().activity_id
    pages = [
        reverse("admin:members_member_overview", args=[ana.pk]),
        reverse("admin:ledger_account_why", args=[account.pk]),
        reverse("admin:ledger_account_change", args=[account.pk]),
        reverse("admin:ledger_account_changelist"),
        reverse("admin:ledger_entry_changelist"),
        reverse("admin:ledger_lot_changelist"),
        reverse("admin:earning_activity_change", args=[activity]),
        reverse("admin:earning_activity_changelist"),
        reverse("admin:earning_decision_change", args=[activity]),
        reverse("admin:index"),
    ]
    for page in pages:
        text = client.get(page, headers={"accept-language": "fr"}).content.decode()
        assert "12,50\N{NO-BREAK SPACE}€" in text, page
        assert "1\N{NO-BREAK SPACE}250" not in text, page
        assert "1250" not in text.replace("#1250", ""), page


def test_cash_back_is_adjusted_with_decimals(client, administrator, desk, ana, five_percent):
    desk.record(10)
    client.force_login(administrator)
    account = Account.objects.get(member=ana, currency="cashback")
    address = reverse("admin:ledger_account_adjust", args=[account.pk])
    form = {"points": "1.25", "reason": "goodwill", "key": "5a0ba1a4-5f6c-4c0d-8a1c-000000000001"}
    response = client.post(address, form, follow=True, headers={"accept-language": "en"})
    assert "€1.25" in response.content.decode()
    assert purse(ana) == 175
    client.post(address, form | {"points": "1.255", "key": "5a0ba1a4-5f6c-4c0d-8a1c-000000000002"})
    assert purse(ana) == 175


def test_what_a_capped_rule_has_granted_is_shown_in_its_currency(client, administrator, desk, five_percent):
    five_percent.cap_per_member = 10_000
    five_percent.save()
    desk.record(250)
    client.force_login(administrator)
    page = client.get(reverse("admin:earning_ruleusage_changelist"), headers={"accept-language": "en"})
    assert "€12.50" in page.content.decode()
