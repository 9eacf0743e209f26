"""Gift cards: made, sold, registered, paid with, refunded onto, blocked, corrected, expired.

Each verb that moves money locks the card's row, writes a movement and changes the balance in one transaction; a retry
of the same `source` and `external_id` finds its movement and changes nothing.
"""

import secrets
from datetime import datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from loyalty.lib import codes
from loyalty.lib.periods import local_date
from loyalty.programs.models import Program, Store
from rewards import rules
from rewards.models import GiftCard, GiftCardMovement

from .errors import ReferenceReused, RewardsError
from .standing import check_member

PIN_LENGTH = 6
WRONG_PINS = 5
MOST_CARDS = 10_000
TOGETHER = 1_000
EXPIRY = "expiry"
Kind = GiftCardMovement.Kind


class GiftCardRefused(RewardsError):
    """This card cannot do that now."""


class Moved(NamedTuple):
    """`amount` is what came onto the card, or what it paid; positive both ways."""

    card: GiftCard
    movement: GiftCardMovement
    amount: int
    replayed: bool


@transaction.atomic
def make_gift_cards(*, program: Program, quantity: int, at: datetime, by=None) -> list[GiftCard]:
    """Cards without money, to be sold: each has its code and its PIN."""
    if not 1 <= quantity <= MOST_CARDS:
        sentence = _("Between 1 and %(most)d cards can be made at once.") % {"most": MOST_CARDS}
        raise GiftCardRefused(rules.Refusal("quantity", sentence))
    made = [
        GiftCard(program=program, code=code, pin=_new_pin(), made_at=at, made_by=by)
        for code in codes.generate(quantity)
    ]
    return GiftCard.objects.bulk_create(made, batch_size=TOGETHER)


def sell_gift_card(
    *,
    program: Program,
    amount: int,
    source: str,
    external_id: str,
    code: str = "",
    expires_at: datetime | None = None,
    store: Store | None = None,
    at: datetime,
    by=None,
) -> Moved:
    """Put money (minor units) on a card that was made, named by its `code`, or on a new one, and make it usable.

    A retry returns the card that the first call sold. Raises `GiftCardRefused`.
    """
    _check_amount(amount)
    sale = {"program": program, "source": source, "external_id": external_id, "kind": Kind.LOAD}
    if earlier := GiftCardMovement.objects.filter(**sale).select_related("card").first():
        return _sold_before(earlier, amount, code)
    try:
        with transaction.atomic():
            card = _ready(program, code, at, by)
            GiftCard.objects.filter(pk=card.pk).update(state=GiftCard.State.ACTIVE, sold_at=at, expires_at=expires_at)
            return _move(card, Kind.LOAD, amount, source, external_id, at, by, store=store)
    except IntegrityError:  # the same sale, at the same moment
        return _sold_before(GiftCardMovement.objects.select_related("card").get(**sale), amount, code)


def _sold_before(earlier: GiftCardMovement, amount: int, code: str) -> Moved:
    if earlier.amount != amount or codes.normalise(code) not in ("", earlier.card.code):
        raise ReferenceReused(earlier.source, earlier.external_id)
    return Moved(earlier.card, earlier, amount, replayed=True)


def _ready(program: Program, code: str, at: datetime, by) -> GiftCard:
    if not code:
        return make_gift_cards(program=program, quantity=1, at=at, by=by)[0]
    card = _locked(program, code)
    if card is None:
        raise _unknown()
    if card.state != GiftCard.State.READY:
        raise GiftCardRefused(rules.Refusal("sold", _("This card was sold before.")))
    return card


def check_gift_card(*, program: Program, code: str, pin: str = "", at: datetime, trusted: bool = False) -> GiftCard:
    """The card, with its balance, if it can pay now. An untrusted caller needs the PIN.

    Wrong PINs are counted, and after some in a row the card answers nobody but a trusted caller. Not inside a
    transaction that a refusal would roll back: the count would go with it.
    """
    card = GiftCard.objects.filter(program=program, code=codes.normalise(code)).first()
    if card is None:
        raise _unknown(trusted)
    if not trusted:
        _check_pin(card, pin)
    if refusal := _why_not(card, at):
        raise GiftCardRefused(refusal if trusted else _hidden())
    return card


def register_gift_card(
    *, program: Program, code: str, pin: str = "", member_id: int, at: datetime, by=None, trusted: bool = False
) -> GiftCard:
    """Put a card under a member's name. Twice changes nothing; a card of somebody else's stays with him."""
    check_member(program, member_id)
    card = check_gift_card(program=program, code=code, pin=pin, at=at, trusted=trusted)
    free = GiftCard.objects.filter(pk=card.pk, member__isnull=True)
    free.update(member_id=member_id, registered_at=at)
    card.refresh_from_db()
    if card.member_id != member_id:
        raise GiftCardRefused(rules.Refusal("registered", _("This card is registered to somebody else.")))
    return card


def pay_with_gift_card(
    *,
    program: Program,
    code: str,
    amount: int,
    source: str,
    external_id: str,
    pin: str = "",
    store: Store | None = None,
    at: datetime,
    by=None,
    trusted: bool = False,
) -> Moved:
    """Pay `amount` (minor units) of the sale (`source`, `external_id`), or as much of it as the card holds.

    A retry returns the first payment. Raises `GiftCardRefused`; of two who want the last cent, one gets it.
    """
    _check_amount(amount)
    if not trusted:
        found = GiftCard.objects.filter(program=program, code=codes.normalise(code)).first()
        if found is None:
            raise _unknown(trusted)
        _check_pin(found, pin)
    with transaction.atomic():
        card = _locked(program, code)
        if card is None:
            raise _unknown(trusted)
        if earlier := card.movements.filter(kind=Kind.PAY, source=source, external_id=external_id).first():
            return Moved(card, earlier, -earlier.amount, replayed=True)
        if refusal := _why_not(card, at):
            raise GiftCardRefused(refusal if trusted else _hidden())
        if not card.balance:
            raise GiftCardRefused(rules.Refusal("empty", _("There is no money left on this card.")))
        return _move(card, Kind.PAY, -min(amount, card.balance), source, external_id, at, by, store=store)


@transaction.atomic
def refund_to_gift_card(
    *,
    program: Program,
    code: str,
    amount: int,
    payment: str,
    source: str,
    external_id: str,
    store: Store | None = None,
    at: datetime,
    by=None,
) -> Moved:
    """Give `amount` of what the card paid for the sale `payment` (its identifier within `source`) back onto it.

    A retry returns the first refund. Raises `GiftCardRefused` for more than was paid, or a card that takes nothing.
    """
    _check_amount(amount)
    card = _locked(program, code)
    if card is None:
        raise _unknown()
    if earlier := card.movements.filter(kind=Kind.REFUND, source=source, external_id=external_id).first():
        if earlier.amount != amount:
            raise ReferenceReused(source, external_id)
        return Moved(card, earlier, amount, replayed=True)
    if refusal := _why_not(card, at):
        raise GiftCardRefused(refusal)
    paid = card.movements.filter(kind=Kind.PAY, source=source, external_id=payment).first()
    if paid is None:
        raise GiftCardRefused(rules.Refusal("not_paid", _("This card did not pay for that sale.")))
    left = -paid.amount - sum(paid.refunds.values_list("amount", flat=True))
    if amount > left:
        raise GiftCardRefused(rules.Refusal("too_much", _("This card paid less than that for the sale.")))
    return _move(card, Kind.REFUND, amount, source, external_id, at, by, store=store, refund_of=paid)


@transaction.atomic
def adjust_gift_card(
    *, card: GiftCard, amount: int, reason: str, source: str, external_id: str, at: datetime, by
) -> Moved:
    """Correct a mistake by hand: `amount` more, or less where it is negative. A retry returns the first correction."""
    held = GiftCard.objects.select_for_update().get(pk=card.pk)
    if earlier := held.movements.filter(kind=Kind.ADJUST, source=source, external_id=external_id).first():
        return Moved(held, earlier, earlier.amount, replayed=True)
    if held.sold_at is None:
        raise GiftCardRefused(rules.Refusal("not_sold", _("This card was not sold yet.")))
    if held.expires_at is not None and held.expires_at <= at:
        raise GiftCardRefused(rules.Refusal(rules.Code.EXPIRED, _("This card has expired.")))
    if not amount:
        raise GiftCardRefused(rules.Refusal("amount", _("Enter an amount above or below zero.")))
    if held.balance + amount < 0:
        raise GiftCardRefused(rules.Refusal("empty", _("There is less money than that on this card.")))
    return _move(held, Kind.ADJUST, amount, source, external_id, at, by, reason=reason)


@transaction.atomic
def block_gift_card(*, card: GiftCard, reason: str, at: datetime, by) -> GiftCard:
    """Stop a card that was lost or stolen; its money stays on it. Twice changes nothing."""
    standing = GiftCard.objects.filter(pk=card.pk).exclude(state=GiftCard.State.BLOCKED)
    standing.update(state=GiftCard.State.BLOCKED, blocked_at=at, blocked_by=by, blocked_reason=reason)
    card.refresh_from_db()
    return card


@transaction.atomic
def unblock_gift_card(*, card: GiftCard, at: datetime, by) -> GiftCard:
    """Let a card pay again, blocked by hand or by wrong PINs."""
    held = GiftCard.objects.select_for_update().get(pk=card.pk)
    held.state = GiftCard.State.READY if held.sold_at is None else GiftCard.State.ACTIVE
    held.wrong_pins, held.blocked_at, held.blocked_by, held.blocked_reason = 0, None, None, ""
    held.save(update_fields=["state", "wrong_pins", "blocked_at", "blocked_by", "blocked_reason"])
    return held


class Expired(NamedTuple):
    cards: int = 0
    value: int = 0


@transaction.atomic
def expire_gift_cards(*, program: Program, at: datetime, most: int) -> Expired:
    """Take what is left on cards that have expired by `at`, up to `most` of them; none left when it returns nothing."""
    due = GiftCard.objects.filter(program=program, balance__gt=0, expires_at__lte=at).order_by("id")
    cards = list(due.select_for_update()[:most])
    day = local_date(at, program.tzinfo).isoformat()
    GiftCardMovement.objects.bulk_create(
        GiftCardMovement(
            program=program, card=card, kind=Kind.EXPIRE, amount=-card.balance, source=EXPIRY, external_id=day, at=at
        )
        for card in cards
    )
    GiftCard.objects.filter(pk__in=[card.pk for card in cards]).update(balance=0)
    return Expired(len(cards), sum(card.balance for card in cards))


def _move(card, kind, amount, source, external_id, at, by, *, store=None, refund_of=None, reason="") -> Moved:
    """The card's row is locked, or its own transaction has just made it."""
    movement = GiftCardMovement.objects.create(
        program_id=card.program_id,
        card=card,
        kind=kind,
        amount=amount,
        source=source,
        external_id=external_id,
        refund_of=refund_of,
        reason=reason,
        store=store,
        at=at,
        by=by,
    )
    GiftCard.objects.filter(pk=card.pk).update(balance=F("balance") + amount)
    card.refresh_from_db()
    return Moved(card, movement, -amount if kind == Kind.PAY else amount, replayed=False)


def _locked(program: Program, code: str) -> GiftCard | None:
    return GiftCard.objects.select_for_update().filter(program=program, code=codes.normalise(code)).first()


def _why_not(card: GiftCard, at: datetime) -> rules.Refusal | None:
    if card.state == GiftCard.State.BLOCKED:
        return rules.Refusal("blocked", _("This card is blocked."))
    if card.state == GiftCard.State.READY:
        return rules.Refusal("not_sold", _("This card was not sold yet."))
    if card.expires_at is not None and card.expires_at <= at:
        return rules.Refusal(rules.Code.EXPIRED, _("This card has expired."))
    return None


def _check_pin(card: GiftCard, pin: str) -> None:
    """Counted before it is compared, so that many guesses at once are as many guesses."""
    tries = GiftCard.objects.filter(pk=card.pk, wrong_pins__lt=WRONG_PINS)
    if not tries.update(wrong_pins=F("wrong_pins") + 1) or not secrets.compare_digest(card.pin.encode(), pin.encode()):
        raise GiftCardRefused(_hidden())
    GiftCard.objects.filter(pk=card.pk).update(wrong_pins=0)


def _check_amount(amount: int) -> None:
    if amount <= 0:
        raise GiftCardRefused(rules.Refusal("amount", _("Enter an amount above zero.")))


def _hidden() -> rules.Refusal:
    return rules.Refusal("not_usable", _("This card and PIN cannot be used."))


def _unknown(trusted: bool = True) -> GiftCardRefused:
    return GiftCardRefused(rules.Refusal("unknown", _("This card is unknown.")) if trusted else _hidden())


def _new_pin() -> str:
    return f"{secrets.randbelow(10**PIN_LENGTH):0{PIN_LENGTH}}"
