"""Paid at the till: a charge waits until somebody takes the money, and what is given back is given from the till."""

from collections.abc import Mapping
from datetime import datetime

from .base import Answer, Ask, GiveBack, Notice, NoticeRefused, Outcome

REACHES_OUT = False


def collect(ask: Ask) -> Answer:
    return Answer(Outcome.PENDING, problem="at_the_till")


def give_back(ask: GiveBack) -> Answer:
    return Answer(Outcome.PAID)


def read_notice(body: bytes, headers: Mapping[str, str], at: datetime) -> Notice:
    raise NoticeRefused("A till sends no notices.")
