"""What the clerk sees of a member: no more than the sale needs."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from loyalty.challenges import queries as challenges
from loyalty.challenges import sentences as challenge_sentences
from loyalty.counter.till import Till
from loyalty.ledger import queries as ledger
from loyalty.ledger.currencies import CASHBACK, POINTS, shown
from loyalty.ledger.models import Account
from loyalty.lib.periods import ONE_DAY, add_months, local_date
from loyalty.punchcards import queries as punchcards
from loyalty.punchcards.sentences import more
from loyalty.tiers import queries as tiers
from members.models import Member
from members.queries import pool_of
from rewards import queries as rewards
from rewards import sentences

SOON = timedelta(days=30)
A_WEEK = 7
MOST = 5


@dataclass(frozen=True, slots=True)
class MemberCard:
    member: Member
    balances: list[str]
    pending: str = ""
    together: str = ""
    expiring: list[str] = field(default_factory=list)
    tier: str = ""
    birthday: str = ""
    punch_cards: list[dict[str, Any]] = field(default_factory=list)
    vouchers: list[dict[str, Any]] = field(default_factory=list)
    offers: list[Any] = field(default_factory=list)
    challenges: list[dict[str, Any]] = field(default_factory=list)


def member_card(till: Till, member: Member) -> MemberCard:
    program, at, pk = till.program, till.now, member.pk
    pool = pool_of(program=program, member_id=pk, at=at)
    held = _held(program, pk, at)
    return MemberCard(
        member=member,
        balances=[amount_of(balance.available, currency, program) for currency, balance in held.items()],
        pending=_joined([(currency, balance.pending) for currency, balance in held.items()], program),
        together=_together(program, pool, at),
        expiring=[line for currency in held for line in _expiring(program, pk, currency, at)],
        tier=_tier(program, pk, at),
        birthday=birthday(member.birth_date, local_date(at, till.store.tzinfo)),
        punch_cards=[
            {"card": card, "more": _reward_in(card)}
            for card in punchcards.cards_of(program=program, member_id=pk, at=at)
        ],
        vouchers=[
            {"voucher": voucher, "gives": sentences.worth(voucher)}
            for voucher in rewards.usable_vouchers(program=program, member_id=pk, at=at, store=till.store)[:MOST]
        ],
        offers=rewards.offers_for(program=program, member_id=pk, at=at)[:MOST],
        challenges=_challenges(program, pk, at),
    )


def amount_of(amount: int, currency: str, program) -> str:
    """In the program's own words: “120 stars”; cash-back is money."""
    text = shown(amount, currency, program.money_currency)
    return text if currency == CASHBACK else f"{text} {program.currency_name}"


def balances(program, member_id: int, at: datetime) -> list[str]:
    """What the member can spend, one text per currency; points where there is nothing yet."""
    held = _held(program, member_id, at).items()
    return [amount_of(balance.available, currency, program) for currency, balance in held]


def _held(program, member_id: int, at: datetime) -> dict[str, ledger.Balance]:
    accounts = Account.objects.filter(program=program, member=member_id).order_by("pk")
    currencies = list(accounts.values_list("currency", flat=True)) or [POINTS]
    return {each: ledger.balance(program=program, member_id=member_id, at=at, currency=each) for each in currencies}


def _joined(amounts: list[tuple[str, int]], program) -> str:
    return ", ".join(amount_of(amount, currency, program) for currency, amount in amounts if amount)


def _together(program, pool: list[int], at: datetime) -> str:
    if len(pool) == 1:
        return ""
    return amount_of(ledger.pooled_balance(program=program, member_ids=pool, at=at).available, POINTS, program)


def _expiring(program, member_id: int, currency: str, at: datetime) -> list[str]:
    told = []
    rows = ledger.expiring(program=program, after=at, before=at + SOON, currency=currency)
    for row in rows.filter(member_id=member_id)[:2]:
        day = local_date(row["expires_at"] - timedelta(microseconds=1), program.tzinfo)
        words = {"amount": amount_of(row["points"], currency, program), "day": date_format(day, "SHORT_DATE_FORMAT")}
        told.append(_("%(amount)s until %(day)s") % words)
    return told


def _tier(program, member_id: int, at: datetime) -> str:
    progress = tiers.progress(program=program, member_id=member_id, at=at)
    return progress.tier.name if progress and progress.tier else ""


def _challenges(program, member_id: int, at: datetime) -> list[dict[str, Any]]:
    """What the member is on the way to; what was won or never joined is on the member's own pages."""
    running = challenges.progress_of(program=program, member_id=member_id, at=at)
    return [
        {
            "name": str(each.challenge),
            "share": min(each.share, 100),
            "reached": challenge_sentences.reached(each.challenge.goal, each.count, each.goal, program.money_currency),
            "gift": challenge_sentences.gift_text(each.challenge),
        }
        for each in running
        if each.is_joined and not each.is_over
    ][:MOST]


def _reward_in(card: punchcards.HeldCard) -> str:
    """“3 more visits: Drink”, which is what a clerk tells the member."""
    return f"{more(card.punch_on, card.missing)} → {card.reward}"


def birthday(born: date | None, today: date) -> str:
    """Said in the week before, and on the day; a leap day's birthday is kept on the 28th."""
    if born is None:
        return ""
    next_one = add_months(born, 12 * (today.year - born.year))
    if next_one < today:
        next_one = add_months(born, 12 * (today.year + 1 - born.year))
    ahead = (next_one - today) // ONE_DAY
    if ahead == 0:
        return _("Birthday today!")
    return _("Birthday on %(day)s") % {"day": date_format(next_one, "l j F")} if ahead < A_WEEK else ""
