"""What the members of the demonstration do: a seeded buy-till-you-die process. No database.

Purchases follow BG/NBD (P. S. Fader, B. G. S. Hardie, K. L. Lee, "Counting Your Customers the Easy Way: An Alternative
to the Pareto/NBD Model", Marketing Science 24, 2005): while alive a member buys in a Poisson process of a rate of
their own, rates are gamma among members; after each purchase but the first they may be gone for good with a probability
of their own, probabilities are beta among members. What a purchase is worth follows the gamma-gamma model (P. S. Fader,
B. G. S. Hardie, "The Gamma-Gamma Model of Monetary Value", note, 2013): gamma around the member's own mean. There are
no seasons in it, since the models know none.

Days count from the first of the story. Everybody has a stream of chance of their own, read in order, so that a longer
story begins with exactly the shorter one.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from loyalty.backoffice.demo.names import DEPARTMENTS, FIRST_NAMES, LAST_NAMES, POSTCODES, email_of, phone_of
from loyalty.earning.basket import Line

# BG/NBD; the unit of time is the week. About a purchase in two and a half weeks, about one in ten the last.
RATE_SHAPE, RATE_SCALE = 1.1, 3.0
GONE_A, GONE_B = 0.9, 8.0
# Gamma-gamma; minor units. The mean of all is p × gamma ÷ (q − 1), here 38.00.
SPEND_P, SPEND_Q, SPEND_GAMMA = 6.0, 4.0, 1_900.0

OPENS, CLOSES = 9 * 3600, 20 * 3600  # seconds of the day
EARLIER_JOINS = 1.4  # above 1, more members join in the first months than in the last
ENGLISH_SHARE = 0.15
EMAIL_SHARE, PHONE_SHARE, CARD_SHARE = 0.95, 0.7, 0.8
CONSENT_SHARES = (("email", 0.75), ("sms", 0.35), ("post", 0.2))
WEB_SHARE, ELSEWHERE_SHARE = 0.18, 0.1
REFUND_SHARE, REVIEW_SHARE, VOUCHER_SHARE = 0.03, 0.05, 0.7
REFUND_DAYS = 20
TENDERS, TENDER_SHARES = ("card", "cash", "mobile"), (0.72, 0.18, 0.1)
# What members do with points at the till: keep them for the monthly voucher, choose from the catalogue, pay with them.
HABITS, HABIT_SHARES = ("save", "choose", "pay"), (0.65, 0.2, 0.15)
HABIT_AT_A_VISIT = 0.25


class When(NamedTuple):
    """A moment on the wall clock of the shop."""

    day: int
    second: int


@dataclass(slots=True)
class Purchase:
    """`number` counts the member's purchases; `store` is the place in the list of stores, None for the web shop."""

    number: int
    when: When
    store: int | None
    lines: tuple[Line, ...]
    tender: str
    uses_points: str  # a habit that is acted upon this time, or nothing
    uses_voucher: bool

    @property
    def name(self) -> str:
        return str(self.number)

    @property
    def amount(self) -> int:
        return sum(line.quantity * (line.unit_price or 0) for line in self.lines)


@dataclass(slots=True)
class Refund:
    """`amount` None: everything goes back."""

    purchase: Purchase
    when: When
    amount: int | None

    @property
    def name(self) -> str:
        return f"{self.purchase.name}-refund"


@dataclass(slots=True)
class Review:
    purchase: Purchase
    when: When

    @property
    def name(self) -> str:
        return f"{self.purchase.name}-review"


Event = Purchase | Refund | Review


@dataclass(slots=True)
class Person:
    number: int
    first_name: str
    last_name: str
    language: str
    birth_date: date | None
    email: str
    phone: str
    postcode: str
    consents: tuple[str, ...]
    has_card: bool
    store: int
    events: list[Event] = field(default_factory=list)

    @property
    def joins(self) -> When:
        """At the till, just before the first purchase."""
        first = self.events[0].when
        return When(first.day, first.second - 60)


def people(*, seed: int, members: int, span: int, stores: int, days: int) -> list[Person]:
    """Everybody who joins within the first `span` days, with what they do in the first `days`.

    Who has not come by then is left out.
    """
    everybody = (_person(seed, number, span, stores, days) for number in range(members))
    return [person for person in everybody if person.events]


def _person(seed: int, number: int, span: int, stores: int, days: int) -> Person:
    import numpy  # a command that only prints its help must not load it

    chance = numpy.random.default_rng([seed, number])
    person = _somebody(chance, number, stores)
    joins = span * chance.random() ** EARLIER_JOINS
    rate = chance.gamma(RATE_SHAPE, 1 / RATE_SCALE) / 7
    gone = chance.beta(GONE_A, GONE_B)
    mean_spend = SPEND_GAMMA / chance.gamma(SPEND_Q)
    habit = chance.choice(HABITS, p=HABIT_SHARES)
    count, moment = 0, joins
    while moment < days:
        person.events += _visit(chance, person, count, int(moment), stores, mean_spend, habit)
        count += 1
        if chance.random() < gone and count > 1:
            break
        moment += chance.exponential(1 / rate)
    person.events = sorted((event for event in person.events if event.when.day < days), key=lambda event: event.when)
    return person


def _somebody(chance, number: int, stores: int) -> Person:
    language = "en" if chance.random() < ENGLISH_SHARE else "fr"
    first_name, last_name = str(chance.choice(FIRST_NAMES[language])), str(chance.choice(LAST_NAMES[language]))
    born = date(int(chance.integers(1945, 2006)), int(chance.integers(1, 13)), int(chance.integers(1, 29)))
    has_email = chance.random() < EMAIL_SHARE
    has_phone = chance.random() < PHONE_SHARE
    agreed = tuple(channel for channel, share in CONSENT_SHARES if chance.random() < share)
    return Person(
        number=number,
        first_name=first_name,
        last_name=last_name,
        language=language,
        birth_date=born if chance.random() < 0.8 else None,
        email=email_of(first_name, last_name, number) if has_email else "",
        phone=phone_of(number) if has_phone else "",
        postcode=str(chance.choice(POSTCODES)),
        consents=agreed,
        has_card=bool(chance.random() < CARD_SHARE),
        store=int(chance.integers(stores)),
    )


def _visit(chance, person, number, day, stores, mean_spend, habit) -> list[Event]:
    """A purchase and what follows from it. Every visit draws the same, whatever comes of it."""
    second = int(chance.integers(OPENS + 60, CLOSES))
    amount = max(100, int(chance.gamma(SPEND_P, mean_spend)))
    where, elsewhere = chance.random(), int(chance.integers(stores))
    tender = str(chance.choice(TENDERS, p=TENDER_SHARES))
    habit_now, voucher, refund, whole, review = chance.random(5)
    later, refund_second = int(chance.integers(1, REFUND_DAYS + 1)), int(chance.integers(OPENS, CLOSES))
    lines = _lines(chance, amount)
    store = None if where < WEB_SHARE else elsewhere if where < WEB_SHARE + ELSEWHERE_SHARE else person.store
    if number == 0:
        store = person.store  # people enrol at a counter
    purchase = Purchase(
        number,
        When(day, second),
        store,
        lines,
        tender,
        uses_points=str(habit) if habit != "save" and habit_now < HABIT_AT_A_VISIT else "",
        uses_voucher=bool(voucher < VOUCHER_SHARE),
    )
    events: list[Event] = [purchase]
    if refund < REFUND_SHARE:
        part = None if whole < 0.5 else lines[0].unit_price
        events.append(Refund(purchase, When(day + later, refund_second), part))
    if review < REVIEW_SHARE:
        events.append(Review(purchase, When(day + 1, refund_second)))
    return events


def _lines(chance, amount: int) -> tuple[Line, ...]:
    """Goods for about this much money, a few cents lost in the division. Most are sold by weight: no price is fixed."""
    count = min(1 + int(chance.poisson(amount / 1_200)), 8)
    shares = chance.dirichlet([2.0] * count)
    departments = chance.choice(len(DEPARTMENTS), size=count, p=[department.share for department in DEPARTMENTS])
    picks = chance.random((count, 2))
    lines = []
    for share, department, (pick, pieces) in zip(shares, departments, picks, strict=True):
        category, _share, articles = DEPARTMENTS[department]
        quantity = 1 + int(pieces * 2.5) if share * amount >= 300 else 1
        price = max(int(share * amount) // quantity, 30)
        lines.append(Line(articles[int(pick * len(articles))], category, quantity, price))
    return tuple(lines)
