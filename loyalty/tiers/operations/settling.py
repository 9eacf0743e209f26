"""Writing what careers came to: stretches, summary rows, rewards given and withdrawn, what is announced.

A set of statements for any number of members. The caller holds the members' accounts.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from loyalty.events.operations import Happening, emitting
from loyalty.lib import sql
from loyalty.programs.models import Program
from loyalty.tiers.careers import Career, Stretch
from loyalty.tiers.models import TierMembership
from loyalty.tiers.reading import Definition
from loyalty.tiers.rules import Level
from members.models import Enrolment
from rewards.models import Reward, Voucher
from rewards.operations import Grant, grant_rewards, in_turn, withdraw_granted

from .promising import SOURCE, promise

COLUMNS = (
    "id",
    "program_id",
    "member_id",
    "tier_id",
    "starts_at",
    "ends_at",
    "reason",
    "measured_from",
    "period_ends_at",
    "measure",
    "activity_id",
    "instead_of_id",
    "gifts",
    "note",
    "by_id",
    "recorded_at",
)


@dataclass
class Gifts:
    """What became of the rewards, by the rise and the tier."""

    vouchers: dict[str, Voucher] = field(default_factory=dict)

    def of_undone(self, undone: Iterable[Stretch]) -> dict[str, list[str]]:
        """The codes of the tiers whose reward was used and stays, and of those whose reward is withdrawn."""
        found: dict[str, list[str]] = {}
        for rise in undone:
            for code in rise.gifts.get("given", []):
                if voucher := self.vouchers.get(reference(rise, code)):
                    is_withdrawn = voucher.state == Voucher.State.WITHDRAWN
                    found.setdefault("withdrawn" if is_withdrawn else "kept", []).append(code)
        return found


def reference(rise: Stretch, code: str) -> str:
    """The name of the reason of a reward."""
    return f"{rise.id}:{code}"


def settle(
    definition: Definition, program: Program, careers: Mapping[int, Career], *, at: datetime, by=None, quiet=False
) -> Gifts:
    """Write the fresh stretches of these careers and everything that comes of them; `quiet` announces nothing."""
    gifts = Gifts()
    changed = {member_id: career for member_id, career in careers.items() if career.fresh or career.undone}
    if not changed:
        return gifts
    fresh = [(member_id, each) for member_id, career in changed.items() for each in career.fresh]
    _close(changed.values())
    ids = sql.reserve({TierMembership: len(fresh)})[TierMembership]
    for (_member_id, each), number in zip(fresh, ids, strict=True):
        each.id = number
    _withdraw(program, changed.values(), gifts, at, by)
    _give(definition, program, changed, gifts, at, by)
    sql.write(
        [
            sql.Insert(TierMembership, COLUMNS, [_columns(program, *each, at, by) for each in fresh]),
            sql.Update(
                Enrolment,
                ("member_id", "program_id"),
                ("tier", "priority_by_tier"),
                [
                    (member_id, program.pk, code_of(career.level), definition.has_priority(career.level))
                    for member_id, career in sorted(changed.items())
                ],
            ),
            emitting([] if quiet else _announced(program, changed, at)),
        ]
    )
    promise(definition, program, changed, at=at, by=by)
    return gifts


def code_of(level: Level | None) -> str:
    return level.code if level else ""


def _close(careers: Iterable[Career]) -> None:
    """The stretches that stand in the table and come to their end, before others take their place."""
    rows = [
        (each.id, sql.moment(each.ends_at), each.instead_of and each.instead_of.id)
        for career in careers
        for each in career.ending
    ]
    sql.write([sql.Update(TierMembership, ("id",), ("ends_at", "instead_of_id"), rows)])


def _withdraw(program: Program, careers: Iterable[Career], gifts: Gifts, at: datetime, by) -> None:
    """The unused rewards of rises that were undone; the stretch that follows notes which were used."""
    references = [
        reference(rise, code) for career in careers for rise in career.undone for code in rise.gifts.get("given", [])
    ]
    if not references:
        return
    vouchers = withdraw_granted(program=program, source=SOURCE, references=references, at=at, by=by)
    gifts.vouchers |= {voucher.reference: voucher for voucher in vouchers}
    for career in careers:
        for each in career.fresh:
            each.gifts |= gifts.of_undone(each.undone)


def _give(
    definition: Definition, program: Program, careers: Mapping[int, Career], gifts: Gifts, at: datetime, by
) -> None:
    """The rewards of the tiers reached: one call per reward, whatever the number of members."""
    wanted: dict[Reward, list[tuple[Stretch, str, Grant]]] = {}
    for member_id, career in careers.items():
        for rise in career.fresh:
            for level in [] if rise in career.undone else rise.rewarded:
                reward = definition.tiers[level.id].reward
                if reward is None:
                    continue
                if career.owes_no_gift(level, rise):
                    rise.gifts.setdefault("forgone", []).append(level.code)
                    continue
                grant = Grant(member_id, reference(rise, level.code))
                wanted.setdefault(reward, []).append((rise, level.code, grant))
    for reward, grants in in_turn(wanted):
        granted = grant_rewards(
            program=program, reward=reward, grants=[grant for _, _, grant in grants], source=SOURCE, at=at, by=by
        )
        for rise, code, grant in grants:
            what = "given" if grant.reference in granted else "out_of_stock"
            rise.gifts.setdefault(what, []).append(code)


def _columns(program: Program, member_id: int, each: Stretch, at: datetime, by) -> tuple:
    moment = sql.moment
    return (
        each.id,
        program.pk,
        member_id,
        each.level.id if each.level else None,
        moment(each.starts_at),
        moment(each.ends_at),
        each.reason.value,
        moment(each.period.measured_from),
        moment(each.period.ends_at),
        each.measure,
        each.activity_id,
        each.instead_of.id if each.instead_of else None,
        json.dumps(each.gifts),
        each.note,
        by.pk if by else None,
        moment(at),
    )


def _announced(program: Program, careers: Mapping[int, Career], at: datetime) -> Iterator[Happening]:
    """Each change of tier; that one is kept for another period changes nothing."""
    for member_id, career in careers.items():
        first = len(career.stretches) - len(career.fresh)
        old = career.stretches[first - 1].level if first else None
        for each in career.fresh:
            if code_of(each.level) != code_of(old):
                yield Happening(
                    kind="tier.changed",
                    program_code=program.code,
                    member_id=member_id,
                    occurred_at=each.starts_at,
                    recorded_at=at,
                    payload={"from": code_of(old), "to": code_of(each.level), "reason": each.reason.value}
                    | ({"activity": each.activity_id} if each.activity_id else {}),
                )
            old = each.level
