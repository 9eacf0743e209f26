"""How many friends are rewarded: per referrer in a month, a year, ever, and all together."""

import pytest

from tests.factories.referrals import newcomer

pytestmark = pytest.mark.django_db


def bring(street, member, days):
    """A friend who buys on each of the days; how their referrals stand."""
    friends = [newcomer(street.program) for _ in days]
    for day, friend in zip(days, friends, strict=True):
        street.buy(friend, day=day, code=street.code(member))
    return [street.state(friend) for friend in friends]


def test_ever(street, at_once, ana):
    at_once.cap_ever = 2
    at_once.save()
    assert bring(street, ana, [0, 1, 40]) == ["rewarded", "rewarded", "refused cap_ever"]
    assert street.points(ana) == 1000


def test_a_month_is_one_of_the_programs_zone(street, at_once, ana):
    at_once.cap_month = 1
    at_once.save()
    assert bring(street, ana, [0, 29, 30]) == ["rewarded", "refused cap_month", "rewarded"]


def test_a_year(street, at_once, ana):
    at_once.cap_year = 1
    at_once.save()
    assert bring(street, ana, [0, 300, 310]) == ["rewarded", "refused cap_year", "rewarded"]


def test_one_referrers_cap_is_not_anothers(street, at_once, ana, bruno):
    at_once.cap_ever = 1
    at_once.save()
    assert bring(street, ana, [0, 1]) == ["rewarded", "refused cap_ever"]
    assert bring(street, bruno, [2]) == ["rewarded"]


def test_the_budget_is_everybodys(street, at_once, ana, bruno):
    at_once.budget = 1
    at_once.save()
    assert bring(street, ana, [0]) == ["rewarded"]
    assert bring(street, bruno, [1]) == ["refused budget_spent"]


def test_two_that_fall_due_in_one_night_share_what_is_left(street, terms, ana):
    terms.cap_ever = 1
    terms.save()
    bring(street, ana, [0, 0])
    assert street.night(14).rewarded == 1
    assert street.points(ana) == 500


def test_a_reward_that_was_undone_makes_room(street, at_once, ana):
    at_once.cap_ever = 1
    at_once.save()
    friend = newcomer(street.program)
    sale = street.purchase(friend, code=street.code(ana))
    street.record(sale)
    street.give_back(friend, sale)
    assert bring(street, ana, [2]) == ["rewarded"]
