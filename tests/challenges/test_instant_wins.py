"""A purchase is a play; what is drawn is kept, what is won is given, the last prize is the last."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from loyalty.challenges import operations
from loyalty.challenges.models import InstantPlay
from loyalty.challenges.operations import instant_wins
from loyalty.challenges.sentences import explain_instant_win
from loyalty.earning.operations import calculate
from loyalty.ledger.audit import audit_ledger
from rewards.operations import redeem_voucher
from tests.earning.desk import NOON
from tests.factories.challenges import InstantWinFactory
from tests.factories.rewards import RewardFactory


@pytest.fixture
def rolls(monkeypatch):
    """The numbers that will be drawn, one after the other, and what they were drawn from."""
    asked = []

    def roll(*numbers):
        left = list(numbers)

        def randbelow(top):
            asked.append(top)
            return left.pop(0)

        monkeypatch.setattr(instant_wins.secrets, "randbelow", randbelow)
        return asked

    return roll


def test_the_chance_is_what_is_stated(desk, program, rolls):
    asked = rolls(0, 1, 2, 99)
    InstantWinFactory(program=program, chance_wins=2, chance_of=100)
    reasons = [desk.record(day=day).outcomes[-1]["reason"] for day in range(4)]
    assert (asked, reasons) == ([100] * 4, ["won", "won", "lost", "lost"])
    assert desk.points == 20


def test_what_was_drawn_is_kept(desk, program, rolls):
    rolls(7)
    InstantWinFactory(program=program, chance_of=50)
    desk.record()
    play = InstantPlay.objects.get()
    assert (play.drawn, play.chance_wins, play.chance_of, play.is_won) == (7, 1, 50, False)


def test_always_means_always_and_randomness_stays_in_range(desk, program):
    InstantWinFactory(program=program, code="always")
    game = InstantWinFactory(program=program, chance_of=3)
    for day in range(20):
        desk.record(day=day)
    assert InstantPlay.objects.filter(game__code="always", is_won=True).count() == 20
    assert {play.drawn for play in game.plays.all()} <= {0, 1, 2}


def test_the_last_prize_is_the_last(desk, program):
    game = InstantWinFactory(program=program, stock=1)
    desk.record()
    recorded = desk.record(day=1)
    assert recorded.outcomes[-1]["reason"] == "no_prize_left"
    game.refresh_from_db()
    assert (desk.points, game.stock) == (10, 0)


def test_plays_of_a_day_are_limited_and_a_refund_gives_none_back(desk, program):
    InstantWinFactory(program=program, plays_per_day=1)
    desk.record()
    desk.refund("ticket-1", day=0)
    desk.record()
    assert (InstantPlay.objects.count(), desk.points) == (1, 0)
    desk.record(day=1)
    assert desk.points == 10


def test_a_refund_takes_the_prize_back(desk, program, ana):
    reward = RewardFactory(program=program)
    game = InstantWinFactory(program=program, stock=1, reward=reward)
    desk.record(20)
    desk.refund("ticket-1", 5)
    assert desk.points == 10
    refund = desk.refund("ticket-1", day=2)
    assert refund.outcomes[-1]["reason"] == "undone"
    game.refresh_from_db()
    assert (desk.points, game.stock, ana.vouchers.get().state) == (0, 1, "withdrawn")
    assert audit_ledger().drift == []


def test_a_used_prize_stays_and_is_not_won_again(desk, program, ana):
    game = InstantWinFactory(program=program, stock=1, points=None, reward=RewardFactory(program=program))
    desk.record()
    redeem_voucher(program=program, code=ana.vouchers.get().code, source="till", external_id="s1", at=NOON)
    refund = desk.refund("ticket-1")
    game.refresh_from_db()
    assert (refund.outcomes[-1]["kept"], game.stock) == (True, 0)


def test_only_who_and_what_it_is_for(desk, program):
    InstantWinFactory(program=program, tiers=["gold"])
    InstantWinFactory(program=program, minimum_amount=50_00)
    InstantWinFactory(program=program, is_active=False)
    InstantWinFactory(program=program, valid_to=NOON)
    desk.record(10)
    assert not InstantPlay.objects.exists()


@pytest.mark.parametrize(
    "terms, field",
    [
        ({"chance_of": 0}, "chance_of"),
        ({"chance_wins": 3, "chance_of": 2}, "chance_of"),
        ({"points": None}, "points"),
    ],
)
def test_nonsense_is_refused_at_its_field(program, terms, field):
    terms = {"name_fr": "Jeu", "name_en": "Game", "chance_of": 10, "points": 5} | terms
    with pytest.raises(ValidationError) as refused:
        operations.add_instant_win(program=program, code="g", at=NOON, **terms)
    assert field in refused.value.message_dict


def test_the_database_keeps_a_miss_from_winning(desk, program, rolls):
    rolls(1)
    game = InstantWinFactory(program=program, chance_of=2)
    desk.record()
    with pytest.raises(IntegrityError), transaction.atomic():
        InstantPlay.objects.create(
            game=game, member=desk.member, activity_id=1, drawn=1, chance_wins=1, chance_of=2, is_won=True,
            played_at=NOON,
        )  # fmt: skip


def test_the_stock_is_set_by_who_has_seen_it(program):
    game = InstantWinFactory(program=program, stock=5)
    with pytest.raises(operations.StockChanged):
        operations.set_prizes_left(game=game, stock=10, seen=6, at=NOON)
    assert operations.set_prizes_left(game=game, stock=10, seen=5, at=NOON).stock == 10


def test_a_dry_run_draws_nothing(desk, program, rolls):
    asked = rolls(0)
    game = InstantWinFactory(program=program, chance_of=4, stock=1, plays_per_day=1)
    sale = desk.activity()
    for _again in range(2):
        foreseen = calculate(program=program, source="till", activity=sale, at=sale.occurred_at)
        assert foreseen.outcomes[-1]["reason"] == "may_win"
    sentence = explain_instant_win(foreseen.outcomes[-1], currency="EUR")
    assert sentence == f"It will be a play of “{game.name}”, which may be won: 1 in 4."
    game.refresh_from_db()
    assert (asked, game.stock, InstantPlay.objects.count()) == ([], 1, 0)
    assert desk.hand_in(sale).outcomes[-1]["reason"] == "won"
    last = desk.activity()
    assert "may_win" not in str(calculate(program=program, source="till", activity=last, at=last.occurred_at))
