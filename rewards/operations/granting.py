"""Rewards that are given because of something: a tier reached, a card filled, a friend who bought."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty.events.operations import Happening, emit_many
from loyalty.programs.models import Program
from rewards.models import Reward, Voucher

from .claims import return_stock, take_stock
from .errors import RewardsError
from .issuing import issue_for_reward
from .validating import VoucherRefused
from .withdrawing import withdraw_voucher

T = TypeVar("T")


class Grant(NamedTuple):
    """Who gets one, and the name of the reason, unique within the source: `tier:12:gold`."""

    member_id: int
    reference: str


def grant_reward(
    *, program: Program, reward: Reward, member_id: int, source: str, reference: str, at: datetime, by=None
) -> Voucher | None:
    """A voucher of the reward for this reason; a retry returns the first. None where the stock has run out."""
    granted = grant_rewards(
        program=program, reward=reward, grants=[Grant(member_id, reference)], source=source, at=at, by=by
    )
    return granted.get(reference)


def grant_rewards(
    *, program: Program, reward: Reward, grants: Sequence[Grant], source: str, at: datetime, by=None
) -> dict[str, Voucher]:
    """A voucher for each grant, by reference, those of earlier calls included; the first ones, where stock runs short.

    Callers hold the lock that makes two of them take turns (the members' accounts, or the job's), so that a reason is
    not granted twice; the database refuses the second all the same.
    """
    return grant(program=program, reward=reward, grants=grants, source=source, at=at, by=by).vouchers


class Granted(NamedTuple):
    """The vouchers by reference, and how many of them are new."""

    vouchers: dict[str, Voucher]
    issued: int


def in_turn(wanted: Mapping[Reward, T]) -> list[tuple[Reward, T]]:
    """What is wanted of each reward, in the order in which everybody claims them: two batches that give the same
    rewards never wait for each other in a ring."""
    return sorted(wanted.items(), key=lambda each: each[0].pk)


@transaction.atomic
def grant(*, program: Program, reward: Reward, grants: Sequence[Grant], source: str, at: datetime, by) -> Granted:
    mine = Voucher.objects.filter(program=program, source=source, reference__in=[grant.reference for grant in grants])
    granted = {voucher.reference: voucher for voucher in mine}
    fresh = [grant for grant in grants if grant.reference not in granted]
    fresh = fresh[: _claim(reward, len(fresh))]
    vouchers = issue_for_reward(
        program=program,
        reward=reward,
        member_ids=[grant.member_id for grant in fresh],
        at=at,
        by=by,
        source=source,
        references=[grant.reference for grant in fresh],
    )
    _announce(program, reward, vouchers, at)
    return Granted(granted | {voucher.reference: voucher for voucher in vouchers}, len(vouchers))


def _announce(program: Program, reward: Reward, vouchers: Sequence[Voucher], at: datetime) -> None:
    now = timezone.now()
    emit_many(
        Happening(
            kind="reward.granted",
            program_code=program.code,
            member_id=voucher.member_id,
            payload={
                "reward": reward.code,
                "voucher_id": voucher.pk,
                "source": voucher.source,
                "reference": voucher.reference,
            },
            occurred_at=at,
            recorded_at=now,
        )
        for voucher in vouchers
    )


@transaction.atomic
def withdraw_granted(
    *, program: Program, source: str, references: Sequence[str], at: datetime, by=None, reason: str = ""
) -> list[Voucher]:
    """Take back what was granted for these reasons and is unused; what was used stays. Returns all of them.

    What is taken back, or expired unused, lies in the stock again: somebody else can have it. Twice changes nothing.
    """
    mine = Voucher.objects.filter(program=program, source=source, reference__in=references).order_by("id")
    vouchers = list(mine.select_for_update(of=("self",)).select_related("reward"))
    back: Counter[Reward] = Counter()
    for voucher in vouchers:
        back.update(_unused(voucher))
        with suppress(VoucherRefused):  # used before
            withdraw_voucher(voucher=voucher, reason=reason or _("What it was granted for was undone."), at=at, by=by)
    for reward, quantity in in_turn(back):
        return_stock(reward, quantity)
    return vouchers


def _unused(voucher: Voucher) -> list[Reward]:
    """Of which rewards a whole piece comes back with the voucher; of several at once, where each of them is unused."""
    reward = voucher.reward
    if reward is None or voucher.state == Voucher.State.WITHDRAWN or voucher.uses:
        return []
    if voucher.state != Voucher.State.EXCHANGED:
        return [reward]
    parts = list(Voucher.objects.filter(origin=voucher).select_related("reward"))
    if not parts or any(part.state == Voucher.State.WITHDRAWN or part.uses for part in parts):
        return []
    chosen = [part.reward for part in parts if part.reward and reward.kind == Reward.Kind.CHOICE]
    return [reward, *chosen]


def _claim(reward: Reward, wanted: int) -> int:
    """As much of the stock as there is of what is wanted."""
    while wanted:
        try:
            take_stock(reward, wanted)
            return wanted
        except RewardsError:
            left = Reward.objects.filter(pk=reward.pk).values_list("stock", flat=True).get() or 0
            wanted = min(wanted - 1, left)
    return 0
