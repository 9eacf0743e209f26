"""Two rows that were one person: the cards of both are the person's, and go back when the merge is undone."""

import pytest

from loyalty.earning.operations import MemberRef
from loyalty.punchcards.models import Punch, PunchCard
from loyalty.punchcards.operations import stamp_by_hand, undo_stamp
from loyalty.punchcards.person import export
from tests.earning.desk import DAY, NOON
from tests.factories.merging import merge, undo

pytestmark = pytest.mark.django_db
LATER = 5


@pytest.fixture
def both(card, till, ana, bruno):
    """Ana has one punch, Bruno four, one of them for a purchase."""
    till.visit()
    bruno_ = MemberRef("id", str(bruno.pk))
    for day in range(3):
        till.visit(day, member=bruno_)
    till.record(10, 3, member=bruno_, external_id="B")
    return ana, bruno


def joined(both):
    return merge(*both, at=NOON + 4 * DAY)


def test_the_fuller_card_is_filled_first_and_nothing_is_lost(both, till):
    joined(both)
    assert till.cards() == ["1/5", "4/5"]
    assert till.held(NOON + 4 * DAY) == [("coffee", 4, 5)]
    till.visit(LATER)
    assert (till.cards(), till.rewards()) == (["1/5", "5/5*"], ["unused"])
    till.visit(LATER)
    assert till.cards() == ["2/5", "5/5*"]
    assert list(PunchCard.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_a_refund_reaches_the_purchase_of_before(both, till):
    joined(both)
    till.visit(LATER)
    till.refund("B", day=LATER)
    assert sum(card.punches for card in PunchCard.objects.all()) == 5
    assert till.rewards() == ["withdrawn"]


def test_a_limit_of_the_day_is_the_persons(both, card, till):
    card.limit_per_day = 1
    card.save()
    joined(both)
    till.visit(3, at=NOON + 4 * DAY)
    assert till.cards() == ["1/5", "4/5"]


def test_undone_each_has_the_own_cards_again(both, till):
    ana, bruno = both
    undo(joined(both), at=NOON + 6 * DAY)
    assert (till.cards(ana), till.cards(bruno)) == (["1/5"], ["4/5"])


def test_what_was_punched_meanwhile_stays_on_its_card(both, till):
    ana, bruno = both
    merged = joined(both)
    till.visit(LATER)
    undo(merged, at=NOON + 6 * DAY)
    assert (till.cards(ana), till.cards(bruno)) == (["1/5"], ["5/5*"])


def test_a_refund_of_what_went_away_with_the_other_takes_no_other_punch(both, till):
    ana, bruno = both
    merged = joined(both)
    till.record(10, LATER, external_id="A")
    undo(merged, at=NOON + 6 * DAY)
    till.refund("A", day=7)
    assert (till.cards(ana), till.cards(bruno)) == (["1/5"], ["5/5*"])


def test_a_punch_by_hand_is_taken_back_after_the_merge(both, card, till):
    stamp_by_hand(card_program=card, member_id=both[1].pk, reason="queue", at=NOON + 3 * DAY)
    punch = Punch.objects.order_by("id").last()
    joined(both)
    undo_stamp(punch=punch, reason="typo", at=NOON + 5 * DAY)
    assert (till.cards(), till.rewards()) == (["1/5", "4/5"], ["withdrawn"])


def test_whoever_asks_gets_every_card(both):
    ana, bruno = both
    (mine,) = export(member_ids=[ana.pk])
    assert (mine["card"], mine["punches"], mine["of"], mine["state"]) == ("coffee", 1, 5, "open")
    assert [punch["punches"] for punch in mine["punched"]] == [1]
