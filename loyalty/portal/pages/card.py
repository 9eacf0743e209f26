"""What stands on the member's card: the balance, and all that is on its way."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from loyalty.challenges import queries as challenges
from loyalty.challenges import sentences as challenge_sentences
from loyalty.ledger import queries as ledger
from loyalty.ledger.currencies import POINTS, Currency, shown
from loyalty.lib.periods import local_date
from loyalty.punchcards import queries as punch_cards
from loyalty.punchcards.sentences import receipt_line
from loyalty.referrals import queries as referrals
from loyalty.subscriptions import queries as subscriptions
from loyalty.subscriptions.sentences import next_event, price
from loyalty.tiers import queries as tiers
from loyalty.tiers.sentences import progress_sentences
from members.models import Enrolment
from members.qr import qr_svg
from members.queries import pool_of
from rewards.models import Voucher
from rewards.queries import offers_for

EXPIRING_SHOWN = 4
FAR = timedelta(days=3650)
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Purse:
    """One of the member's accounts, as its owner reads it."""

    name: str
    available: str
    pending: str
    expiring: list[tuple[date, str]]


def context(enrolment: Enrolment, now: datetime) -> dict[str, Any]:
    program, member_id = enrolment.program, enrolment.member_id
    number = card_number(enrolment)
    return {
        "number": number,
        "qr": qr_svg(number),
        "purses": purses(enrolment, now),
        "together": together(enrolment, now),
        "tier": tier(enrolment, now),
        "punch_cards": [
            {"card": card, "line": receipt_line(card)}
            for card in punch_cards.cards_of(program=program, member_id=member_id, at=now)
        ],
        "vouchers": Voucher.objects.filter(program=program, member=member_id).usable(at=now).count(),
        "offers": offers(enrolment, now),
        "challenges": running_challenges(enrolment, now),
        "subscription": subscription(enrolment),
        "takes_codes": challenges.takes_codes(program),
        "has_friends": referrals.referral_program(program) is not None,
    }


def card_number(enrolment: Enrolment) -> str:
    """The newest card's; whoever has none is found by the member's own number."""
    cards = enrolment.member.cards.active().filter(program=enrolment.program).order_by("-pk")
    return cards.values_list("number", flat=True).first() or enrolment.member.number


def purses(enrolment: Enrolment, now: datetime) -> list[Purse]:
    """Points first, at zero for who never earned; cash-back where there is or was some."""
    program = enrolment.program
    accounts = enrolment.member.accounts.filter(program=program).values_list("currency", flat=True)
    return [_purse(enrolment, currency, now) for currency in [POINTS, *sorted(set(accounts) - {POINTS})]]


def _purse(enrolment: Enrolment, currency: str, now: datetime) -> Purse:
    program = enrolment.program
    balance = ledger.balance(program=program, member_id=enrolment.member_id, at=now, currency=currency)

    def text(amount: int) -> str:
        return shown(amount, currency, program.money_currency)

    by_day: dict[date, int] = {}
    ends = ledger.expiring(program=program, after=now, before=now + FAR, currency=currency)
    for each in ends.filter(member_id=enrolment.member_id):
        last_day = local_date(each["expires_at"] - INSTANT, program.tzinfo)
        by_day[last_day] = by_day.get(last_day, 0) + each["points"]
    return Purse(
        name=program.currency_name if currency == POINTS else str(Currency(currency).label),
        available=text(balance.available),
        pending=text(balance.pending) if balance.pending else "",
        expiring=[(day, text(points)) for day, points in sorted(by_day.items())[:EXPIRING_SHOWN]],
    )


def together(enrolment: Enrolment, now: datetime) -> str:
    """What a household that pools can spend; empty for who spends alone."""
    program = enrolment.program
    pool = pool_of(program=program, member_id=enrolment.member_id, at=now)
    if len(pool) == 1:
        return ""
    points = ledger.pooled_balance(program=program, member_ids=pool, at=now).available
    return shown(points, POINTS, program.money_currency)


def tier(enrolment: Enrolment, now: datetime) -> dict[str, Any] | None:
    progress = tiers.progress(program=enrolment.program, member_id=enrolment.member_id, at=now)
    if progress is None:
        return None
    return {
        "name": progress.tier.name if progress.tier else "",
        "percent": progress.next.percent if progress.next and not progress.by_hand else None,
        "sentences": progress_sentences(progress, enrolment.program),
    }


def offers(enrolment: Enrolment, now: datetime):
    found = offers_for(program=enrolment.program, member_id=enrolment.member_id, at=now)
    for offer in found:
        offer.last_day = offer.valid_to and local_date(offer.valid_to - INSTANT, enrolment.program.tzinfo)
    return found


def running_challenges(enrolment: Enrolment, now: datetime):
    currency = enrolment.program.money_currency
    found = challenges.progress_of(program=enrolment.program, member_id=enrolment.member_id, at=now)
    return [
        {
            "challenge": each.challenge,
            "share": min(each.share, 100),
            "reached": challenge_sentences.reached(each.challenge.goal, each.count, each.goal, currency),
            "gift": challenge_sentences.gift_text(each.challenge),
            "is_joined": each.is_joined,
            "is_over": each.is_over,
        }
        for each in found
    ]


def subscription(enrolment: Enrolment) -> dict[str, Any] | None:
    found = subscriptions.current(program=enrolment.program, member_id=enrolment.member_id)
    if found is None:
        return None
    return {
        "plan": found.plan,
        "state": found.get_state_display(),
        "price": price(found.plan, found.currency, found.price),
        "next": next_event(found),
    }
