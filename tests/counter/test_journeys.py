"""Stamps, rewards, vouchers and points by hand: confirmed once, undone in time."""

import pytest
from django.utils import timezone

from loyalty.counter.models import CounterAction, CounterLimits
from loyalty.ledger.queries import balance
from loyalty.programs.models import Program
from loyalty.punchcards.models import PunchCard
from rewards.models import Voucher
from tests.factories.counter import five_euros, text_of
from tests.factories.earning import EarningRuleFactory
from tests.factories.punchcards import PunchCardProgramFactory
from tests.factories.rewards import BurnRuleFactory, give_points

pytestmark = pytest.mark.django_db


def points(member, program):
    return balance(program=program, member_id=member.pk, at=timezone.now()).available


def test_a_stamp_is_given_and_taken_back(till, ana, program):
    card = PunchCardProgramFactory(program=program, punches_needed=5)
    assert "5 more visits" in text_of(till.at(ana))

    page = text_of(till.do("stamp", ana, card=card.pk, count="2"))

    assert "2 punches." in page
    assert PunchCard.objects.get().punches == 2
    till.undo()
    assert PunchCard.objects.get().punches == 0


def test_a_reward_is_redeemed_handed_over_and_taken_back(till, ana, program, coffee):
    give_points(program, ana, 250)
    assert "Coffee" in text_of(till.at(ana, "redeem"))

    page = text_of(till.do("redeem", ana, reward=coffee.pk, quantity="2", now="on"))

    assert "2 × Coffee" in page
    assert "Handed over." in page
    assert points(ana, program) == 50
    till.undo()
    assert points(ana, program) == 250
    assert not Voucher.objects.outstanding(at=timezone.now()).exists()


def test_a_reward_for_later_shows_its_code(till, ana, program, coffee):
    give_points(program, ana, 100)

    page = text_of(till.do("redeem", ana, reward=coffee.pk, quantity="1"))

    assert Voucher.objects.get().code in page
    assert "Ready to use" in text_of(till.at(ana))


def test_more_points_than_there_are_is_one_sentence(till, ana, coffee):
    page = text_of(till.do("redeem", ana, reward=coffee.pk, quantity="1", now="on"))

    assert "points" in page
    assert not CounterAction.objects.exists()


def test_a_voucher_is_used_once_and_given_back(till, program):
    voucher = five_euros(program)

    page = text_of(till.do("voucher", code=voucher.code, amount="20"))
    assert "€5.00" in page
    assert "used" in text_of(till.do("voucher", code=voucher.code, amount="20"))
    till.undo()

    voucher.refresh_from_db()
    assert voucher.state == "unused"


def test_vouchers_come_off_first_and_points_pay_a_part_of_the_rest(till, ana, program):
    EarningRuleFactory(program=program)
    BurnRuleFactory(program=program)
    give_points(program, ana, 300)
    voucher = five_euros(program, ana)
    sale = {"amount": "30", "vouchers": voucher.pk, "points": "200"}
    key = till.at(ana).context["form"]["key"].value()

    preview = till.post(f"/counter/member/{ana.number}/sell/preview/", {"key": key} | sale)
    assert "To pay €15.00" in text_of(preview)
    assert "Earns + 15 points" in text_of(preview)
    assert points(ana, program) == 300
    page = text_of(till.do("sell", ana, key=key, **sale))

    assert "To pay €15.00" in page
    assert "+ 15 points" in page
    assert points(ana, program) == 115
    assert "recorded already" in text_of(till.do("sell", ana, key=key, **sale))
    till.undo()
    assert points(ana, program) == 300
    voucher.refresh_from_db()
    assert voucher.state == "unused"


def test_articles_make_the_amount_and_stamp_their_card(till, ana, program):
    EarningRuleFactory(program=program)
    PunchCardProgramFactory(program=program, punch_on="item", categories=["coffee"], kinds=["purchase"])

    page = text_of(
        till.do(
            "sell",
            ana,
            **{"line-0-category": "coffee", "line-0-quantity": "2", "line-0-price": "2,50", "line-1-sku": "x"},
        )
    )

    assert "+ 5 points" in page
    assert "2 punches." in page


def test_points_by_hand_are_given_within_the_days_limit(till, ana, program):
    CounterLimits.objects.create(program=program, points_per_day=100)

    assert "+ 80 points" in text_of(till.do("give", ana, points="80", reason="waited long"))
    assert "a supervisor confirms it" in text_of(till.do("give", ana, points="30", reason="waited"))
    till.undo()

    assert "+ 30 points" in text_of(till.do("give", ana, points="30", reason="waited"))
    assert points(ana, program) == 30


def test_points_are_not_given_by_hand_once_the_program_has_ended(till, ana, program):
    CounterLimits.objects.create(program=program, points_per_day=100)
    days = ("closing_announced_date", "last_earning_date", "last_redemption_date", "final_expiry_date")
    Program.objects.filter(pk=program.pk).update(**dict.fromkeys(days, "2020-01-01"))

    assert "The program ends before" in text_of(till.do("give", ana, points="30", reason="waited"))

    assert points(ana, program) == 0
