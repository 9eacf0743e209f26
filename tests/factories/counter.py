"""The counter: Claire signed in at a till of the store in Lyon.

`till` is her browser: `till.find("…")`, `till.at(member)`, `till.do("sell", member, amount="12,50")`. The form's key is
read from the page, as a browser does; `key=…` sends one again.
"""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from loyalty.counter.models import CounterAction
from loyalty.counter.operations import register_device, set_pin
from loyalty.counter.till import remember
from rewards.operations import issue_voucher
from tests.factories.programs import UserFactory
from tests.factories.rewards import SPRING, RewardFactory

KEY = re.compile(r'name="key" value="([^"]+)"')
TICKET = re.compile(r'name="ticket" value="([^"]+)"')


class TillBrowser(Client):
    """A clerk's browser. Answers are followed to the page that the clerk ends up on, in English."""

    def __init__(self, user, store, name="till 1"):
        super().__init__(headers={"accept-language": "en"})
        self.user, self.store = user, store
        self.force_login(user)
        self.device = register_device(store=store, name=name, at=timezone.now(), by=user)
        remember(self, self.device)

    def set_cookie(self, name, value, **options):
        """As a response does, for `remember`."""
        self.cookies[name] = value

    def find(self, text):
        return self.get("/counter/", {"q": text}, follow=True)

    def at(self, member, journey="sell"):
        return self.get(f"/counter/member/{member.number}/{journey}/")

    def do(self, journey, member=None, *, key=None, **data):
        """Fill in the journey's form and confirm it."""
        address = f"/counter/member/{member.number}/{journey}/" if member else f"/counter/do/{journey}/"
        return self.post(address, {"key": key or uuid4(), **data}, follow=True)

    def keep(self, member, journey="sell", **data):
        """What this till keeps of a form that is confirmed while the server cannot be reached; `late` sends it."""
        page = self.at(member, journey)
        told = {"late_journey": journey, "late_whom": member.number, "late_at": milliseconds(timezone.now())}
        return told | {"key": key_of(page), "ticket": TICKET.search(page.content.decode())[1]} | data

    def late(self, kept):
        return self.post("/counter/late/", kept)

    def undo(self, action=None):
        action = action or CounterAction.objects.latest("pk")
        return self.post(f"/counter/receipt/{action.key}/", follow=True)


def text_of(response):
    """What a reader sees of the page: its words, without the marks between them."""
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def milliseconds(moment):
    return int(moment.timestamp() * 1000)


def key_of(response):
    """The key in the form of a page."""
    return KEY.search(response.content.decode())[1]


def five_euros(program, member=None):
    """A voucher of 5.00, of a member or of nobody."""
    reward = RewardFactory(program=program, kind="discount_amount", product="", amount=500, points_price=None)
    return issue_voucher(program=program, reward=reward, member_id=member and member.pk, at=SPRING)


@pytest.fixture
def till(clerk, store):
    return TillBrowser(clerk, store)


@pytest.fixture
def manager(store):
    """Marc, who manages the store in Lyon and has a PIN."""
    marc = UserFactory(username="marc", groups=["store manager"], stores=[store])
    set_pin(user=marc, pin="2580", at=timezone.now())
    return marc
