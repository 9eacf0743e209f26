"""What people do in the demonstration: the same for the same seed, and a longer story begins with the shorter one."""

from statistics import mean

import numpy

from analytics import bgnbd
from loyalty.backoffice.demo.population import GONE_A, GONE_B, RATE_SCALE, RATE_SHAPE, Purchase, Refund, people

TERMS = {"seed": 7, "members": 60, "span": 200, "stores": 3}


def test_a_longer_story_begins_with_the_shorter_one():
    short = {person.number: person.events for person in people(**TERMS, days=200)}
    long = {person.number: person.events for person in people(**TERMS, days=260)}

    assert {number: [event for event in events if event.when.day < 200] for number, events in long.items()} == short
    assert sum(map(len, long.values())) > sum(map(len, short.values()))


def test_another_seed_tells_another_story():
    assert people(**TERMS, days=200) != people(**TERMS | {"seed": 8}, days=200)


def test_everybody_joins_before_buying_and_refunds_follow_purchases():
    for person in people(**TERMS, days=260):
        assert person.joins.day < TERMS["span"]
        assert all(event.when > person.joins for event in person.events)
        for event in person.events:
            if isinstance(event, Refund):
                assert event.when > event.purchase.when
                assert event.amount is None or event.amount <= event.purchase.amount


def test_purchases_are_worth_about_what_the_model_says():
    """The mean of gamma-gamma is p × gamma ÷ (q − 1): 38.00."""
    purchases = [
        event
        for person in people(**TERMS | {"members": 400}, days=200)
        for event in person.events
        if isinstance(event, Purchase)
    ]

    assert 3_000 < mean(purchase.amount for purchase in purchases) < 4_800


def test_the_model_finds_the_process_again():
    """Fitted to what everybody bought, BG/NBD tells the mean rate and the mean chance of being gone that made it."""
    days = 700
    histories = [
        sorted({event.when.day for event in person.events if isinstance(event, Purchase)})
        for person in people(**TERMS | {"members": 3000}, days=days)
    ]
    repeats = numpy.array([len(history) - 1.0 for history in histories])
    last = numpy.array([(history[-1] - history[0]) / 7 for history in histories])
    observed = numpy.array([(days - history[0]) / 7 for history in histories])

    found = bgnbd.fit(repeats, last, observed)

    assert abs(found.r / found.alpha / (RATE_SHAPE / RATE_SCALE) - 1) < 0.15
    assert abs(found.a / (found.a + found.b) / (GONE_A / (GONE_A + GONE_B)) - 1) < 0.25
