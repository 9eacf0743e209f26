"""What a gateway and the room say to each other.

A gateway is a module with `REACHES_OUT` (whether it leaves this database), `collect(ask)`, `give_back(ask)` and
`read_notice(body, headers, at)`. Asked twice with the same key, it answers the same and moves no money a second time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol


class Outcome(StrEnum):
    PAID = "paid"
    DECLINED = "declined"
    PENDING = "pending"  # a notice, or asking again, will tell


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Money to collect. `charge` names what is paid, whatever the attempt; `reference` is the provider's own name of
    it, where an attempt left one. `is_pending`: this very attempt was answered before, and its state is asked for;
    `asked_at` is when its key was made."""

    key: str
    charge: str
    member_id: int
    amount: int
    currency: str
    customer: str = ""
    payment_method: str = ""
    reference: str = ""
    is_pending: bool = False
    asked_at: datetime
    at: datetime


@dataclass(frozen=True, kw_only=True)
class GiveBack:
    """Money to return of the payment that was collected under `paid_key` and that the provider calls `reference`."""

    key: str
    paid_key: str
    reference: str
    amount: int
    currency: str
    asked_at: datetime
    at: datetime


class Answer(NamedTuple):
    """`problem` is the provider's word for why not: `card_declined`, `authentication_required`."""

    outcome: Outcome
    reference: str = ""
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What a provider tells by itself, its signature checked. `key` or `reference` names the attempt; without an
    answer the notice is about something that is not ours to follow."""

    notice_id: str
    kind: str
    key: str = ""
    reference: str = ""
    charge: str = ""
    answer: Answer | None = None


class Gateway(Protocol):
    REACHES_OUT: bool

    def collect(self, ask: Ask) -> Answer: ...

    def give_back(self, ask: GiveBack) -> Answer: ...

    def read_notice(self, body: bytes, headers: Mapping[str, str], at: datetime) -> Notice: ...


class GatewayUnavailable(Exception):
    """No answer: nobody knows whether money has moved. Ask again with the same key."""

    code = "gateway_unavailable"


class NoticeRefused(Exception):
    """Not signed by the provider, too old, or not a notice at all."""
