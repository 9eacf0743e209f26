"""Codes made ahead, a batch at a time: asked for, made by a job, taken out once, withdrawn where they got lost."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty.jobs import operations as jobs
from loyalty.lib import codes, sql
from loyalty.lib.saving import save_checked
from loyalty.programs.models import Program
from rewards import rules
from rewards.models import BatchUsage, Reward, Voucher, VoucherBatch, VoucherUse

from .claims import take_stock
from .errors import RewardsError
from .issuing import voucher_end
from .partner_codes import has_pool

JOB = "voucher_batch"
COLUMNS = (
    "id",
    "code",
    "program_id",
    "reward_id",
    "batch_id",
    "value",
    "state",
    "uses",
    "uses_allowed",
    "issued_at",
    "issued_by_id",
    "expires_at",
    "reserved_for",
    "withdrawn_reason",
)


class BatchRefused(RewardsError):
    """The batch cannot be made, or is not at the step that this one follows."""


@transaction.atomic
def create_voucher_batch(
    *,
    program: Program,
    reward: Reward,
    name: str,
    quantity: int,
    uses_allowed: int = 1,
    one_per_member: bool = False,
    expires_at: datetime | None = None,
    at: datetime,
    by=None,
) -> VoucherBatch:
    """Ask for a batch; a job makes its codes. Without `expires_at` they last as long as the reward's vouchers do.

    Its whole quantity is taken from the reward's stock. Raises `RewardsError` where that does not reach, or a
    `ValidationError`.
    """
    _check(program, reward, expires_at, at)
    batch = VoucherBatch(
        program=program,
        reward=reward,
        name=name,
        quantity=quantity,
        uses_allowed=uses_allowed,
        one_per_member=one_per_member,
        expires_at=expires_at or voucher_end(program, at, reward.voucher_days),
        created_at=at,
        by=by,
    )
    save_checked(batch, by=by, at=at)
    take_stock(reward, quantity)
    jobs.start(name=JOB, scope=program.code, period=str(batch.pk), by=by, at=at)
    return batch


def _check(program: Program, reward: Reward, expires_at: datetime | None, at: datetime) -> None:
    if reward.program_id != program.pk:
        raise BatchRefused(rules.Refusal("foreign_reward", _("Choose a reward of the batch’s program.")))
    if reward.kind in Reward.OF_PARTS:
        raise BatchRefused(rules.Refusal("of_parts", _("The codes of a batch are for a single reward.")))
    if has_pool(reward):
        raise BatchRefused(rules.Refusal("partners_codes", _("The codes of this reward are the partner’s own.")))
    if expires_at is not None and expires_at <= at:
        raise BatchRefused(rules.Refusal("expired", _("The codes would have expired already.")))


@transaction.atomic
def fill_voucher_batch(*, batch: VoucherBatch, at: datetime, most: int) -> int:
    """Make the next codes, up to `most`; returns how many. A batch that is full or withdrawn gets none."""
    held = VoucherBatch.objects.select_for_update().select_related("reward").get(pk=batch.pk)
    if held.state != VoucherBatch.State.MAKING:
        return 0
    count = min(most, held.quantity - held.made)
    _write(held, count)
    held.made += count
    if held.made == held.quantity:
        held.state = VoucherBatch.State.READY
    held.save(update_fields=["made", "state"])
    return count


def _write(batch: VoucherBatch, count: int) -> None:
    ids = sql.reserve({Voucher: count})[Voucher]
    issued_at, expires_at = sql.moment(batch.created_at), sql.moment(batch.expires_at)
    common = (batch.program_id, batch.reward_id, batch.pk, batch.reward.voucher_value, "unused", 0, batch.uses_allowed)
    ending = (issued_at, batch.by_id, expires_at, "", "")
    rows = [(number, code, *common, *ending) for number, code in zip(ids, codes.generate(count), strict=True)]
    sql.write([sql.Insert(Voucher, COLUMNS, rows)])


def take_out_codes(*, batch: VoucherBatch, at: datetime, by) -> VoucherBatch:
    """Mark the codes of a batch that is ready as taken out. They go once: the second to ask is refused."""
    ready = VoucherBatch.objects.filter(pk=batch.pk, state=VoucherBatch.State.READY)
    taken = ready.update(state=VoucherBatch.State.LISTED, listed_at=at, listed_by=by)
    batch.refresh_from_db()
    if not taken:
        raise BatchRefused(rules.Refusal("batch_state", _not_ready(batch)))
    return batch


def _not_ready(batch: VoucherBatch) -> str:
    if batch.state == VoucherBatch.State.MAKING:
        return _("The codes are still being made.")
    if batch.state == VoucherBatch.State.WITHDRAWN:
        return _("This batch was withdrawn.")
    return _("The codes were taken out before. If the file is lost, withdraw the batch and make another one.")


@transaction.atomic
def withdraw_voucher_batch(*, batch: VoucherBatch, reason: str, at: datetime, by) -> int:
    """Make the codes of the batch that are left worthless, and make no more; returns how many. Twice does nothing."""
    held = VoucherBatch.objects.select_for_update().get(pk=batch.pk)
    if held.state == VoucherBatch.State.WITHDRAWN:
        return 0
    held.state, held.withdrawn_at, held.withdrawn_by = VoucherBatch.State.WITHDRAWN, at, by
    held.withdrawn_reason = reason
    held.save(update_fields=["state", "withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    left = Voucher.objects.filter(batch=held, state__in=[Voucher.State.UNUSED, Voucher.State.RESERVED])
    return left.update(
        state=Voucher.State.WITHDRAWN,
        reserved_until=None,
        reserved_for="",
        withdrawn_at=at,
        withdrawn_by=by,
        withdrawn_reason=reason,
    )


def why_not_once_more(voucher: Voucher, member_id: int | None) -> rules.Refusal | None:
    """To refuse early and politely; `take_turn` decides."""
    if voucher.batch is None or not voucher.batch.one_per_member:
        return None
    if member_id is None:
        return _member_needed()
    if BatchUsage.objects.filter(batch=voucher.batch_id, member_id=member_id, taken=True).exists():
        return _once()
    return None


def take_turn(voucher: Voucher, member_id: int | None) -> None:
    """Count the member's one use of a batch that is for once per member, or raise `RewardsError`."""
    if voucher.batch is None or not voucher.batch.one_per_member:
        return
    if member_id is None:
        raise RewardsError(_member_needed())
    BatchUsage.objects.bulk_create([BatchUsage(batch=voucher.batch, member_id=member_id)], ignore_conflicts=True)
    turn = BatchUsage.objects.filter(batch=voucher.batch, member_id=member_id, taken=False)
    if not turn.update(taken=True):
        raise RewardsError(_once())


def return_turn(use: VoucherUse) -> None:
    if use.member_id is not None:
        BatchUsage.objects.filter(batch=use.voucher.batch_id, member_id=use.member_id).update(taken=False)


def _member_needed() -> rules.Refusal:
    return rules.Refusal(rules.Code.MEMBER_NEEDED, _("This code is for members: say who buys."))


def _once() -> rules.Refusal:
    return rules.Refusal(rules.Code.ONE_PER_MEMBER, _("This member has used a code of this offer before."))
