"""What activities add to the measure, and the tiers that members reach by them or lose by refunds."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from loyalty.lib import sql
from loyalty.lib.refunds import share_to_take
from loyalty.programs.kinds import Effect, Happened, Kind, Refunded
from loyalty.programs.models import Program
from loyalty.tiers.careers import Career, Stretch
from loyalty.tiers.models import Qualification
from loyalty.tiers.reading import Definition, careers_of, definition_of
from loyalty.tiers.rules import Level

from .settling import Gifts, settle

EFFECT = "tier"
COLUMNS = ("program_id", "member_id", "activity_id", "refund_of", "kind", "occurred_at", "points", "spend", "times")


@transaction.atomic
def qualify(*, program: Program, happened: Sequence[Happened], at: datetime, by=None) -> list[Effect]:
    """Count a batch of activities and turn the careers of its members: up at once, and a rise undone by a refund.

    The caller holds the members' accounts. As many statements for fifty activities as for one, but for a rise.
    """
    definition = definition_of(program)
    if definition is None or not happened:
        return []
    rows = _qualifications(program, happened)
    members = {each.member_id for each in happened}
    moments = [each.occurred_at for each in happened] + [row.occurred_at for row in rows.values()]
    careers = careers_of(definition, program, members, moments)
    sql.write([sql.Insert(Qualification, COLUMNS, [_columns(row) for row in rows.values()])])
    turns: list[tuple[Happened, list[Stretch], Stretch | None]] = []
    for each in sorted(happened, key=lambda each: (each.occurred_at, each.activity_id)):
        if row := rows.get(each.activity_id):
            turns.append((each, *_turn(definition, careers[each.member_id], each, row)))
    for career in careers.values():
        career.look(at)
    gifts = settle(definition, program, careers, at=at, by=by, quiet=all(each.is_history for each in happened))
    return list(_effects(definition, turns, gifts))


def _turn(
    definition: Definition, career: Career, each: Happened, row: Qualification
) -> tuple[list[Stretch], Stretch | None]:
    value = definition.value(row)
    if each.refund_of:
        return career.refund(
            purchase_id=each.refund_of.activity_id,
            purchased_at=each.refund_of.occurred_at,
            activity_id=each.activity_id,
            moment=each.occurred_at,
            value=value,
        )
    return [], career.follow(
        activity_id=each.activity_id, moment=each.occurred_at, value=value, is_history=each.is_history
    )


def _effects(
    definition: Definition, turns: list[tuple[Happened, list[Stretch], Stretch | None]], gifts: Gifts
) -> Iterator[Effect]:
    for each, undone, turned in turns:
        if undone:
            outcome: dict[str, Any] = {
                "reason": "undone" if turned else "stays",
                "from": _named(definition, undone[-1].level),
            }
            outcome |= gifts.of_undone(undone)
        elif turned:
            outcome = {"reason": "reached", "measure": turned.measure, "metric": definition.row.metric, **turned.gifts}
        else:
            continue
        level = turned.level if turned else None
        yield Effect(each.activity_id, {"effect": EFFECT, "tier": _named(definition, level)} | outcome)


def _named(definition: Definition, level: Level | None) -> dict[str, str] | None:
    """The tier as the decision keeps it: its names may change."""
    tier = definition.tier(level)
    return None if tier is None else {"code": tier.code, "en": tier.name_en, "fr": tier.name_fr}


# What counts


def _qualifications(program: Program, happened: Sequence[Happened]) -> dict[int, Qualification]:
    """A row for each activity that counts, by activity; what is known of refunded purchases is read at once."""
    rows = {
        each.activity_id: Qualification(
            program_id=program.pk,
            member_id=each.member_id,
            activity_id=each.activity_id,
            kind=each.kind,
            occurred_at=each.occurred_at,
            points=max(each.points, 0),
            spend=max(each.counted, 0) if each.kind == Kind.PURCHASE else 0,
            times=1,
        )
        for each in happened
        if each.refund_of is None
    }
    refunds = [(each, each.refund_of) for each in happened if each.refund_of]
    if not refunds:
        return rows
    wanted = {refunded.activity_id for _, refunded in refunds}
    earlier = list(Qualification.objects.filter(Q(activity_id__in=wanted) | Q(refund_of__in=wanted)))
    purchases = {row.activity_id: row for row in earlier if row.refund_of is None} | rows
    taken = [row for row in earlier if row.refund_of is not None]
    for each, refunded in sorted(refunds, key=lambda pair: pair[1].refunded):
        purchase = purchases.get(refunded.activity_id)
        if purchase is None:  # made before the program had tiers
            continue
        row = _refund(each, refunded, purchase, [row for row in taken if row.refund_of == refunded.activity_id])
        taken.append(row)
        rows[each.activity_id] = row
    return rows


def _refund(each: Happened, refunded: Refunded, purchase: Qualification, taken: list[Qualification]) -> Qualification:
    """By share what can be shared; a visit is taken back with the whole of its purchase."""

    def share(column: str) -> int:
        return -share_to_take(
            granted=getattr(purchase, column),
            amount=refunded.amount,
            refunded=refunded.refunded,
            already_taken=-sum(getattr(row, column) for row in taken),
        )

    left = purchase.times + sum(row.times for row in taken)
    return Qualification(
        program_id=purchase.program_id,
        member_id=purchase.member_id,
        activity_id=each.activity_id,
        refund_of=purchase.activity_id,
        kind=purchase.kind,
        occurred_at=purchase.occurred_at,
        points=share("points"),
        spend=share("spend"),
        times=-left if refunded.is_whole else 0,
    )


def _columns(row: Qualification) -> tuple:
    return tuple(sql.moment(row.occurred_at) if column == "occurred_at" else getattr(row, column) for column in COLUMNS)
