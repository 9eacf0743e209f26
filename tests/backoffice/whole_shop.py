"""A shop in which something of everything has happened, with names and texts that no language's dictionary holds."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from uuid import uuid4

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils.translation import override
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, SolarSchedule

from analytics.models import MemberValue, ValueSnapshot
from campaigns.operations import set_segment
from loyalty.api.operations import create_key
from loyalty.counter.errors import CounterRefused
from loyalty.counter.models import CounterAction, CounterLimits
from loyalty.counter.operations import hold, register_device, set_pin
from loyalty.counter.till import Till
from loyalty.earning.importing.jobs import request_import
from loyalty.earning.models import EarningRule
from loyalty.earning.operations import ActivityInput, MemberRef, enrol_member, record_activity, refund_activity
from loyalty.events.models import Cursor, Event
from loyalty.events.operations import publish
from loyalty.jobs import operations as jobs
from loyalty.ledger import operations as ledger
from loyalty.ledger.gifts import set_transfer_policy, transfer
from loyalty.ledger.models import Entry
from loyalty.partners.operations import add_contract, buy_pack, create_partner, link_member, settle
from loyalty.portal.operations import request_erasure
from loyalty.programs.models import Program
from loyalty.punchcards.models import Punch
from loyalty.punchcards.operations import stamp_by_hand, undo_stamp
from loyalty.referrals.operations import add_ambassador, make_code, set_referral_program
from loyalty.subscriptions import operations as subscriptions
from loyalty.subscriptions.gateways import fake
from loyalty.subscriptions.models import FakePayment
from loyalty.tiers.operations import set_tier_by_hand, set_tiers
from members.operations import (
    add_external_id,
    block_card,
    erase_member,
    found_household,
    generate_batch,
    issue_card,
    merge_members,
)
from rewards.operations import (
    add_partner_codes,
    add_reward,
    create_voucher_batch,
    entitle,
    fill_voucher_batch,
    give_back_vouchers,
    issue_voucher,
    pay_with_gift_card,
    pay_with_points,
    redeem_reward,
    redeem_voucher,
    register_gift_card,
    roll_back_redemption,
    sell_gift_card,
)
from rewards.operations.offers import set_offer
from tests.backoffice.shop_of_challenges import take_part
from tests.factories.campaigns import EmailSettingFactory, MessageFactory
from tests.factories.connectors import connected
from tests.factories.partners import DisputeFactory, a_row_of_theirs
from tests.factories.programs import StoreFactory
from tests.factories.punchcards import PunchCardProgramFactory
from tests.factories.rewards import BurnRuleFactory, RewardFactory

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
FIRST = "2026-03-01"
DAY = timedelta(days=1)
REASON = "Xq"
PURCHASES = b"external_id,member,occurred_at,amount\nT8,Zoe,2025-01-31,12.50\nT9,,2025-13-31,x\n"


def open_shop(by, now=NOW):
    call_command("load_program", "yes2you", stdout=StringIO())
    program = Program.objects.get()
    store = StoreFactory(program=program, name="Qz")
    _tiers(program, now)
    zoe = _member(program, store, now)
    _rules(program, now)
    _punch_cards(program, zoe, now, by)
    _purchases(program, store, zoe, now, by)
    _rewards(program, store, zoe, now, by)
    _ledger(program, zoe, now, by)
    _referrals(program, zoe, now, by)
    set_tier_by_hand(program=program, member_id=zoe.pk, tier="xq", reason=REASON, at=now, by=by)
    _persons(program, zoe, now, by)
    take_part(program, store, zoe, now, by)
    _cards(program, zoe, now, by)
    _subscriptions(program, store, zoe, now)
    _partners(program, zoe, now, by)
    MessageFactory(program=program, member=zoe, subject="Xq")
    EmailSettingFactory(program=program)
    _connections(program, zoe, now)
    _counter(program, store, zoe, now, by)
    request_erasure(program=program, member=zoe, at=now)
    _background(program, now, by)
    _sign_ins()
    values = ValueSnapshot.objects.create(
        program=program, as_of_date=now.date(), horizon_weeks=26, members=1, predicted_value=50, created_at=now
    )
    MemberValue.objects.create(
        snapshot=values, member=zoe, historic=100_00, expected_purchases=2, probability_alive=0.5, predicted=50
    )


def _partners(program, zoe, now, by):
    hotel = create_partner(code="xq", name="Xq", contact_email="xq@example.com", at=now, by=by)
    link_member(partner=hotel, program=program, member=zoe, at=now, by=by)
    terms = {"valid_from": now.date() - 60 * DAY, "accrual_rate": 2, "redemption_rate": 1, "kinds": ["xq"]}
    add_contract(partner=hotel, program=program, at=now, by=by, **terms)
    buy_pack(partner=hotel, program=program, points=100, price=100, reference="Xq1", at=now - 40 * DAY, by=by)
    february = settle(partner=hotel, program=program, month=now.date() - 10 * DAY, at=now, by=by)
    DisputeFactory(matched=a_row_of_theirs(february))
    create_key(partner=hotel, name="Xq", scopes=["members:read"], at=now, by=by)


def _tiers(program, now):
    """Two, so that a member has one and another one before him."""
    names = {"name_en": "Xq", "name_fr": "Xq", "perks_en": "Xq", "perks_fr": "Xq"}
    tiers = [names | {"code": "xq", "threshold": 100}, names | {"code": "xz", "threshold": 1000, "multiplier": 2}]
    set_tiers(program=program, tiers=tiers, at=now - 60 * DAY)


def _member(program, store, now, name="Zoe"):
    at = now - 20 * DAY
    if name != "Zoe":
        return enrol_member(program=program, first_name=name, last_name="Zz", store=store, at=at).member
    zoe = enrol_member(
        program=program,
        first_name="Zoe",
        last_name="Zz",
        email="zoe@example.com",
        postcode="1",
        phone="+33612345678",
        tags=["vip"],
        consents=["email"],
        channel="app",
        store=store,
        at=at,
    ).member
    add_external_id(member=zoe, source="till", external_id="Z1", at=at, by=None)
    return zoe


def _rules(program, now):
    terms = {"program": program, "kind": "purchase", "created_at": now, "valid_from": now - 60 * DAY}
    EarningRule.objects.create(
        **terms,
        code="vip",
        name="Xq",
        effect="multiplier",
        factor=2,
        stores=["Qz"],
        channels=["app"],
        brands=["Xq"],
        categories=["Xq"],
        excluded_skus=["Xq1"],
        tenders=["cash"],
        member_tags=["vip"],
        weekdays=[1, 2],
        hour_from=9,
        hour_to=12,
        minimum_amount=500,
        cap_per_activity=10,
        budget=1000,
        activation_delay_days=2,
        valid_to=now + 60 * DAY,
    )
    EarningRule.objects.create(**terms, code="capped", name="Xq", effect="fixed", points=50, cap_per_day=20)
    BurnRuleFactory(program=program, name="Xq", points=10, value=50, minimum_points=10, largest_share=50)


def _punch_cards(program, member, now, by):
    """One of visits, which the purchases punch too, and one of amounts; a punch by hand, and another taken back."""
    gift = RewardFactory(program=program, name_fr="Xq", name_en="Xq", product="Xq")
    terms = {"program": program, "reward": gift, "name_fr": "Xq", "name_en": "Xq"}
    card = PunchCardProgramFactory(**terms, expiry="months", expires_after=3)
    PunchCardProgramFactory(**terms, punch_on="amount", per_amount=10_00, minimum_amount=5_00, channels=["app"])
    hand = {"card_program": card, "member_id": member.pk, "reason": REASON, "by": by}
    stamp_by_hand(**hand, at=now - 12 * DAY)
    stamp_by_hand(**hand, at=now - 11 * DAY)
    undo_stamp(punch=Punch.objects.order_by("id").last(), reason=REASON, at=now, by=by)


def _purchases(program, store, member, now, by):
    """Two that earn, one of which is refunded in part."""
    for external_id, days in (("T1", 10), ("T2", 5)):
        purchase = ActivityInput(
            external_id=external_id,
            kind="purchase",
            occurred_at=now - days * DAY,
            member=MemberRef("id", str(member.pk)),
            amount=150_00,
            currency=program.money_currency,
            store=store.code,
            channel="app",
        )
        record_activity(program=program, source="till", activity=purchase, at=now, by=by)
    refund_activity(
        program=program,
        source="till",
        external_id="R2",
        member=MemberRef("id", str(member.pk)),
        refunds="T2",
        amount=50_00,
        occurred_at=now - DAY,
        at=now,
        by=by,
    )


def _rewards(program, store, member, now, by):
    gift = RewardFactory(program=program, name_fr="Xq", name_en="Xq", product="Xq", points_price=10, stores=[store])
    who = {"program": program, "member_id": member.pk, "source": "till", "store": store, "at": now, "by": by}
    redeem_reward(**who, reward=gift, external_id="G1")
    undone = redeem_reward(**who, reward=gift, external_id="G2").redemption
    roll_back_redemption(redemption=undone, reason=REASON, at=now, by=by)
    pay_with_points(**who, amount=20_00, points=20, external_id="P1")
    issue_voucher(program=program, reward=gift, member_id=member.pk, at=now, by=by)
    promised = {"program": program, "reward": gift, "member_id": member.pk, "source": "Xq", "at": now, "by": by}
    cinema = RewardFactory(
        program=program, name_fr="Xq", name_en="Xq", kind="partner", partner_name="Xq", funded_by="Xq"
    )
    add_partner_codes(reward=cinema, codes=["Xq1", "Xq2"], at=now, by=by)
    ticket = issue_voucher(program=program, reward=cinema, member_id=member.pk, at=now, by=by)
    redeem_voucher(program=program, code=ticket.code, source="till", external_id="V1", store=store, at=now, by=by)
    give_back_vouchers(program=program, source="till", external_id="V1", at=now, by=by)
    either = add_reward(
        program=program, code="xq", name_fr="Xq", name_en="Xq", kind="choice", items=[gift, (cinema, 2)], at=now, by=by
    )
    issue_voucher(program=program, reward=either, member_id=member.pk, at=now, by=by)
    batch = create_voucher_batch(program=program, reward=gift, name="Xq", quantity=3, at=now, by=by)
    fill_voucher_batch(batch=batch, at=now, most=3)
    sale = {"program": program, "source": "till", "store": store, "at": now, "by": by}
    card = sell_gift_card(**sale, amount=50_00, external_id="C1").card
    register_gift_card(program=program, code=card.code, member_id=member.pk, at=now, by=by, trusted=True)
    pay_with_gift_card(**sale, code=card.code, amount=20_00, external_id="C2", trusted=True)
    entitle(**promised, every="month", reference="E1", until=now + 90 * DAY)


def _ledger(program, member, now, by):
    account = {"program": program, "member_id": member.pk, "at": now, "by": by}
    ledger.adjust(**account, points=5, reason=REASON, cause=ledger.Cause("adjustment", "A1"))
    adjusted = Entry.objects.get(kind="adjust")
    ledger.reverse(entry=adjusted, cause=ledger.Cause("reversal", "A1"), at=now, by=by, reason=REASON)
    later = {"active_at": now + 5 * DAY, "expires_at": now + 90 * DAY}
    earned = {"program": program, "member_id": member.pk, "at": now - DAY, "by": by}
    ledger.earn(**earned, points=300, cause=ledger.Cause("till", "E1"), **later)
    ledger.earn(**earned, points=300, cause=ledger.Cause("till", "E2"))


def _referrals(program, zoe, now, by):
    """A friend for whom Zoe was rewarded and one who is held; an ambassador."""
    set_referral_program(program=program, at=now, by=by, referrer_points=50, friend_points=20, return_days=0)
    add_ambassador(program=program, name="Xq", code="XQ10", referrer_cost=500, at=now, by=by)
    code = make_code(program=program, member_id=zoe.pk, at=now).code
    for number, last_name in enumerate(["Qq", "Zz"]):
        friend = enrol_member(program=program, first_name="Xq", last_name=last_name, postcode="1", at=now - 3 * DAY)
        purchase = ActivityInput(
            external_id=f"F{number}",
            member=MemberRef("id", str(friend.member_id)),
            kind="purchase",
            occurred_at=now - DAY,
            amount=80_00,
            referral=code,
        )
        record_activity(program=program, source="till", activity=purchase, at=now, by=by)


def _persons(program, member, now, by):
    """A household, a gift within the limits, a merge, somebody forgotten."""
    found_household(program=program, name="Xq", head=member, at=now - DAY, by=by)
    others = [enrol_member(program=program, first_name="Zz", at=now - DAY, birth_date="1990-01-01") for _ in range(4)]
    taker, double, forgotten, _ = (enrolment.member for enrolment in others)
    set_transfer_policy(program=program, at=now, by=by, minimum=1, most_per_day=500)
    transfer(
        program=program,
        from_member_id=member.pk,
        to_member_id=taker.pk,
        points=5,
        source="Xq",
        external_id="X1",
        at=now,
        by=by,
        reason=REASON,
    )
    merge_members(keep=member, absorb=double, at=now, by=by, reason=REASON)
    erase_member(member=forgotten, at=now, by=by, reason=REASON)
    set_segment(
        program=program, code="xq", name_en="Xq", name_fr="Xq", conditions={"purchases_min": "1"}, at=now, by=by
    )
    set_offer(program=program, code="xq", name_en="Xq", name_fr="Xq", audience_tags=["vip"], at=now, by=by)


def _cards(program, member, now, by):
    generate_batch(program=program, quantity=2, at=now, by=by)
    block_card(card=issue_card(program=program, member=member, at=now, by=by), reason=REASON, at=now, by=by)
    issue_card(program=program, member=member, at=now, by=by)


def _subscriptions(program, store, member, now):
    """A subscription in every state, a payment of each kind, a refund, a notice."""
    terms = {"name_fr": "Xq", "name_en": "Xq", "every": "month", "prices": {"USD": 10_00}, "at": now - 90 * DAY}
    gifts = {"perks_fr": "Xq", "perks_en": "Xq", "recurring_reward": RewardFactory(program=program), "recurs": "month"}
    plan = subscriptions.add_plan(program=program, code="plus", **terms, **gifts)
    free = subscriptions.add_plan(program=program, code="free", trial_days=10, **terms)
    each = {"program": program, "plan": plan, "at": now - 40 * DAY, "gateway": "fake"}
    others = [_member(program, store, now - 60 * DAY, name) for name in ("Yz", "Xy", "Wx")]
    subscription = subscriptions.subscribe(**each, member_id=member.pk)
    subscriptions.refund_charge(charge=subscription.charges.get(), reason=REASON, at=now - 40 * DAY)
    fake.script(member_id=member.pk, results=["declined"])
    subscriptions.renew(subscription=subscription, at=now - DAY)
    paused, waiting, free_one = (
        subscriptions.subscribe(**each | {"at": now - DAY} | terms, member_id=other.pk)
        for other, terms in zip(others, ({}, {"gateway": "manual"}, {"plan": free}), strict=True)
    )
    subscriptions.pause(subscription=paused, at=now)
    subscriptions.cancel(subscription=free_one, at=now, reason=REASON)
    body, headers = fake.notice(FakePayment.objects.first(), at=now)
    subscriptions.record_gateway_notice(gateway="fake", body=body, headers=headers, at=now)


def _connections(program, member, now):
    shop, _received, endpoint = connected(program, now)
    endpoint.deliveries.create(
        event=Event.objects.first(), state="dead", code="timeout", created_at=now, settled_at=now
    )
    shop.carts.create(token="Xq", member=member, amount=10_00, seen_at=now)
    shop.shop_codes.create(voucher=member.vouchers.first(), state="failed", code="busy", changed_at=now)


def _counter(program, store, member, now, by):
    set_pin(user=by, pin="8642", at=now)
    CounterLimits.objects.create(program=program)
    action = {"program": program, "store": store, "clerk": by, "member": member, "day": now.date(), "at": now}
    till = register_device(store=store, name="Xq", at=now, by=by)
    given = {"points": 5, "reason": REASON}
    CounterAction.objects.create(key=uuid4(), device=till, journey="give", digest="0", outcome=given, **action)
    at_till = Till(by, till, store, program, CounterLimits(program=program), now)
    typed = {"whom": "", "fields": {"amount": ["Xq"]}}
    refusal = CounterRefused("xq", "Xq")
    hold(key=uuid4(), till=at_till, journey="sell", member=member, typed=typed, refusal=refusal, at=now, by=by)


def _background(program, now, by):
    """The night of the next month's first day, an import with a wrong row, a job that fails."""
    call_command("run_jobs", "--as-of", FIRST, "--program", program.code, stdout=StringIO(), stderr=StringIO())
    upload = ContentFile(PURCHASES, name="xq.csv")
    with override("fr"):
        job = request_import(program=program, upload=upload, source="till", enrol=True, dry_run=False, by=by, at=now)
    jobs.run(job, at=now)
    gone = {"file": "xq", "language": "fr"}
    jobs.run(jobs.ensure(name=job.name, scope=program.code, period="x", by=by, at=now, params=gone), at=now)
    publish()
    Cursor.objects.create(consumer="Xq")
    CrontabSchedule.objects.create()
    ClockedSchedule.objects.create(clocked_time=now)
    SolarSchedule.objects.create(event="sunrise", latitude=45, longitude=4)


def _sign_ins():
    AccessAttempt.objects.create(username="xq", ip_address="192.0.2.1", failures_since_start=1)
    AccessLog.objects.create(username="xq", ip_address="192.0.2.1")
    AccessFailureLog.objects.create(username="xq", ip_address="192.0.2.1")
