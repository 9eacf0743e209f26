"""The points of two members who are one person: all that an account holds and owes goes to another, and back.

Entries stay on the account on which they are booked; `transfer` entries move what is left. A lot keeps its dates, and
what was moved names both lots, so that undoing can fill the original one again. Nothing nets out: points and a debt
move by entries of their own.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone

from loyalty.ledger import posting
from loyalty.ledger.book import POINTS, Book, Cause, Entry, Lot, Movement, Plan
from loyalty.ledger.models import Account
from loyalty.ledger.models import Entry as EntryRow
from members.models import Enrolment, Member, MemberMerge
from members.operations import note_moved
from members.queries import open_merges

NAME = "ledger"
SOURCE = "merge"


class Handed(NamedTuple):
    """What one posting moved: the entries, each lot with the one that it became, what it paid at once, the debt."""

    given: Entry | None
    lots: list[tuple[Lot, Lot, int]]
    owed: Entry | None
    paid: list[tuple[Lot, int]]

    def as_json(self, program_id: int, currency: str) -> dict[str, Any]:
        return {
            "program": program_id,
            "currency": currency,
            "entry": self.given.id if self.given else None,
            "lots": [
                {"from": old.id, "to": new.id, "points": new.points, "paid": paid} for old, new, paid in self.lots
            ],
            "debt": -self.owed.points if self.owed else 0,
            "debt_entry": self.owed.id if self.owed else None,
            "paid": [[lot.id, points] for lot, points in self.paid],
        }


# The two plans


def hand_over(plan: Plan, giver: Book, taker: Book, movement: Movement) -> Handed:
    """Everything of the one account goes to the other."""
    giver.settle(plan, movement)
    taker.settle(plan, movement)
    lots = sorted((lot for lot in giver.lots if lot.remaining), key=Lot.order)
    parts = [(lot, lot.remaining) for lot in lots]
    given, opened = None, []
    if parts:
        given = giver.give_away(plan, movement, parts)
        known = len(plan.lots)
        taker.receive(plan, movement, parts, -given.points)
        opened = [(old, new, new.points - new.remaining) for old, new in zip(lots, plan.lots[known:], strict=True)]
    owed, paid = None, []
    if giver.debt:
        owed = taker.owe(plan, movement, giver.debt)
        paid = [(lot, points) for entry, lot, points in plan.allocations if entry is owed]
        giver.credit(plan, movement, giver.debt, active_at=movement.at, expires_at=None)
    return Handed(given, opened, owed, paid)


def bring_back(plan: Plan, keeper: Book, owner: Book, movement: Movement, moved: dict[str, Any]) -> None:
    """What is left of what was moved returns to the lots that it came from; a debt that it paid is owed again.

    The order is the reverse: first the debt that was taken over, so that the lots which paid it are whole again.
    """
    keeper.settle(plan, movement)
    owner.settle(plan, movement)
    if debt := moved["debt"]:
        paid = sum(points for _, points in moved["paid"])
        if debt > paid:
            keeper.credit(plan, movement, debt - paid, active_at=movement.at, expires_at=None)
        if paid:
            undone = movement._replace(kind=EntryRow.Kind.REVERSE.value, reverses_id=moved["debt_entry"])
            keeper.give_back(plan, undone, moved["paid"])
        owner.owe(plan, movement, debt)
    lots = {lot.id: lot for lot in keeper.lots}
    left = [(each["from"], lots[each["to"]], min(lots[each["to"]].remaining, each["points"])) for each in moved["lots"]]
    returned = {each["from"]: each["paid"] for each in moved["lots"] if each["paid"]}
    if parts := [(lot, points) for _, lot, points in left if points]:
        keeper.give_away(plan, movement, parts)
    if again := sum(returned.values()):
        keeper.owe(plan, movement, again)
    for number, _, points in left:
        if points:
            returned[number] = returned.get(number, 0) + points
    if returned:
        undone = movement._replace(kind=EntryRow.Kind.REVERSE.value, reverses_id=moved["entry"])
        owner.give_back(plan, undone, returned.items())
    owner.activate(plan, movement.at)


# What members asks for


def merge(*, keep: Member, absorb: Member, merge_id: int, at: datetime, by) -> list[dict[str, Any]]:
    """Both accounts are locked in every program, so that whatever is posted meanwhile comes before or is refused."""
    moved = []
    for number, (program_id, currency) in enumerate(_purses(absorb)):
        cause = Cause(SOURCE, f"{merge_id}:{number}")
        moved.append(_move(program_id, currency, absorb.pk, keep.pk, cause, at, by))
    return moved


def unmerge(*, keep: Member, absorb: Member, moved: Any, merge_id: int, at: datetime, by) -> None:
    """Accounts first: what `follow` moved a moment ago is then in the record, which is read again."""
    purses = _purses(absorb)
    both = [keep.pk, absorb.pk]
    for program_id, currency in purses:
        posting.lock(program_id=program_id, member_ids=both, currency=currency)
    moved = MemberMerge.objects.get(pk=merge_id).moved[NAME]
    for number, part in reversed(list(enumerate(moved))):
        movement = _movement(Cause(f"{SOURCE}_undone", f"{merge_id}:{number}"), at, by)
        books = posting.lock(program_id=part["program"], member_ids=both, currency=part["currency"])
        posting.load_lots(books.values(), closed_too=True)
        plan = Plan()
        bring_back(plan, books[keep.pk], books[absorb.pk], movement, part)
        posting.write(plan, books.values(), program_id=part["program"], at=timezone.now())


def follow(*, program_id: int, member_ids: Collection[int], currency: str, at: datetime, by_id: int | None) -> None:
    """What was posted to an account that was merged away goes on to whoever the person is today.

    Call it with the accounts locked: a merge locks them too, so it is either seen here or comes later.
    """
    absorbed = Member.objects.filter(pk__in=member_ids, status=Member.Status.MERGED).order_by("pk")
    for member_id in absorbed.values_list("pk", flat=True):
        for merge in open_merges(member_id):
            moved = merge.moved.get(NAME, [])
            cause = Cause(SOURCE, f"{merge.pk}:{len(moved)}")
            moved.append(_move(program_id, currency, merge.absorb_id, merge.keep_id, cause, at, by_id))
            note_moved(merge=merge, name=NAME, moved=moved)


def _purses(absorb: Member) -> list[tuple[int, str]]:
    """Where the member has an account or could be given one."""
    accounts = Account.objects.filter(member=absorb).values_list("program", "currency")
    enrolled = Enrolment.objects.filter(member=absorb).values_list("program", flat=True)
    return sorted({*accounts, *((program_id, POINTS) for program_id in enrolled)})


def _move(program_id, currency, giver_id, taker_id, cause: Cause, at: datetime, by) -> dict[str, Any]:
    books = posting.lock(program_id=program_id, member_ids=[giver_id, taker_id], currency=currency)
    posting.load_lots(books.values())
    plan = Plan()
    handed = hand_over(plan, books[giver_id], books[taker_id], _movement(cause, at, by))
    posting.write(plan, books.values(), program_id=program_id, at=timezone.now())
    return handed.as_json(program_id, currency)


def _movement(cause: Cause, at: datetime, by) -> Movement:
    by_id = by if by is None or isinstance(by, int) else by.pk
    return Movement(cause, EntryRow.Kind.TRANSFER.value, at, "", by_id)
