"""How the members of a story stand at a moment, after the jobs that were due by then."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from campaigns.models import Message
from loyalty.ledger import queries as ledger
from loyalty.ledger.book import POINTS
from loyalty.ledger.models import Account
from loyalty.lib.money import to_decimal
from loyalty.programs.models import Program
from loyalty.punchcards import queries as punchcards
from loyalty.subscriptions import queries as subscriptions
from loyalty.tiers import queries as tiers
from rewards import queries as rewards


def standing(program: Program, members: Mapping[str, int], at: datetime) -> dict[str, Any]:
    return {name: _member(program, member_id, at) for name, member_id in members.items()}


def _member(program: Program, member_id: int, at: datetime) -> dict[str, Any]:
    return {
        "balances": _balances(program, member_id, at),
        "tier": tiers.tier_at(program=program, member_id=member_id, at=at),
        "cards": _cards(program, member_id, at),
        "vouchers": _vouchers(program, member_id, at),
        "subscription": subscriptions.subscription_of(program=program, member_id=member_id, at=at),
        "messages": _messages(program, member_id),
    }


def _balances(program: Program, member_id: int, at: datetime) -> dict[str, dict[str, int]]:
    held = Account.objects.filter(program=program, member_id=member_id).values_list("currency", flat=True)
    found = {
        currency: ledger.balance(program=program, member_id=member_id, at=at, currency=currency)
        for currency in {POINTS, *held}
    }
    return {
        currency: {"available": balance.available, "pending": balance.pending, "debt": balance.debt}
        for currency, balance in sorted(found.items())
    }


def _vouchers(program: Program, member_id: int, at: datetime) -> list[dict[str, Any]]:
    """As `rewards` knows them, with money in decimals and moments in the program's zone."""
    return [
        voucher
        | {
            "value": None if voucher["value"] is None else str(to_decimal(voucher["value"], program.money_currency)),
            "issued_at": voucher["issued_at"].astimezone(program.tzinfo).isoformat(),
        }
        for voucher in rewards.vouchers_of(program=program, member_id=member_id, at=at)
    ]


def _cards(program: Program, member_id: int, at: datetime) -> list[dict[str, Any]]:
    held = punchcards.cards_of(program=program, member_id=member_id, at=at)
    return [{"program": card.program, "punches": card.punches, "of": card.of} for card in held]


def _messages(program: Program, member_id: int) -> list[dict[str, Any]]:
    sent = Message.objects.filter(program=program, member_id=member_id, state=Message.State.SENT).order_by("sent_at")
    return [
        {"occasion": occasion, "at": sent_at.astimezone(program.tzinfo).isoformat()}
        for occasion, sent_at in sent.values_list("occasion", "sent_at")
    ]
