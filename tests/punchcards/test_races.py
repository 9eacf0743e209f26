"""The last punch by many tills at once fills a card once and gives one reward; the control shows the race."""

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet

from loyalty.programs.kinds import Happened
from loyalty.punchcards import operations
from loyalty.punchcards.models import PunchCard
from loyalty.punchcards.operations import shelf
from tests.earning.desk import NOON
from tests.racing import AllHaveRead, at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
TILLS = 6


def four_of_five(till):
    for _ in range(4):
        till.visit()
    return [till.activity(0, kind="visit") for _ in range(TILLS)]


def test_the_last_punch_gives_one_reward(card, till):
    visits = four_of_five(till)
    results = at_once(till.hand_in, visits)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert (till.cards(), till.rewards()) == (["5/5*", "5/5*"], ["unused"] * 2)


def test_the_first_punch_opens_one_card(card, till):
    at_once(till.hand_in, [till.activity(0, kind="visit") for _ in range(3)])
    assert till.cards() == ["3/5"]


def test_a_till_and_a_hand_take_turns(card, till, ana):
    four_of_five(till)
    calls = [lambda: till.visit(), lambda: stamp(card, ana), lambda: till.visit(), lambda: stamp(card, ana)]
    at_once(lambda call: call(), calls)
    assert (till.cards(), till.rewards()) == (["5/5*", "3/5"], ["unused"])


def stamp(card, member):
    return operations.stamp_by_hand(card_program=card, member_id=member.pk, reason="queue", at=NOON)


def test_the_same_form_sent_twice_at_once(card, till, ana):
    till.visit()
    form = {"card_program": card, "member_id": ana.pk, "reason": "queue", "at": NOON, "key": "form"}
    at_once(lambda _: operations.stamp_by_hand(**form), range(TILLS))
    assert till.cards() == ["2/5"]


def test_the_night_and_a_late_visit_take_turns(card, till, program):
    card.expiry, card.expires_after = "days", 1
    card.save()
    four_of_five(till)
    late = till.activity(0, kind="visit")
    members = {"first_member": 0, "last_member": 10**9}
    at = NOON.replace(day=4)
    at_once(
        lambda call: call(),
        [
            lambda: till.hand_in(late, at=at),
            lambda: operations.expire_cards(program=program, at=at, **members),
        ],
    )
    assert (till.cards(), till.rewards()) == (["5/5*"], ["unused"])


@pytest.fixture
def without_locks(monkeypatch, program, ana):
    """The verb alone, with nobody holding the account: all read the cards, and only then does anybody write."""
    all_have_read = AllHaveRead(TILLS)
    reserve = shelf.sql.reserve

    def after_all_have_read(counts):
        if PunchCard in counts:
            all_have_read.wait()
        return reserve(counts)

    def visit(number):
        happened = Happened(
            activity_id=1_000_000 + number,
            source="till",
            external_id=str(number),
            member_id=ana.pk,
            kind="visit",
            occurred_at=NOON,
            local=NOON,
        )
        return operations.punch(program=program, happened=[happened], at=NOON)

    def all_visit():
        monkeypatch.setattr(shelf.sql, "reserve", after_all_have_read)
        monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **terms: rows)
        return at_once(visit, range(TILLS), threads=TILLS)

    return all_visit


def test_control_without_the_locks_punches_are_lost(card, till, without_locks):
    card.punches_needed = 10
    card.save()
    till.visit()
    without_locks()
    assert till.cards() == ["2/10"]


def test_control_without_the_locks_all_fill_the_card_and_only_the_table_refuses(card, till, without_locks):
    four_of_five(till)
    results = without_locks()
    filled = [result for result in results if isinstance(result, IntegrityError) or result[0].outcome["completed"]]
    assert len(filled) == TILLS
    assert till.rewards() == ["unused"]
