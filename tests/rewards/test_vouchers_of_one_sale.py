"""Several vouchers in one sale: all or none, what they take off, what goes together, and a sale that is undone."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from members.models import Enrolment, Member
from rewards import operations, queries
from rewards.models import UndoneUse, Voucher, VoucherUse
from rewards.operations import VoucherRefused
from tests.factories.rewards import SPRING, RewardFactory

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Article:
    sku: str
    category: str
    quantity: int
    unit_price: int


def give(program, member=None, **terms):
    terms = {"kind": "discount_amount", "amount": 500, "points_price": None} | terms
    reward = RewardFactory(program=program, **terms)
    return operations.issue_voucher(program=program, reward=reward, member_id=member and member.pk, at=SPRING)


def sell(vouchers, sale="s1", *, amount=2500, at=SPRING, verb=operations.use_vouchers, **options):
    program = vouchers[0].program
    codes = [voucher.code for voucher in vouchers]
    return verb(program=program, codes=codes, amount=amount, source="till", external_id=sale, at=at, **options)


def refusal_of(vouchers, *options, **named):
    with pytest.raises(VoucherRefused) as refused:
        sell(vouchers, *options, **named)
    return refused.value


def test_each_says_what_it_takes_off(program, ana, store, clerk):
    amount, percent = give(program, ana), give(program, ana, kind="discount_percent", percent=10)
    used = sell([amount, percent], member_id=ana.pk, store=store, by=clerk)
    assert [each.worth for each in used] == [500, 250]
    assert [each.voucher for each in used] == [amount, percent]
    use = VoucherUse.objects.get(voucher=percent)
    assert (use.worth, use.member, use.store, use.by) == (250, ana, store, clerk)


def test_all_or_none(program, ana):
    fine, spent = give(program, ana), give(program, ana)
    sell([spent], "before")
    assert refusal_of([fine, spent], trusted=True).code == "used"
    fine.refresh_from_db()
    assert (fine.state, VoucherUse.objects.filter(voucher=fine).count()) == ("unused", 0)


def test_vouchers_that_do_not_go_together(program, ana):
    alone, other = give(program, ana, is_stackable=False), give(program, ana)
    assert refusal_of([alone, other]).code == "not_stackable"
    sell([other])
    assert refusal_of([alone]).code == "not_stackable"  # the sale has used another one before
    sell([alone], "s2")
    assert refusal_of([alone, alone], "s3").code == "not_usable"


def test_the_same_code_twice(program, ana):
    voucher = give(program, ana, voucher_uses=2)
    assert refusal_of([voucher, voucher]).code == "named_twice"


def test_a_retry_answers_as_the_first_time(program, ana):
    vouchers = [give(program, ana), give(program, ana)]
    first, again = sell(vouchers), sell(vouchers, amount=100)
    assert [each.worth for each in again] == [each.worth for each in first] == [500, 500]
    assert all(each.replayed for each in again)
    assert VoucherUse.objects.count() == 2


def test_one_more_voucher_sees_what_the_sale_has_used(program, ana):
    first, second = give(program, ana), give(program, ana)
    sell([first], amount=700)
    assert [each.worth for each in sell([first, second], amount=700)] == [500, 200]


def test_a_basket_that_is_too_small_is_told_to_anybody(program, ana):
    voucher = give(program, ana, minimum_basket=3000)
    refused = refusal_of([voucher])
    assert (refused.code, "€30.00" in str(refused)) == ("basket_too_small", True)
    assert refusal_of([voucher], amount=None).code == "basket_needed"
    assert sell([voucher], amount=3000)[0].worth == 500


def test_goods(program, ana):
    voucher = give(program, ana, categories=["wine"])
    wine = Article("W1", "wine", 1, 300)
    assert refusal_of([voucher]).code == "lines_needed"
    assert sell([voucher], lines=[wine])[0].worth == 300


def test_validating_and_reserving_say_the_worth_too(program, ana):
    voucher = give(program, ana)
    valid = operations.validate_voucher(program=program, code=voucher.code, amount=320, at=SPRING)
    assert (valid.voucher, valid.worth) == (voucher, 320)
    assert operations.validate_voucher(program=program, code=voucher.code, at=SPRING).worth is None
    held = sell([voucher], verb=operations.reserve_vouchers)
    assert [(each.voucher.state, each.worth) for each in held] == [("reserved", 500)]


def test_a_sale_holds_several_or_none(program, ana):
    first, second = give(program, ana), give(program, ana)
    sell([second], "another", verb=operations.reserve_vouchers)
    with pytest.raises(VoucherRefused):
        sell([first, second], verb=operations.reserve_vouchers)
    first.refresh_from_db()
    assert first.state == "unused"
    assert operations.release_vouchers(program=program, source="till", external_id="another") == 1
    sell([first, second], verb=operations.reserve_vouchers)
    assert refusal_of([first], "s2", trusted=True).code == "reserved"
    assert len(sell([first, second], at=SPRING + MINUTE)) == 2


def test_a_sale_that_is_undone_gives_its_vouchers_back(program, ana):
    once, twice = give(program, ana), give(program, ana, voucher_uses=2)
    sell([once, twice])
    back = operations.give_back_vouchers(program=program, source="till", external_id="s1", at=SPRING + MINUTE)
    assert [(voucher.state, voucher.uses, voucher.used_at) for voucher in back] == [("unused", 0, None)] * 2
    assert not operations.give_back_vouchers(program=program, source="till", external_id="s1", at=SPRING + MINUTE)
    assert (VoucherUse.objects.count(), UndoneUse.objects.count()) == (2, 2)
    assert refusal_of([once]).code == "sale_undone"
    assert len(sell([once, twice], "s2")) == 2


def test_what_has_expired_meanwhile_stays_used(program, ana):
    lapsed, usable = give(program, ana, voucher_days=1), give(program, ana)
    sell([lapsed, usable])
    back = operations.give_back_vouchers(program=program, source="till", external_id="s1", at=lapsed.expires_at)
    assert back == [usable]
    lapsed.refresh_from_db()
    assert lapsed.state == "used"


def test_a_voucher_withdrawn_meanwhile_stays_withdrawn(program, ana):
    voucher = give(program, ana, voucher_uses=2)
    sell([voucher])
    operations.withdraw_voucher(voucher=voucher, reason="x", at=SPRING)
    operations.give_back_vouchers(program=program, source="till", external_id="s1", at=SPRING)
    voucher.refresh_from_db()
    assert (voucher.state, voucher.uses) == ("withdrawn", 0)


def test_a_use_and_its_undoing_are_never_rewritten(program, ana):
    sell([give(program, ana)])
    operations.give_back_vouchers(program=program, source="till", external_id="s1", at=SPRING)
    for rows in (VoucherUse.objects, UndoneUse.objects):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(by=None)


def test_a_voucher_of_nobody_is_for_the_audience_of_its_reward(program, ana, bruno):
    Enrolment.objects.filter(member=ana).update(tier="gold")
    Member.objects.filter(pk=bruno.pk).update(tags=["vip"])
    gold = give(program, audience_tiers=["gold"])
    assert refusal_of([gold], trusted=True).code == "not_for_member"
    assert refusal_of([gold], member_id=bruno.pk, trusted=True).code == "not_for_member"
    sell([gold], member_id=ana.pk)
    sell([give(program, audience_tags=["vip", "press"])], "s2", member_id=bruno.pk)


def test_a_voucher_that_was_given_to_somebody_stays_good(program, ana):
    sell([give(program, ana, audience_tiers=["gold"])])


def test_vouchers_of_a_member(program, ana, coffee):
    lapsed, used, held = give(program, ana, voucher_days=1), give(program, ana), give(program, ana)
    operations.issue_voucher(program=program, reward=coffee, member_id=ana.pk, at=SPRING)
    sell([used])
    sell([held], "s2", verb=operations.reserve_vouchers)
    rows = queries.vouchers_of(program=program, member_id=ana.pk, at=lapsed.expires_at)
    assert [(row["value"], row["state"]) for row in rows] == [
        (500, "expired"),
        (500, "used"),
        (500, "unused"),
        (None, "unused"),
    ]
    assert (rows[3]["reward"], rows[3]["issued_at"]) == ("coffee", SPRING)
    assert Voucher.objects.count() == 4
