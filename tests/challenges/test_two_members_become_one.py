"""What either has won, entered or accepted is the person's; taken apart, each has the own again."""

import pytest

from loyalty.challenges import operations, person, queries
from loyalty.challenges.models import BadgeAward, CodeUse, EntryCode, Invitation
from loyalty.earning.operations import ActivityRefused
from members.operations import erase_member
from tests.challenges.conftest import Desk
from tests.earning.desk import DAY, NOON
from tests.factories.challenges import (
    BadgeFactory,
    ChallengeFactory,
    CodeBatchFactory,
    InstantWinFactory,
    OccasionFactory,
    codes_of,
    march_draw,
)
from tests.factories.members import EnrolmentFactory, MemberFactory
from tests.factories.merging import merge, undo

LATER = NOON + 5 * DAY


@pytest.fixture
def other(program, double, desk):
    return Desk(program, double)


def visits(desk, *days, tag=""):
    for day in days:
        desk.visit(day=day, external_id=f"{desk.member.pk}-{day}{tag}")


def test_the_steps_of_both_add_up_and_the_next_one_wins(desk, other, three_visits):
    visits(desk, 0)
    visits(other, 1)
    merged = merge(desk.member, other.member, at=LATER)
    assert desk.progress(three_visits, at=LATER).count == 2
    visits(desk, 6)
    assert desk.points == 50
    undo(merged, at=LATER + 2 * DAY)
    assert (desk.wins(three_visits), other.progress(three_visits).count) == (1, 1)


def test_what_both_have_won_stays_won(desk, other, three_visits):
    visits(desk, 0, 1, 2)
    visits(other, 0, 1, 2)
    merged = merge(desk.member, other.member, at=LATER)
    assert (desk.points, desk.wins(three_visits)) == (100, 2)
    visits(desk, 6)
    assert (desk.points, desk.wins(three_visits)) == (100, 2)
    undo(merged, at=LATER + 2 * DAY)
    assert (desk.wins(three_visits), other.wins(three_visits)) == (1, 1)


def test_a_streak_of_the_same_days_takes_no_win_back(desk, other, program):
    streak = ChallengeFactory(program=program, goal="streak", every="day", times=None, kinds=["visit"], target=2)
    visits(desk, 0, 1)
    visits(other, 0, 1)
    merge(desk.member, other.member, at=LATER)
    visits(desk, 6)
    assert (desk.wins(streak), desk.points) == (2, 100)


def test_a_refund_takes_back_from_the_person_and_goes_back_with_the_purchase(desk, other, program):
    twice = ChallengeFactory(program=program, target=2, times=None)
    other.record(10, external_id="A")
    other.record(10, external_id="B")
    merged = merge(desk.member, other.member, at=LATER)
    desk.refund("A", day=6)
    assert (desk.wins(twice), desk.points) == (0, 0)
    undo(merged, at=LATER + 2 * DAY)
    assert (desk.progress(twice).count, other.progress(twice).count) == (0, 1)
    other.record(10, 8)
    assert (other.wins(twice), other.points) == (1, 50)


def test_a_badge_is_the_persons_once(desk, other, program):
    badge = BadgeFactory(program=program)
    ChallengeFactory(program=program, kinds=["visit"], target=1, badge=badge)
    visits(other, 0)
    merged = merge(desk.member, other.member, at=LATER)
    assert len(queries.badges_of(program=program, member_id=desk.member.pk, at=LATER)) == 1
    undo(merged, at=LATER)
    assert BadgeAward.objects.get().member == other.member
    visits(desk, 6)
    merge(desk.member, other.member, at=LATER + 2 * DAY)
    assert BadgeAward.objects.filter(member=desk.member).count() == 1


def test_limits_of_codes_and_games_are_the_persons(desk, other, program):
    batch = CodeBatchFactory(program=program, per_member_limit=1)
    game = InstantWinFactory(program=program, kinds=["visit"], plays_per_day=1)
    first, second, _third = codes_of(batch)
    other.enter(first)
    visits(other, 5)
    merged = merge(desk.member, other.member, at=LATER)
    with pytest.raises(ActivityRefused) as refused:
        desk.enter(second, day=6, external_id="second")
    assert refused.value.code == "code_limit"
    visits(desk, 5)
    assert [play.member for play in game.plays.all()] == [desk.member]
    undo(merged, at=LATER + 2 * DAY)
    assert {CodeUse.objects.get().member, EntryCode.objects.get(used_at__isnull=False).member} == {other.member}
    assert desk.enter(second, day=8, external_id="again").outcomes[0]["reason"] == "entered"


def test_tickets_follow_into_the_drum_but_not_out_of_it(desk, other, program):
    draw = march_draw(program, kinds=["visit"], winners=2)
    visits(other, 0)
    merged = merge(desk.member, other.member, at=LATER)
    (win,) = operations.hold_draw(draw=draw, at=NOON + 40 * DAY)
    assert (win.member, desk.points) == (desk.member, 500)
    undo(merged, at=NOON + 41 * DAY)
    draw.refresh_from_db()
    assert draw.entries.get().member == desk.member
    assert queries.verify_draw(draw=draw).is_sound


def test_the_same_person_does_not_move_up_behind_themselves(desk, other, program):
    draw = march_draw(program, kinds=["visit"], winners=1, substitutes=1)
    visits(desk, 0)
    visits(other, 0)
    winner, substitute = operations.hold_draw(draw=draw, at=NOON + 40 * DAY)
    merge(desk.member, other.member, at=NOON + 41 * DAY)
    assert operations.disqualify(win=winner, reason="An employee", at=NOON + 42 * DAY) is None
    assert desk.points == 0
    assert {win.member for win in draw.wins.all()} == {desk.member, other.member}
    told = person.export(member_ids=[desk.member.pk, other.member.pk])
    assert sorted(each["state"] for each in told["draws"]) == ["disqualified", "substitute"]


def answers(occasion, *members):
    rows = {row.member_id: row for row in Invitation.objects.filter(occasion=occasion)}
    return [rows[member.pk].state if member.pk in rows else None for member in members]


def test_one_person_takes_one_place(desk, other, program):
    waiting = EnrolmentFactory(program=program, member=MemberFactory()).member
    occasion = OccasionFactory(program=program, places=2)
    for member in (desk.member, other.member, waiting):
        operations.accept(occasion=occasion, member_id=member.pk, at=NOON)
    merged = merge(desk.member, other.member, at=LATER)
    assert answers(occasion, desk.member, other.member, waiting) == ["accepted", "declined", "accepted"]
    undo(merged, at=LATER)
    assert answers(occasion, desk.member, other.member, waiting) == ["accepted", "waiting", "accepted"]


def test_the_better_answer_holds_and_goes_back(desk, other, program):
    alone, both = OccasionFactory(program=program), OccasionFactory(program=program)
    operations.accept(occasion=alone, member_id=other.member.pk, at=NOON)
    operations.invite(occasion=both, member_ids=[desk.member.pk], at=NOON)
    operations.accept(occasion=both, member_id=other.member.pk, at=NOON)
    merged = merge(desk.member, other.member, at=LATER)
    assert answers(alone, desk.member, other.member) == ["accepted", None]
    assert answers(both, desk.member, other.member) == ["accepted", "invited"]
    undo(merged, at=LATER)
    assert answers(alone, desk.member, other.member) == [None, "accepted"]
    assert answers(both, desk.member, other.member) == ["invited", "accepted"]


def test_a_challenge_that_one_has_joined_is_joined(desk, other, program):
    challenge = ChallengeFactory(program=program, kinds=["visit"], is_opt_in=True, target=2)
    operations.join_challenge(challenge=challenge, member_id=other.member.pk, at=NOON)
    merged = merge(desk.member, other.member, at=LATER)
    visits(desk, 6)
    assert desk.progress(challenge).count == 1
    undo(merged, at=LATER + 2 * DAY)
    assert (desk.progress(challenge, at=LATER).is_joined, other.progress(challenge, at=LATER).is_joined) == (
        False,
        True,
    )


def test_the_person_gets_everything_and_staffs_words_are_forgotten(desk, program, three_visits):
    draw = march_draw(program, kinds=["visit"])
    batch = CodeBatchFactory(program=program)
    InstantWinFactory(program=program, kinds=["visit"])
    occasion = OccasionFactory(program=program)
    operations.invite(occasion=occasion, at=NOON)
    visits(desk, 0, 1, 2)
    desk.enter(codes_of(batch)[0])
    (win,) = operations.hold_draw(draw=draw, at=NOON + 40 * DAY)
    operations.disqualify(win=win, reason="A cousin of the owner", at=NOON + 41 * DAY)
    told = person.export(member_ids=[desk.member.pk])
    assert told["challenges"][0] == {
        "challenge": {"program": program.code, "code": "three-visits"},
        "period": "",
        "count": 3,
        "won": 1,
    }
    assert {name: len(rows) for name, rows in told.items()} == {
        "challenges": 1,
        "joined": 0,
        "wins": 1,
        "badges": 0,
        "codes_entered": 1,
        "tickets": 3,
        "draws": 1,
        "instant_wins": 3,
        "invitations": 1,
    }
    erase_member(member=desk.member, at=NOON + 42 * DAY, by=None, reason="Asked for")
    win.refresh_from_db()
    assert win.reason == "–"
