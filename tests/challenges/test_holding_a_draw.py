"""Purchases of March are tickets; on 2 April a winner is drawn, once, and the draw can be checked."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from loyalty.challenges import operations, queries
from loyalty.challenges.models import Draw, DrawEntry, DrawWin
from loyalty.events.models import Event
from loyalty.jobs import operations as jobs
from loyalty.jobs import registry
from loyalty.ledger.models import Account
from members.models import Member
from tests.challenges.conftest import Desk
from tests.earning.desk import NOON
from tests.factories.challenges import APRIL, march_draw
from tests.factories.members import EnrolmentFactory
from tests.factories.rewards import RewardFactory

THE_DAY = datetime(2026, 4, 1, 22, tzinfo=UTC)  # 2 April begins in Paris


def buyers(program, count):
    members = [enrolment.member for enrolment in EnrolmentFactory.create_batch(count, program=program)]
    for member in members:
        Desk(program, member).record(external_id=f"of {member.pk}")
    return members


def hold(draw, at=THE_DAY):
    return operations.hold_draw(draw=draw, at=at)


def test_a_purchase_is_a_ticket(desk, program):
    draw = march_draw(program)
    recorded = desk.record()
    assert recorded.outcomes[-1]["tickets"] == 1
    assert draw.entries.get().member == desk.member


def test_or_each_full_amount_is_one(desk, program):
    draw = march_draw(program, per_amount=10_00, most_tickets=5)
    desk.record(39.99)
    desk.record(9.99, day=1)
    desk.record(50, day=2)
    assert list(draw.entries.values_list("tickets", flat=True)) == [3, 2]


def test_a_refund_takes_its_tickets_back(desk, program):
    draw = march_draw(program, per_amount=10_00)
    desk.record(40)
    desk.refund("ticket-1", 15)
    assert draw.entries.get().taken == 2
    desk.refund("ticket-1", day=2)
    assert draw.entries.get().taken == 4


def test_the_winner_gets_the_points(program):
    draw = march_draw(program)
    buyers(program, 5)
    (win,) = hold(draw)
    account = Account.objects.get(available__gt=0)
    assert (account.member, account.available) == (win.member, 500)
    assert Event.objects.get(kind="draw.won").member_id == win.member_id


def test_the_winner_gets_the_reward(program):
    reward = RewardFactory(program=program)
    draw = march_draw(program, points=None, reward=reward)
    buyers(program, 2)
    (win,) = hold(draw)
    assert win.member.vouchers.get().reward == reward


def test_it_is_held_once(program):
    draw = march_draw(program)
    buyers(program, 3)
    hold(draw)
    with pytest.raises(operations.DrawRefused) as refused:
        hold(draw)
    assert refused.value.code == "held"
    assert DrawWin.objects.count() == 1


def test_not_before_its_day(program):
    draw = march_draw(program)
    with pytest.raises(operations.DrawRefused) as refused:
        hold(draw, at=THE_DAY - timedelta(seconds=1))
    assert refused.value.code == "too_early"


def test_what_is_refunded_blocked_or_gone_is_not_in_the_drum(desk, program):
    draw = march_draw(program, winners=10)
    stays, blocked, left = buyers(program, 3)
    desk.record()
    desk.refund("ticket-1")
    Member.objects.filter(pk=blocked.pk).update(status="blocked")
    left.enrolments.update(status="left")
    assert [win.member for win in hold(draw)] == [stays]


def test_what_comes_too_late_has_no_part(desk, program):
    draw = march_draw(program)
    buyers(program, 1)
    hold(draw)
    desk.record(occurred_at=APRIL - timedelta(hours=1), at=THE_DAY + timedelta(days=1))
    assert DrawEntry.objects.count() == 1
    assert queries.verify_draw(draw=Draw.objects.get()).is_sound


def test_anybody_can_check_it(program):
    draw = march_draw(program, winners=2, substitutes=2)
    buyers(program, 6)
    assert (queries.verify_draw(draw=draw), draw.seed) == (None, "")
    hold(draw)
    draw.refresh_from_db()
    assert queries.verify_draw(draw=draw).is_sound


def test_a_ticket_slipped_in_afterwards_is_found(program):
    draw = march_draw(program)
    buyers(program, 3)
    hold(draw)
    draw.refresh_from_db()
    DrawEntry.objects.create(
        draw=draw, member=Member.objects.first(), activity_id=99, tickets=1, drawn=1, entered_at=NOON
    )
    verified = queries.verify_draw(draw=draw)
    assert (verified.seed, verified.tickets, verified.is_sound) == (True, False, False)


def test_another_seed_is_found(program):
    draw = march_draw(program)
    buyers(program, 3)
    hold(draw)
    draw.refresh_from_db()
    draw.seed = "ab" * 32
    assert not queries.verify_draw(draw=draw).seed


def test_the_database_alone_does_not_tell_the_seed(program, settings):
    draw = march_draw(program)
    buyers(program, 2)
    key = settings.SECRET_KEY
    settings.SECRET_KEY = "another"
    with pytest.raises(operations.DrawRefused) as refused:
        hold(draw)
    assert refused.value.code == "seed_lost"
    settings.SECRET_KEY_FALLBACKS = [key]
    assert len(hold(draw)) == 1


def test_a_substitute_moves_up(program):
    draw = march_draw(program, substitutes=2)
    buyers(program, 4)
    winner, first, second = hold(draw)
    moved = operations.disqualify(win=winner, reason="lives abroad", at=THE_DAY)
    assert moved == first
    states = dict(draw.wins.values_list("rank", "state"))
    assert states == {1: "disqualified", 2: "won", 3: "substitute"}
    assert Account.objects.get(available__gt=0).member == first.member
    draw.refresh_from_db()
    assert queries.verify_draw(draw=draw).is_sound
    with pytest.raises(operations.DrawRefused):
        operations.disqualify(win=winner, reason="again", at=THE_DAY)
    assert second.state == "substitute"


def night(program, day):
    job = jobs.ensure(name="challenges", scope=program.code, period=day.isoformat(), by=None, at=THE_DAY)
    return jobs.run(job, at=THE_DAY)


def test_the_night_holds_the_draws_whose_day_has_come(program):
    march_draw(program)
    march_draw(program, draw_date=date(2026, 4, 10))
    buyers(program, 2)
    kind = registry.find("challenges")
    assert not kind.has_work(program, date(2026, 4, 1))
    assert kind.has_work(program, date(2026, 4, 2))
    job = night(program, date(2026, 4, 2))
    assert job.report == {"draws": 1, "winners": 1, "no_shows": 0}
    assert Draw.objects.filter(drawn_at=THE_DAY).count() == 1
    assert not kind.has_work(program, date(2026, 4, 3))


def test_a_lost_seed_is_told_to_staff(program, settings):
    draw = march_draw(program)
    settings.SECRET_KEY = "another"
    job = night(program, date(2026, 4, 2))
    assert (job.state, job.error_count, job.errors[0]["draw"]) == ("succeeded", 1, draw.code)


@pytest.mark.parametrize(
    "terms, field",
    [
        ({"winners": 0}, "winners"),
        ({"winners": 1001}, "winners"),
        ({"valid_to": None}, "valid_to"),
        ({"draw_date": date(2026, 3, 31)}, "draw_date"),
        ({"points": None}, "prize_fr"),
        ({"prize_fr": "un voyage"}, "prize_en"),
        ({"per_amount": 0}, "per_amount"),
    ],
)
def test_nonsense_is_refused_at_its_field(program, terms, field):
    with pytest.raises(ValidationError) as refused:
        march_draw(program, **terms)
    assert field in refused.value.message_dict
