import pytest
from django.utils import translation

from loyalty.earning.models import Activity
from loyalty.earning.operations import ActivityRefused, Line, MemberRef, calculate
from loyalty.events.models import Event
from loyalty.ledger.audit import audit_ledger
from loyalty.ledger.models import Account
from loyalty.programs.operations import announce_closing
from members.models import Enrolment, Member
from tests.earning.desk import DAY, NOON
from tests.factories.members import MemberFactory
from tests.factories.programs import StoreFactory

pytestmark = pytest.mark.django_db


def refusal(desk, at=None, **terms):
    with pytest.raises(ActivityRefused) as refused:
        desk.record(at=at, **terms)
    assert not Activity.objects.exists()
    return refused.value.code, refused.value.field


def test_a_purchase_earns_and_leaves_its_decision(desk):
    recorded = desk.record(12.50)
    activity = Activity.objects.get(pk=recorded.activity_id)
    assert (recorded.granted, desk.points) == (12, 12)
    assert activity.decision.granted == 12
    assert [outcome["rule"] for outcome in activity.decision.outcomes] == ["base"]


def test_what_earns_nothing_is_recorded_all_the_same(desk):
    recorded = desk.record(0)
    assert (recorded.granted, desk.points) == (0, 0)
    assert Activity.objects.get(pk=recorded.activity_id).decision.granted == 0


def test_lines_and_tenders_are_kept(desk):
    line = Line(sku="BREAD", category="bakery", quantity=2, unit_price=150)
    recorded = desk.record(3, lines=(line,), paid_with=(("cash", 100), ("card", 200)))
    activity = Activity.objects.get(pk=recorded.activity_id)
    assert list(activity.lines.values_list("sku", "category", "quantity", "unit_price")) == [
        ("BREAD", "bakery", 2, 150)
    ]
    assert activity.paid_with == [{"tender": "cash", "amount": 100}, {"tender": "card", "amount": 200}]


def test_the_members_summary_follows(desk, ana):
    desk.record(10, day=1)
    desk.record(20, day=0)
    enrolment = Enrolment.objects.get(member=ana)
    assert (enrolment.purchases, enrolment.spend, enrolment.balance) == (2, 3000, 30)
    assert (enrolment.first_purchase_at, enrolment.last_purchase_at) == (NOON, NOON + DAY)
    assert enrolment.last_activity_at == NOON + DAY


def test_an_event_says_that_it_happened(desk, ana):
    recorded = desk.record(10)
    event = Event.objects.get()
    assert (event.kind, event.member_id) == ("activity.recorded", ana.pk)
    assert event.payload["activity"] == recorded.activity_id


@pytest.mark.parametrize("kind", ["card", "number", "email", "phone", "any"])
def test_a_member_is_found_by_whatever_the_till_has(desk, ana, kind):
    values = {"card": ana.cards.get().number, "number": ana.number, "email": ana.email, "phone": str(ana.phone)}
    assert desk.record(10, member=MemberRef(kind, values.get(kind, ana.email.upper()))).member_id == ana.pk


@pytest.mark.parametrize(
    ("terms", "code", "field"),
    [
        ({"euros": -1}, "amount_negative", "amount"),
        ({"euros": 10**10}, "amount_too_large", "amount"),
        ({"euros": None}, "required", "amount"),
        ({"currency": "USD"}, "currency_unknown", "currency"),
        ({"store": "nowhere"}, "store_unknown", "store"),
        ({"member": MemberRef("any", "nobody")}, "member_unknown", "member"),
        ({"day": 2, "at": NOON}, "in_the_future", "occurred_at"),
        ({"day": 0, "at": NOON + 31 * DAY}, "too_old", "occurred_at"),
        ({"external_id": " "}, "required", "external_id"),
        ({"external_id": "x" * 121}, "too_long", "external_id"),
        ({"external_id": "ticket\x00"}, "unprintable", "external_id"),
        ({"channel": "web\x00"}, "unprintable", "channel"),
        ({"store": "halles\x00"}, "unprintable", "store"),
        ({"member": MemberRef("any", "ana\x00")}, "member_unknown", "member"),
        ({"kind": "refund", "refunds": "shoes\x00"}, "unprintable", "refunds"),
        ({"paid_with": (("cash\x00", 10),)}, "tender_invalid", "paid_with"),
        ({"kind": "Purchase!"}, "kind_invalid", "kind"),
        ({"kind": "refund"}, "refund_without_purchase", "refunds"),
        ({"refunds": "ticket-0"}, "refund_without_purchase", "refunds"),
        ({"paid_with": (("cash", 2000),)}, "tenders_exceed_amount", "paid_with"),
        ({"lines": (Line(sku="A", quantity=0),)}, "quantity_invalid", "quantity"),
        ({"lines": (Line(sku="A", unit_price=-1),)}, "price_invalid", "unit_price"),
    ],
)
def test_bad_input_is_refused_at_its_field_and_leaves_nothing(desk, terms, code, field):
    assert refusal(desk, **terms) == (code, field)


def test_a_blocked_member_earns_nothing(desk, ana):
    Member.objects.update(status="blocked")
    assert refusal(desk) == ("member_blocked", "member")


def test_who_has_not_joined_the_program_is_not_served(desk):
    stranger = MemberFactory()
    assert refusal(desk, member=MemberRef("id", str(stranger.pk))) == ("not_enrolled", "member")


def test_a_store_of_another_program_is_unknown(desk):
    assert refusal(desk, store=StoreFactory().code) == ("store_unknown", "store")


def test_a_closed_store_sells_nothing(desk, program):
    StoreFactory(program=program, code="old", is_active=False)
    assert refusal(desk, store="old") == ("store_closed", "store")


def test_the_reason_is_in_the_readers_language(desk):
    with translation.override("fr"), pytest.raises(ActivityRefused) as refused:
        desk.record(10, member=MemberRef("any", "nobody"))
    assert "Aucun membre" in refused.value.message


def test_a_trial_run_answers_the_same_and_writes_nothing(desk, program):
    activity = desk.activity(12.50)
    answer = calculate(program=program, source="till", activity=activity, at=NOON)
    assert not Activity.objects.exists()
    assert not Account.objects.exists()
    recorded = desk.hand_in(activity)
    assert (answer.granted, answer.outcomes) == (recorded.granted, recorded.outcomes)


def test_after_its_last_earning_day_a_program_records_and_grants_nothing(desk, program):
    days = [NOON.date() + number * DAY for number in range(4)]
    desk.program = announce_closing(
        program=program,
        last_earning=days[0],
        last_redemption=days[2],
        final_expiry=days[3],
        at=NOON,
        by=None,
    )
    assert desk.record(10, day=0).granted == 10
    assert desk.record(10, day=1).granted == 0


def test_points_become_usable_after_the_rules_delay(desk, base_rule):
    base_rule.activation_delay_days = 14
    base_rule.save()
    desk.record(10)
    account = desk.member.accounts.get()
    assert (account.available, account.pending) == (0, 10)
    assert account.lots.get().active_at.isoformat() == "2026-03-15T23:00:00+00:00"  # midnight in Paris


def test_under_an_inactivity_policy_an_activity_gives_older_points_a_new_term(desk, program):
    program.expiry, program.expiry_months = "inactivity", 6
    program.save()
    desk.record(10, day=0)
    desk.record(0, day=100)
    lots = desk.member.accounts.get().lots
    assert lots.get().expires_at.date().isoformat() == "2026-12-09"  # six months after 10 June, at midnight in Paris
    assert audit_ledger().drift == []
