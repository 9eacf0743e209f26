"""Gift cards: sold, registered, paid with in part, refunded onto, blocked, expired; the money always adds up."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty.jobs import operations as jobs
from loyalty.jobs import registry
from rewards import jobs as rewards_jobs
from rewards import operations, person, queries
from rewards.models import GiftCard, GiftCardMovement
from rewards.operations import GiftCardRefused, ReferenceReused, gift_cards
from tests.factories.programs import ProgramFactory
from tests.factories.rewards import SPRING
from tests.racing import AllHaveRead, at_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def sell(program, amount=5000, sale="c1", **options):
    return operations.sell_gift_card(
        program=program, amount=amount, source="till", external_id=sale, at=SPRING, **options
    )


@pytest.fixture
def card(program):
    return sell(program).card


def pay(card, amount, sale="s1", *, at=SPRING, trusted=True, **options):
    names = {"program": card.program, "code": card.code, "source": "till", "external_id": sale}
    return operations.pay_with_gift_card(**names | options, amount=amount, at=at, trusted=trusted)


def refund(card, amount, refund="r1", payment="s1", *, at=SPRING):
    names = {"program": card.program, "code": card.code, "source": "till", "external_id": refund, "payment": payment}
    return operations.refund_to_gift_card(**names, amount=amount, at=at)


def refusal_of(call, *args, **options):
    with pytest.raises(GiftCardRefused) as refused:
        call(*args, **options)
    return refused.value.code


def balance(card):
    return GiftCard.objects.get(pk=card.pk).balance


def test_a_card_pays_parts_of_baskets_until_it_is_empty(card):
    assert pay(card, 3000, "s1").amount == 3000
    assert pay(card, 3000, "s2").amount == 2000
    assert refusal_of(pay, card, 1, "s3") == "empty"
    assert list(card.movements.order_by("id").values_list("kind", "amount")) == [
        ("load", 5000),
        ("pay", -3000),
        ("pay", -2000),
    ]


def test_a_retry_pays_once(card):
    first, again = pay(card, 3000), pay(card, 3000)
    assert again.replayed
    assert (again.movement, again.amount, balance(card)) == (first.movement, 3000, 2000)


def test_a_retry_sells_once(program):
    first, again = sell(program), sell(program)
    assert again.replayed
    assert (again.card, GiftCard.objects.count(), balance(first.card)) == (first.card, 1, 5000)
    with pytest.raises(ReferenceReused):
        sell(program, 6000)


def test_a_card_from_the_rack_is_made_usable_at_the_till(program, store, clerk):
    (card,) = operations.make_gift_cards(program=program, quantity=1, at=SPRING)
    assert refusal_of(pay, card, 100) == "not_sold"
    sold = sell(program, code=f" {card.code.lower()} ", store=store, by=clerk, expires_at=SPRING + DAY)
    assert (sold.card, sold.card.state, sold.card.expires_at) == (card, "active", SPRING + DAY)
    assert (sold.movement.store, sold.movement.by) == (store, clerk)
    assert refusal_of(sell, program, sale="c2", code=card.code) == "sold"
    assert refusal_of(sell, program, sale="c3", code="NOSUCH") == "unknown"


@pytest.mark.parametrize("amount", [0, -5])
def test_amounts_that_make_no_sense(program, card, amount):
    assert refusal_of(sell, program, amount, "x") == "amount"
    assert refusal_of(pay, card, amount) == "amount"
    assert refusal_of(refund, card, amount) == "amount"


def test_a_refund_goes_back_onto_the_card_up_to_what_it_paid(card):
    pay(card, 3000)
    assert refund(card, 1000).amount == 1000
    assert refund(card, 1000).replayed
    assert refusal_of(refund, card, 2001, "r2") == "too_much"
    refund(card, 2000, "r2")
    assert refusal_of(refund, card, 1, "r3") == "too_much"
    assert refusal_of(refund, card, 1, "r3", payment="other") == "not_paid"
    assert balance(card) == 5000


def test_an_expired_card_neither_pays_nor_takes(program):
    card = sell(program, expires_at=SPRING + DAY).card
    pay(card, 1000, at=SPRING + DAY - timedelta(seconds=1))
    assert refusal_of(pay, card, 1000, "s2", at=SPRING + DAY) == "expired"
    assert refusal_of(refund, card, 1000, at=SPRING + DAY) == "expired"


def test_a_blocked_card_keeps_its_money(card, administrator):
    operations.block_gift_card(card=card, reason="lost", at=SPRING, by=administrator)
    assert refusal_of(pay, card, 1000) == "blocked"
    operations.unblock_gift_card(card=card, at=SPRING, by=administrator)
    assert pay(card, 1000).amount == 1000


def test_another_program_does_not_know_the_card(card):
    assert refusal_of(pay, card, 1, program=ProgramFactory()) == "unknown"


def test_on_line_the_pin_is_asked_for_and_a_thief_hears_one_answer(card, administrator, program):
    wrong = "000000" if card.pin != "000000" else "000001"
    assert pay(card, 100, trusted=False, pin=card.pin).amount == 100
    answers = {refusal_of(pay, card, 100, "s2", trusted=False, pin=pin) for pin in (wrong, "", "é")}
    answers.add(refusal_of(pay, card, 100, "s2", trusted=False, pin=card.pin, code="NOSUCH"))
    for _ in range(gift_cards.WRONG_PINS):
        answers.add(refusal_of(pay, card, 100, "s2", trusted=False, pin=wrong))
    answers.add(refusal_of(pay, card, 100, "s2", trusted=False, pin=card.pin))  # too late
    assert answers == {"not_usable"}
    operations.unblock_gift_card(card=card, at=SPRING, by=administrator)
    assert pay(card, 100, "s2", trusted=False, pin=card.pin).amount == 100


def test_a_card_is_registered_to_one_member(card, ana, bruno, program):
    names = {"program": program, "code": card.code, "at": SPRING}
    operations.register_gift_card(**names, pin=card.pin, member_id=ana.pk)
    operations.register_gift_card(**names, pin=card.pin, member_id=ana.pk)
    assert refusal_of(operations.register_gift_card, **names, pin=card.pin, member_id=bruno.pk) == "registered"
    assert list(queries.gift_cards_of(program=program, member_id=ana.pk, at=SPRING)) == [card]
    assert operations.check_gift_card(**names, pin=card.pin).balance == 5000


def test_a_registered_card_follows_its_member(card, ana, bruno, program):
    operations.register_gift_card(program=program, code=card.code, member_id=bruno.pk, at=SPRING, trusted=True)
    moved = person.merge(keep=ana, absorb=bruno, merge_id=1, at=SPRING, by=None)
    assert queries.gift_cards_of(program=program, member_id=ana.pk, at=SPRING).count() == 1
    assert person.export(member_ids=[ana.pk])["gift_cards"][0]["balance"] == 5000
    person.unmerge(keep=ana, absorb=bruno, moved=moved, merge_id=1, at=SPRING, by=None)
    assert queries.gift_cards_of(program=program, member_id=bruno.pk, at=SPRING).count() == 1


def correct(card, amount, key="k1", at=SPRING):
    return operations.adjust_gift_card(
        card=card, amount=amount, reason="x", source="admin", external_id=key, at=at, by=None
    )


def test_a_mistake_is_corrected_by_another_movement(card):
    correct(card, -4000)
    correct(card, -4000)
    assert balance(card) == 1000
    assert refusal_of(correct, card, -1001, "k2") == "empty"
    assert refusal_of(correct, card, 0, "k3") == "amount"


def test_the_night_takes_what_is_left_on_expired_cards(program, monkeypatch):
    monkeypatch.setattr(rewards_jobs, "CARDS_TOGETHER", 2)
    first = date(2025, 5, 1)
    midnight = datetime(2025, 5, 1, tzinfo=ZoneInfo("Europe/Paris"))
    cards = [sell(program, 1000, f"c{number}", expires_at=midnight).card for number in range(5)]
    later = sell(program, 700, "c9", expires_at=midnight + DAY).card
    pay(cards[0], 1000)
    kind = registry.find("gift_cards")
    assert not kind.has_work(program, date(2025, 4, 30))
    assert kind.has_work(program, first)
    job = jobs.ensure(name="gift_cards", scope=program.code, period="2025-05-01", by=None, at=midnight)
    assert jobs.run(job, at=midnight).report == {"cards": 4, "value": 4000}
    assert [balance(card) for card in cards] == [0] * 5
    assert not kind.has_work(program, first)
    assert queries.gift_card_liability(program=program, at=midnight) == queries.Liability(1, 700)
    assert balance(later) == 700
    assert not queries.gift_card_drift(program=program)


def test_what_cards_owe(program, card, administrator):
    sell(program, 300, "c2", expires_at=SPRING + DAY)
    operations.block_gift_card(card=card, reason="lost", at=SPRING, by=administrator)
    assert queries.gift_card_liability(program=program, at=SPRING) == queries.Liability(2, 5300)
    assert queries.gift_card_liability(program=program, at=SPRING + DAY) == queries.Liability(1, 5000)


def test_the_database_refuses_nonsense(card):
    for change in ({"balance": -1}, {"state": "ready"}, {"pin": "1"}, {"code": "X"}, {"state": "blocked"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            GiftCard.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        GiftCardMovement.objects.update(amount=1)
    for kind, amount in (("pay", 5), ("load", -5), ("adjust", 0), ("refund", 5)):
        with pytest.raises(IntegrityError), transaction.atomic():
            GiftCardMovement.objects.create(
                program=card.program, card=card, kind=kind, amount=amount, source="x", external_id="x", at=SPRING
            )


steps = st.lists(st.tuples(st.sampled_from(["pay", "refund", "correct"]), st.integers(-3000, 3000)), max_size=8)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_whatever_happens_the_balance_is_the_sum_of_the_movements(program, moves):
    with transaction.atomic():
        card = sell(program, 4000, f"c{GiftCard.objects.count()}").card
        for number, (verb, amount) in enumerate(moves):
            call = {"pay": pay, "refund": refund, "correct": correct}[verb]
            with suppress(GiftCardRefused):
                call(card, amount, f"m{number}", **({"payment": "m0"} if verb == "refund" else {}))
        assert balance(card) == sum(card.movements.values_list("amount", flat=True)) >= 0
        assert not queries.gift_card_drift(program=program)
        transaction.set_rollback(True)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    def test_the_last_cent_is_paid_once(self, card):
        results = at_once(lambda number: pay(card, 4000, f"s{number}"), range(6))
        paid = sorted(result.amount for result in results if not isinstance(result, GiftCardRefused))
        assert paid == [1000, 4000]
        assert balance(card) == 0

    def test_control_without_the_lock_the_database_has_to_refuse(self, card, monkeypatch):
        all_have_read, move = AllHaveRead(6), gift_cards._move

        def unlocked(program, code):
            return GiftCard.objects.filter(program=program, code=code).first()

        def read_then_write(*args, **options):
            all_have_read.wait()
            return move(*args, **options)

        monkeypatch.setattr(gift_cards, "_locked", unlocked)
        monkeypatch.setattr(gift_cards, "_move", read_then_write)
        results = at_once(lambda number: pay(card, 4000, f"s{number}"), range(6))
        assert sum(isinstance(result, IntegrityError) for result in results) == 5

    def test_a_retry_in_flight_sells_and_pays_once(self, program):
        sold = at_once(lambda _: sell(program), range(6))
        assert GiftCard.objects.filter(balance__gt=0).count() == 1
        assert sorted(result.replayed for result in sold) == [False] + [True] * 5
        paid = at_once(lambda _: pay(sold[0].card, 100), range(6))
        assert sorted(result.replayed for result in paid) == [False] + [True] * 5
        assert balance(sold[0].card) == 4900

    def test_many_guesses_at_once_are_many_guesses(self, card):
        pins = [f"{number:06}" for number in range(40) if f"{number:06}" != card.pin]
        at_once(lambda pin: pay(card, 1, pin, trusted=False, pin=pin), pins)
        assert GiftCard.objects.get().wrong_pins == gift_cards.WRONG_PINS

    def test_refunds_at_once_never_exceed_the_payment(self, card):
        pay(card, 3000)
        at_once(lambda number: refund(card, 2000, f"r{number}"), range(6))
        assert balance(card) == 4000
        assert not queries.gift_card_drift(program=card.program)
