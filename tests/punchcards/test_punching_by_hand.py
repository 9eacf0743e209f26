"""Staff punch what the till forgot, with a reason, and take back what was a mistake."""

import pytest

from loyalty.punchcards import operations
from loyalty.punchcards.models import Punch
from loyalty.punchcards.operations import PunchRefused
from tests.earning.desk import DAY, NOON
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def stamp(card, ana, clerk):
    def stamp(count=1, **terms):
        terms = {"member_id": ana.pk, "reason": "till was down", "at": NOON, "by": clerk} | terms
        return operations.stamp_by_hand(card_program=card, count=count, **terms)

    return stamp


def undo(punch, **terms):
    return operations.undo_stamp(punch=punch, **({"reason": "wrong member", "at": NOON + DAY} | terms))


def code_of(call, *args, **terms):
    with pytest.raises(PunchRefused) as refusal:
        call(*args, **terms)
    return refusal.value.code


def test_a_punch_by_hand_keeps_who_and_why(stamp, till, clerk):
    outcome = stamp()
    assert (outcome["punches"], till.cards()) == (1, ["1/5"])
    punch = Punch.objects.get()
    assert (punch.by, punch.reason, punch.given_for, punch.activity_id) == (clerk, "till was down", "hand", None)


def test_it_fills_a_card_like_any_other(stamp, till):
    stamp(7)
    assert (till.cards(), till.rewards()) == (["5/5*", "2/5"], ["unused"])


def test_it_leaves_the_limit_of_the_day_to_the_tills(card, stamp, till):
    card.limit_per_day = 1
    card.save()
    stamp(2)
    till.visit()
    assert till.cards() == ["3/5"]


def test_taken_back_over_a_carry_over(stamp, till):
    stamp(7)
    outcome = undo(Punch.objects.order_by("id").last())
    assert (outcome["taken"], outcome["withdrawn"]) == (7, 1)
    assert (till.cards(), till.rewards()) == (["0/5", "0/5"], ["withdrawn"])


def test_it_is_taken_back_once(stamp):
    stamp()
    punch = Punch.objects.get()
    undo(punch)
    assert code_of(undo, punch) == "undone"
    assert code_of(undo, Punch.objects.order_by("id").last()) == "not_by_hand"


def test_a_till_s_punch_is_refunded_not_taken_back(card, till):
    till.visit()
    assert code_of(undo, Punch.objects.get()) == "not_by_hand"


def test_the_same_form_sent_twice_punches_once(stamp, till):
    stamp(key="form-1")
    stamp(key="form-1")
    assert till.cards() == ["1/5"]


@pytest.mark.parametrize(
    ("terms", "code"),
    [({"reason": " "}, "reason"), ({"count": 0}, "count"), ({"count": 101}, "count"), ({"count": -1}, "count")],
)
def test_nonsense_is_refused(stamp, terms, code):
    assert code_of(stamp, **terms) == code
    assert not Punch.objects.exists()


def test_whoever_does_not_take_part_is_refused(stamp, ana):
    assert code_of(stamp, member_id=MemberFactory().pk) == "not_enrolled"
    ana.status = "blocked"
    ana.save()
    assert code_of(stamp) == "not_enrolled"


def test_a_card_that_is_not_in_use_is_refused(card, stamp):
    card.is_active = False
    card.save()
    assert code_of(stamp) == "not_in_force"
