"""The rules of referrals as arithmetic, without a database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.referrals import rules
from loyalty.referrals.rules import Amount, Person

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PEOPLE = st.integers(1, 8)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana@Example.com", "ana@example.com"),
        ("ana+shop@example.com", "ana@example.com"),
        ("a.n.a@gmail.com", "ana@gmail.com"),
        ("ana@googlemail.com", "a.na+x@gmail.com"),
    ],
)
def test_addresses_of_one_mail_box(one, other):
    assert rules.normalised_email(one) == rules.normalised_email(other)


def test_dots_mean_something_elsewhere():
    assert rules.normalised_email("a.na@example.com") != rules.normalised_email("ana@example.com")


def test_no_address_is_nobodys():
    assert rules.normalised_email("") == ""


@given(st.lists(st.tuples(PEOPLE, PEOPLE), max_size=30))
def test_whatever_is_accepted_there_is_never_a_circle(attempts):
    """Take attempts in any order, accepting what the rule lets through: walking up always comes to an end."""
    referrer_of: dict[int, int] = {}
    for referrer, friend in attempts:
        if friend in referrer_of or rules.makes_circle(referrer_of, referrer=referrer, friend=friend):
            continue
        referrer_of[friend] = referrer
    for person in referrer_of:
        above, steps = person, 0
        while above in referrer_of:
            above, steps = referrer_of[above], steps + 1
            assert steps <= len(referrer_of)


@given(st.lists(st.tuples(PEOPLE, PEOPLE), max_size=30))
def test_only_what_would_close_a_circle_is_refused(attempts):
    """A refused one, added all the same, does close a circle."""
    referrer_of: dict[int, int] = {}
    for referrer, friend in attempts:
        if friend in referrer_of:
            continue
        if rules.makes_circle(referrer_of, referrer=referrer, friend=friend):
            above, seen = referrer, []
            while above != friend:
                seen.append(above)
                above = referrer_of[above]
            assert len(seen) <= len(referrer_of)
        else:
            referrer_of[friend] = referrer


def test_a_circle_that_is_there_already_is_walked_once():
    assert not rules.makes_circle({1: 2, 2: 1}, referrer=1, friend=3)


MONEY = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 100), st.integers(0, 100)), min_size=1, max_size=5)


@given(MONEY, st.randoms(use_true_random=False), st.integers(0, 60))
def test_the_first_purchase_that_is_kept_does_not_depend_on_the_order_in_which_things_are_recorded(
    money, random, minimum
):
    amounts = []
    for number, (day, paid, share) in enumerate(money, start=1):
        moment = NOON + timedelta(days=day)
        amounts.append(Amount(number, number, moment, paid))
        if refunded := paid * share // 100:
            amounts.append(Amount(number, 100 + number, moment + timedelta(days=1), -refunded))
    expected = rules.first_kept(rules.bought(amounts), minimum=minimum, buy_by=None)
    random.shuffle(amounts)
    assert rules.first_kept(rules.bought(amounts), minimum=minimum, buy_by=None) == expected
    if expected:
        assert expected.net > 0
        assert expected.net >= minimum


def test_bought_on_the_1st_with_14_days_it_is_due_when_the_15th_begins():
    bought = datetime(2026, 3, 1, 9, tzinfo=PARIS)
    assert rules.due_at(bought, 14, PARIS) == datetime(2026, 3, 15, tzinfo=PARIS)


def test_days_are_the_programs_also_when_its_clocks_change():
    bought = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)  # the 29th in Paris, the day of the change
    assert rules.due_at(bought, 1, PARIS) == datetime(2026, 3, 30, tzinfo=PARIS)


def test_without_a_window_it_is_due_at_once():
    assert rules.due_at(NOON, 0, PARIS) == NOON


def test_the_day_of_joining_is_not_counted():
    assert rules.buy_by(NOON, 30, PARIS) == datetime(2026, 4, 2, tzinfo=PARIS)
    assert rules.buy_by(NOON, None, PARIS) is None


def person(number, **facts):
    sets = {name: frozenset(value) for name, value in facts.items() if isinstance(value, list)}
    return Person(id=number, **(facts | sets))


@pytest.mark.parametrize(
    ("facts", "others", "sign"),
    [
        ({"emails": ["a@x"]}, {}, "same_email"),
        ({"phones": ["+33"]}, {}, "same_phone"),
        ({"cards": ["C1"]}, {}, "same_card"),
        ({"devices": ["d"]}, {}, "same_device"),
        ({"household": 7}, {}, "same_household"),
        (
            {"last_name": "Müller", "postcode": "10 115"},
            {"last_name": "muller", "postcode": "10115"},
            "same_name_and_postcode",
        ),
        ({"last_name": "Roy", "birth_date": date(1990, 1, 1)}, {}, "same_name_and_birth_date"),
    ],
)
def test_each_sign_that_two_people_may_be_one(facts, others, sign):
    assert rules.suspicions(person(1, **facts), person(2, **(facts | others))) == [sign]


def test_strangers_share_nothing_not_even_what_neither_has():
    assert rules.suspicions(person(1), person(2)) == []
    assert rules.suspicions(None, person(2, emails=["a@x"])) == []
    assert rules.suspicions(person(1, last_name="Roy"), person(2, last_name="Roy")) == []
