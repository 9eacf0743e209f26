"""The ledger's verbs. Each is one transaction; called inside another one, it is part of that.

`at` is the moment from which the movement counts, as the database will show it in `effective_at`; `by` is the user who
did it, or None for the system. Every verb names its cause, and a cause takes effect once: a retry changes nothing and
returns what the first call did.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty.ledger import merging, posting
from loyalty.ledger.batch import Batch
from loyalty.ledger.book import (
    POINTS,
    Book,
    Cause,
    InsufficientPoints,
    LedgerError,
    Movement,
    Plan,
    redeem_together,
)
from loyalty.ledger.models import Allocation, Entry
from loyalty.ledger.queries import entries_of, expired_of
from loyalty.ledger.sweeps import activate_pending, expire, has_lapsed, has_lapsing, has_matured, redeem_steps
from loyalty.lib import sql

__all__ = [
    "Batch",
    "Cause",
    "CannotReverse",
    "InsufficientPoints",
    "InvalidPoints",
    "LedgerError",
    "Posted",
    "activate_pending",
    "adjust",
    "earn",
    "has_lapsed",
    "has_lapsing",
    "has_matured",
    "expire",
    "postpone_expiry",
    "redeem",
    "redeem_pooled",
    "redeem_steps",
    "reverse",
    "take_back",
    "transfer",
    "undo",
]


class InvalidPoints(LedgerError):
    """A number of points that this movement cannot have."""

    code = "invalid_points"


class CannotReverse(LedgerError):
    """The entry was reversed already, or is of a kind that is never reversed."""

    code = "cannot_reverse"


@dataclass(frozen=True, slots=True)
class Posted:
    """What a verb did: its entries, its signed points, what was missing, and whether it was a retry.

    The points of a transfer are the giver's; those of a redemption from several accounts are all of them.
    """

    entry_ids: tuple[int, ...]
    points: int
    shortfall: int = 0
    replayed: bool = False


def earn(
    *, program, member_id, points, cause, at, active_at=None, expires_at=None, by=None, reason="", currency=POINTS
) -> Posted:
    """Points for the member, usable from `active_at` (default: at once) until `expires_at`, not included."""
    _require_positive(points)
    movement = Movement(cause, Entry.Kind.EARN, at, reason, _id(by))

    def plan_it(plan: Plan, books: dict[int, Book]) -> None:
        books[member_id].credit(plan, movement, points, active_at=active_at or at, expires_at=expires_at)

    return _post(program, [member_id], cause, plan_it, currency)


def redeem(*, program, member_id, points, cause, at, by=None, reason="", currency=POINTS) -> Posted:
    """Spend points, soonest to expire first. Raises InsufficientPoints; then nothing is taken."""
    _require_positive(points)
    movement = Movement(cause, Entry.Kind.REDEEM, at, reason, _id(by))

    def plan_it(plan: Plan, books: dict[int, Book]) -> None:
        books[member_id].redeem(plan, movement, points)

    return _post(program, [member_id], cause, plan_it, currency)


def redeem_pooled(
    *, program, member_ids: Collection[int], points, cause, at, by=None, reason="", currency=POINTS
) -> Posted:
    """Spend the points of several members as if they were one account's: an entry on each account that gave some.

    Soonest to expire first across all of them; each lot is consumed where it lies. Raises InsufficientPoints; then
    nothing is taken from anybody.
    """
    _require_positive(points)
    movement = Movement(cause, Entry.Kind.REDEEM, at, reason, _id(by))

    def plan_it(plan: Plan, books: dict[int, Book]) -> None:
        redeem_together(books.values(), plan, movement, points)

    return _post(program, list(member_ids), cause, plan_it, currency)


def undo(*, program, done: Cause, cause, at, by=None, reason="", currency=POINTS) -> Posted:
    """Undo a redemption, from however many accounts it drew: each lot gets back what it gave, with its own end."""
    entries = list(entries_of(program=program, causes=[done]).filter(kind=Entry.Kind.REDEEM).select_related("account"))
    if not entries:
        raise CannotReverse(_("There is no redemption to undo."))
    given = defaultdict(list)
    for entry_id, lot_id, points in Allocation.objects.filter(entry__in=entries).values_list("entry", "lot", "points"):
        given[entry_id].append((lot_id, points))

    def plan_it(plan: Plan, books: dict[int, Book]) -> None:
        if Entry.objects.filter(reverses__in=entries).exists():
            raise CannotReverse(_("This redemption was undone already."))
        for entry in entries:
            movement = Movement(cause, Entry.Kind.REVERSE, at, reason, _id(by), entry.pk)
            books[entry.account.member_id].give_back(plan, movement, given[entry.pk])

    members = [entry.account.member_id for entry in entries]
    return _post(program, members, cause, plan_it, currency, with_closed_lots=True)


def adjust(*, program, member_id, points, reason, cause, at, by, expires_at=None, currency=POINTS) -> Posted:
    """Correct a balance by hand, up or down. Downwards it takes no more than can be spent (InsufficientPoints)."""
    if not points:
        raise InvalidPoints(_("An adjustment adds or takes at least one point."))
    if not reason.strip():
        raise InvalidPoints(_("Say why: an adjustment needs a reason."))
    if points > 0 and expires_at and expires_at <= at:
        raise InvalidPoints(_("The program ends before these points could be used."))
    movement = Movement(cause, Entry.Kind.ADJUST, at, reason, _id(by))

    def plan_it(plan: Plan, books: dict[int, Book]) -> None:
        if points > 0:
            books[member_id].credit(plan, movement, points, active_at=at, expires_at=expires_at)
        else:
            books[member_id].redeem(plan, movement, -points)

    return _post(program, [member_id], cause, plan_it, currency)


def take_back(*, program, member_id, points, earned_by, cause, at, by=None, reason="", currency=POINTS) -> Posted:
    """What a refund takes: pending points, then those that `earned_by` gave, then the rest, then by the policy."""
    _require_positive(points)
    movement = Movement(cause, Entry.Kind.REVERSE, at, reason, _id(by))

    def plan_it(plan: Plan, books: dict[int, Book]) -> None:
        earned = entries_of(program=program, causes=[earned_by]).values_list("id", flat=True)
        books[member_id].take(plan, movement, points, may_owe=program.may_owe, own_entries=frozenset(earned))

    return _post(program, [member_id], cause, plan_it, currency)


def reverse(*, entry: Entry, cause, at, by=None, reason="") -> Posted:
    """Undo one entry, once. A debit's lots get their points back with their own ends.

    A credit is taken back, less what has expired of it: that is gone already.
    """
    if entry.kind in (Entry.Kind.EXPIRE, Entry.Kind.TRANSFER, Entry.Kind.REVERSE):
        raise CannotReverse(
            _("An entry of the kind “%(kind)s” is not reversed; adjust the balance.")
            % {"kind": entry.get_kind_display()}
        )
    account = entry.account
    movement = Movement(cause, Entry.Kind.REVERSE, at, reason, _id(by), entry.pk)

    def plan_it(plan: Plan, books: dict[int, Book]) -> None:
        if Entry.objects.filter(reverses=entry).exists():
            raise CannotReverse(_("This entry was reversed already."))
        book = books[account.member_id]
        if entry.points > 0:
            own = frozenset([entry.pk])
            book.settle(plan, movement)
            expired = expired_of(own).get(entry.pk, 0) + book.expired(own)
            if expired >= entry.points:
                raise CannotReverse(_("The points of this entry have expired: there is nothing to take back."))
            left = entry.points - expired
            book.take(plan, movement, left, may_owe=account.program.may_owe, own_entries=own)
        else:
            book.give_back(plan, movement, given)

    given = list(Allocation.objects.filter(entry=entry).values_list("lot_id", "points"))
    return _post(account.program, [account.member_id], cause, plan_it, account.currency, with_closed_lots=True)


def transfer(
    *, program, from_member_id, to_member_id, points, cause, at, by=None, reason="", currency=POINTS
) -> Posted:
    """Move points between two members; they keep their dates."""
    _require_positive(points)
    if from_member_id == to_member_id:
        raise InvalidPoints(_("Points cannot be transferred to the same member."))
    movement = Movement(cause, Entry.Kind.TRANSFER, at, reason, _id(by))

    def plan_it(plan: Plan, books: dict[int, Book]) -> None:
        entry = books[from_member_id].redeem(plan, movement, points)
        parts = [(lot, part) for taker, lot, part in plan.allocations if taker is entry]
        books[to_member_id].receive(plan, movement, parts, points)

    return _post(program, [from_member_id, to_member_id], cause, plan_it, currency)


def postpone_expiry(*, program, terms: Mapping[int, tuple[datetime, datetime | None]]) -> None:
    """Give what members can use a new term: by member, the moment of the activity and the new end. Never shortens."""
    rows = [
        (sql.moment(end), program.pk, member_id, sql.moment(moment), sql.moment(moment), sql.moment(end))
        for member_id, (moment, end) in sorted(terms.items())
        if end is not None
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE ledger_lot SET expires_at = %s WHERE remaining > 0 AND account_id IN"
            " (SELECT id FROM ledger_account WHERE program_id = %s AND member_id = %s)"
            " AND active_at <= %s AND expires_at > %s AND expires_at < %s",
            rows,
        )


def _post(
    program,
    member_ids: list[int],
    cause: Cause,
    plan_it: Callable[[Plan, dict[int, Book]], None],
    currency: str,
    with_closed_lots: bool = False,
) -> Posted:
    """Lock, plan, write; or return what the cause did before, also when another process did it a moment ago."""
    try:
        with transaction.atomic():
            books = posting.lock(program_id=program.pk, member_ids=member_ids, currency=currency)
            if first := _first_effect(program, cause):
                return first
            posting.load_lots(books.values(), closed_too=with_closed_lots)
            plan = Plan()
            plan_it(plan, books)
            posting.write(plan, books.values(), program_id=program.pk, at=timezone.now())
            last = plan.entries[-1]
            merging.follow(
                program_id=program.pk,
                member_ids=member_ids,
                currency=currency,
                at=last.effective_at,
                by_id=last.by_id,
            )
    except IntegrityError:
        if first := _first_effect(program, cause):
            return first
        raise
    return _posted([(entry.id or 0, entry.kind, entry.points, entry.shortfall) for entry in plan.entries])


def _first_effect(program, cause: Cause) -> Posted | None:
    rows = (
        Entry.objects.filter(key__program=program, key__source=cause.source, key__external_id=cause.external_id)
        .order_by("id")
        .values_list("id", "kind", "points", "shortfall")
    )
    return _posted(list(rows), replayed=True) if rows else None


def _posted(rows: list[tuple[int, str, int, int]], replayed: bool = False) -> Posted:
    """An expiry that settled the account on the way is among the entries, and is not what the verb was asked for."""
    own = [row for row in rows if row[1] != Entry.Kind.EXPIRE]
    alike = own if own[0][1] in (Entry.Kind.REDEEM, Entry.Kind.REVERSE) else own[:1]
    return Posted(tuple(row[0] for row in own), sum(row[2] for row in alike), own[0][3], replayed)


def _require_positive(points: int) -> None:
    if points <= 0:
        raise InvalidPoints(_("At least one point is needed."))


def _id(user) -> int | None:
    return user.pk if user else None
