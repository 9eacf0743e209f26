"""A member's phone: a browser that fills in the club's forms and reads the codes that were sent to it."""

import re

import pytest
from celery import current_app
from django.test import Client

from campaigns.sms import fake

DIGITS = re.compile(r"\b\d{6}\b")
TICKET = re.compile(r'name="ticket" value="([^"]+)"')
KEY = re.compile(r'name="key" value="([^"]+)"')


class Phone:
    """`page` is the last answer; a link is followed, a form is sent as the page has it."""

    def __init__(self, capture, mails, program):
        self.browser, self.capture, self.mails = Client(), capture, mails
        self.club = f"/club/{program.code}/"
        self.page = None

    @property
    def html(self):
        return self.page.content.decode()

    def get(self, path="", **options):
        self.page = self.browser.get(path if path.startswith("/") else self.club + path, **options)
        return self.page

    def post(self, path, data=None, **options):
        with self.capture(execute=True):
            self.page = self.browser.post(self.club + path, data or {}, **options)
        return self.page

    def join(self, address, **data):
        filled = {"first_name": "Nora", "address": address, "language": "fr", "terms": "on"} | data
        return self.post("join/", filled)

    def ask_for_code(self, address, **data):
        return self.post("sign-in/", {"address": address} | data)

    @property
    def ticket(self):
        return TICKET.search(self.html)[1]

    @property
    def key(self):
        return KEY.search(self.html)[1]

    def last_digits(self):
        """Of the last e-mail; a text's are in `campaigns.sms.fake`."""
        return DIGITS.search(self.mails[-1].body)[0]

    def enter(self, digits):
        return self.post("code/", {"ticket": self.ticket, "digits": digits})

    def sign_in(self, address):
        self.ask_for_code(address)
        return self.enter(self.last_digits())


@pytest.fixture(autouse=True)
def _codes_are_sent_at_once(settings):
    settings.SMS_GATEWAY = "campaigns.sms.fake"
    fake.outbox.clear()
    before, current_app.conf.task_always_eager = current_app.conf.task_always_eager, True
    yield
    current_app.conf.task_always_eager = before


@pytest.fixture
def phone(program, django_capture_on_commit_callbacks, mailoutbox):
    return Phone(django_capture_on_commit_callbacks, mailoutbox, program)


@pytest.fixture
def other_phone(program, django_capture_on_commit_callbacks, mailoutbox):
    return Phone(django_capture_on_commit_callbacks, mailoutbox, program)


@pytest.fixture
def ana_at_home(phone, ana):
    """Ana, signed in."""
    phone.sign_in(ana.email)
    return phone
