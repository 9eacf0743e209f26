"""What the outbox is told of rewards, in the transaction of what happened."""

from collections.abc import Iterable
from datetime import date, datetime

from loyalty.events.operations import Happening, emit, emit_many, emitting
from loyalty.lib import sql
from loyalty.programs.models import Program
from rewards.models import Redemption, VoucherUse


def announce_redemption(kind: str, redemption: Redemption, *, at: datetime) -> None:
    emit(
        kind=kind,
        program_code=redemption.program.code,
        member_id=redemption.member_id,
        occurred_at=at,
        recorded_at=at,
        payload={
            "redemption": redemption.pk,
            "source": redemption.source,
            "external_id": redemption.external_id,
            "reward": redemption.reward.code if redemption.reward else "",
            "quantity": redemption.quantity,
            "points": redemption.points,
            "currency": redemption.currency,
        },
    )


def announce_uses(program: Program, uses: Iterable[VoucherUse], *, at: datetime) -> None:
    """Of whoever used the voucher, else of its owner; a code that nobody owns and nobody was named for is no event."""
    emit_many(
        Happening(
            kind="voucher.used",
            program_code=program.code,
            member_id=use.member_id or use.voucher.member_id,
            occurred_at=at,
            recorded_at=at,
            payload={
                "voucher": use.voucher_id,
                "reward": use.voucher.reward.code if use.voucher.reward else "",
                "worth": use.worth,
            },
        )
        for use in uses
        if use.member_id or use.voucher.member_id
    )


def announcing_month(program: Program, month: date, issued: list[tuple[int, int, int]], *, at: datetime) -> sql.Step:
    """A step of the monthly issuance: member, points, value."""
    return emitting(
        Happening(
            kind="reward.issued",
            program_code=program.code,
            member_id=member_id,
            occurred_at=at,
            recorded_at=at,
            payload={"month": month.isoformat(), "points": points, "value": value},
        )
        for member_id, points, value in issued
    )
