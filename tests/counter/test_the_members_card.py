"""What a clerk sees of a member beside the sale: no more than helps at the till."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from loyalty.counter.member_card import birthday
from rewards.operations import set_offer
from tests.factories.challenges import ChallengeFactory
from tests.factories.counter import text_of
from tests.factories.punchcards import PunchCardProgramFactory
from tests.factories.rewards import RewardFactory, give_points

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("born", "today", "says"),
    [
        (date(1990, 6, 15), date(2026, 6, 15), "Birthday today!"),
        (date(1990, 6, 15), date(2026, 6, 9), "Birthday on Monday 15 June"),
        (date(1990, 6, 15), date(2026, 6, 8), ""),
        (date(1990, 6, 15), date(2026, 6, 16), ""),
        (date(1990, 1, 2), date(2026, 12, 30), "Birthday on Saturday 2 January"),
        (date(1992, 2, 29), date(2026, 2, 28), "Birthday today!"),
        (None, date(2026, 6, 15), ""),
    ],
)
def test_a_birthday_is_said_in_its_week(born, today, says):
    assert birthday(born, today) == says


def test_the_birthday_is_on_the_card_without_the_year(till, ana):
    today = datetime.now(PARIS).date()
    ana.birth_date = today.replace(year=1996)  # a leap year: it has every day
    ana.save()

    page = text_of(till.at(ana))

    assert "Birthday today!" in page
    assert "1996" not in page


def test_what_expires_within_a_month_is_said_with_its_last_day(till, ana, program):
    soon, later = (timezone.now() + timedelta(days=days) for days in (9, 60))
    give_points(program, ana, 40, expires_at=soon)
    give_points(program, ana, 70, expires_at=later)

    page = text_of(till.at(ana))

    assert "110 points" in page
    assert "40 points until" in page
    assert "70 points until" not in page


def test_how_many_visits_are_missing_to_the_free_drink(till, ana, program):
    drink = RewardFactory(program=program, name_en="Free drink", points_price=None)
    card = PunchCardProgramFactory(program=program, name_en="Drinks", punches_needed=5, reward=drink)

    till.do("stamp", ana, card=card.pk, count="2")

    assert "Drinks · 3 more visits → Free drink" in text_of(till.at(ana))


def test_offers_of_the_member_are_shown_with_their_code_and_others_are_not(till, ana, bruno, program):
    terms = {"program": program, "at": timezone.now(), "name_fr": "Semaine du fromage"}
    set_offer(code="cheese", name_en="Cheese week", discount_code="BRIE10", **terms)
    set_offer(code="vip", name_en="For the few", audience_tags=["vip"], **terms)
    set_offer(code="over", name_en="Last year", valid_to=timezone.now() - timedelta(days=1), **terms)

    page = text_of(till.at(ana))

    assert "Cheese week BRIE10" in page
    assert "For the few" not in page
    assert "Last year" not in page


def test_a_challenge_shows_how_far_the_member_is(till, ana, program):
    ChallengeFactory(program=program, name_en="Three purchases", kinds=["purchase"], target=3, points=50)
    ChallengeFactory(program=program, name_en="Not joined", kinds=["purchase"], target=3, points=50, is_opt_in=True)

    till.do("sell", ana, amount="10")
    page = text_of(till.at(ana))

    assert "Three purchases 33 % 1 of 3 → 50 points" in page
    assert "Not joined" not in page
