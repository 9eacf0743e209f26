"""What members gain in this room and lose again: points in the ledger, vouchers in rewards, many in few statements.

A gain is named by its `source` (challenge, code, draw, instant_win) and a reference that is unique within it. Callers
hold the members' accounts, as `follow` does, or lock nothing else before.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from loyalty.ledger.operations import Batch, Cause
from loyalty.ledger.queries import entries_of, expired_of
from loyalty.lib import sql
from loyalty.lib.periods import local_date
from loyalty.programs.expiry import ExpiryPolicy, expires_at
from rewards.models import Reward, Voucher
from rewards.operations import Grant, grant_rewards, in_turn, withdraw_granted


@dataclass(slots=True, kw_only=True)
class Gain:
    """`points` becomes what was given: nothing after a program's last earning day. `voucher` is what came of `reward`,
    None where the stock has run out."""

    member_id: int
    reference: str
    at: datetime
    points: int = 0
    reward: Reward | None = None
    voucher: Voucher | None = None


@dataclass(slots=True, kw_only=True)
class Loss:
    """What a gain had given. `taken` becomes the points that were taken, `is_kept` whether its voucher was used."""

    member_id: int
    reference: str
    points: int
    has_voucher: bool
    at: datetime
    taken: int = 0
    shortfall: int = 0
    is_kept: bool = False


def give(*, program, source: str, gains: Sequence[Gain], at: datetime, by=None) -> None:
    _earn(program, source, gains, at, by)
    by_reward: dict[Reward, list[Gain]] = defaultdict(list)
    for gain in gains:
        if gain.reward:
            by_reward[gain.reward].append(gain)
    for reward, mine in in_turn(by_reward):
        grants = [Grant(gain.member_id, gain.reference) for gain in mine]
        vouchers = grant_rewards(program=program, reward=reward, grants=grants, source=source, at=at, by=by)
        for gain in mine:
            gain.voucher = vouchers.get(gain.reference)


def _earn(program, source: str, gains: Sequence[Gain], at: datetime, by) -> None:
    policy = ExpiryPolicy.of(program)
    for gain in gains:
        lapses_at = expires_at(policy, gain.at)
        is_over = lapses_at is not None and lapses_at <= gain.at
        if is_over or not program.earns_on(local_date(gain.at, policy.tz)):
            gain.points = 0
    earning = [gain for gain in gains if gain.points]
    if not earning:
        return
    batch = Batch(program=program, member_ids={gain.member_id for gain in earning})
    for gain in earning:
        batch.earn(
            member_id=gain.member_id,
            points=gain.points,
            cause=Cause(source, gain.reference),
            at=gain.at,
            active_at=gain.at,
            expires_at=expires_at(policy, gain.at),
            by_id=by.pk if by else None,
        )
    _write(batch, at)


def undo(*, program, source: str, losses: Sequence[Loss], at: datetime, by=None) -> None:
    """Take the points back by the program's policy for refunds and withdraw the vouchers; used ones stay."""
    _take(program, source, [loss for loss in losses if loss.points], at, by)
    references = [loss.reference for loss in losses if loss.has_voucher]
    if references:
        vouchers = withdraw_granted(program=program, source=source, references=references, at=at, by=by)
        kept = {voucher.reference for voucher in vouchers if voucher.state == Voucher.State.USED or voucher.uses}
        for loss in losses:
            loss.is_kept = loss.reference in kept


def _take(program, source: str, losses: Sequence[Loss], at: datetime, by) -> None:
    if not losses:
        return
    members = {loss.member_id for loss in losses}
    batch = Batch(program=program, member_ids=members, debited=members)
    causes = [Cause(source, loss.reference) for loss in losses]
    given: dict[str, list[int]] = defaultdict(list)
    for key, entry in entries_of(program=program, causes=causes).values_list("key__external_id", "id"):
        given[key].append(entry)
    expired = expired_of([entry for entries in given.values() for entry in entries])
    for loss in losses:
        own = given[loss.reference]
        gone = sum(expired.get(entry, 0) for entry in own)
        gone += batch.expired(member_id=loss.member_id, earned=own)
        points = max(loss.points - gone, 0)  # expired points count as taken
        if not points:
            continue
        back = batch.take_back(
            member_id=loss.member_id,
            points=points,
            cause=Cause(f"{source}_undone", loss.reference),
            at=loss.at,
            earned=own,
            by_id=by.pk if by else None,
        )
        loss.taken, loss.shortfall = -back.points, back.shortfall
    _write(batch, at)


def _write(batch: Batch, at: datetime) -> None:
    ids = sql.reserve(batch.needs())
    sql.write(batch.steps(ids, at=at))
