"""From the scan of a card to the receipt, in a real browser: the counter against bare views of the same pages.

    pytest tests/browser/bench_till.py -n0 -s

A bare view renders the very templates of the counter with what they were once given, to whoever is signed in: it looks
for nobody, asks for no balance, checks no limit and records nothing. Both redirect at the same places, go through the
same middleware, styles and script, are driven by the same keys, and take turns. The figure is the ratio of the medians,
which is to stay below two.
"""

import statistics
import time

import pytest
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import include, path

from loyalty.config.urls import urlpatterns as of_the_site
from tests.factories.counter import TillBrowser
from tests.factories.earning import EarningRuleFactory
from tests.factories.punchcards import PunchCardProgramFactory

ROUNDS = 50
PAGES: dict[str, tuple[str, dict, dict]] = {}  # template, context, addresses to put instead
TILL = {}


@login_required
def bare(request, name):
    if request.method == "POST" or "q" in request.GET:
        return redirect(request.path)
    template, context, addresses = PAGES[name]
    request.till = TILL["till"]
    response = render(request, template, context)
    for own, instead in addresses.items():
        response.content = response.content.replace(own.encode(), instead.encode())
    return response


urlpatterns = [*of_the_site, path("bare/", include([path("<str:name>/", bare)]))]


@pytest.fixture
def till_page(settings, open_page, at_the_till, program, store, clerk, ana):
    settings.ROOT_URLCONF = __name__
    EarningRuleFactory(program=program)
    PunchCardProgramFactory(program=program)
    browser = TillBrowser(clerk, store)
    _remember_pages(browser, ana)
    page = open_page("/counter/sign-in/")
    at_the_till(page.context)
    return page


def _remember_pages(browser, member):
    """What the counter gives to its templates, and where its forms lead."""
    home = browser.get("/counter/")
    found = browser.at(member)
    receipt = browser.do("sell", member, amount="12,50")
    TILL["till"] = found.wsgi_request.till
    action = f'action="/counter/member/{member.number}/sell/"'
    PAGES["home"] = ("counter/home.html", _given(home), {'action="/counter/"': 'action="/bare/member/"'})
    PAGES["member"] = ("counter/journeys/sell.html", _given(found), {action: 'action="/bare/receipt/"'})
    PAGES["receipt"] = ("counter/receipt.html", _given(receipt), {})


def _given(response):
    of_every_page = {"request", "user", "perms", "messages", "csrf_token", "DEFAULT_MESSAGE_LEVELS"}
    return {name: value for name, value in response.context[0].flatten().items() if name not in of_every_page}


def sale(page, home, scan):
    """Seconds from the scanner's Enter to the receipt; each key is the same for both."""
    page.goto(home)
    page.fill("#find", scan)
    began = time.perf_counter()
    page.press("#find", "Enter")
    page.wait_for_selector("[name=amount]:focus")
    page.keyboard.type("12,50")
    page.keyboard.press("Enter")
    page.wait_for_selector("article.done")
    return time.perf_counter() - began


def test_the_counter_takes_at_most_twice_as_long_as_bare_pages(till_page, ana, capsys):
    page, card = till_page, ana.cards.get().number
    ways = {"counter": "/counter/", "bare": "/bare/home/"}
    for home in ways.values():
        sale(page, home, card)
    seconds = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, home in ways.items():
            seconds[name].append(sale(page, home, card))
    medians = {name: statistics.median(taken) for name, taken in seconds.items()}
    ratio = medians["counter"] / medians["bare"]
    with capsys.disabled():
        print({name: round(median * 1000) for name, median in medians.items()}, "ms, ratio", round(ratio, 2))
    assert ratio <= 2
