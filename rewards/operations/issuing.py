from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from loyalty.lib import codes, sql
from loyalty.lib.periods import local_date, start_of_day
from loyalty.programs.models import Program
from rewards.models import Redemption, Reward, RewardItem, Voucher

from .claims import take_stock
from .partner_codes import hand_out

EXCHANGE = "exchange"
COLUMNS = (
    "id",
    "code",
    "program_id",
    "member_id",
    "reward_id",
    "redemption_id",
    "origin_id",
    "source",
    "reference",
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


def issue_voucher(*, program: Program, reward: Reward, member_id: int | None, at: datetime, by=None) -> Voucher:
    """One voucher for a reward that is given, not bought. That it is given once is the caller's to see to."""
    (voucher,) = issue_vouchers(program=program, reward=reward, member_ids=[member_id], at=at, by=by)
    return voucher


@transaction.atomic
def issue_vouchers(
    *, program: Program, reward: Reward, member_ids: Sequence[int | None], at: datetime, by=None
) -> list[Voucher]:
    """A voucher for each element; a member named twice gets two, None makes one that belongs to nobody yet.

    Raises `RewardsError` where the stock does not reach for all of them: then nobody gets any.
    """
    take_stock(reward, len(member_ids))
    return issue_for_reward(program=program, reward=reward, member_ids=member_ids, at=at, by=by)


def issue_for_reward(
    *,
    program: Program,
    reward: Reward,
    member_ids: Sequence[int | None],
    at: datetime,
    by=None,
    redemption: Redemption | None = None,
    origins: Sequence[Voucher] = (),
    source: str = "",
    references: Sequence[str] = (),
) -> list[Voucher]:
    """The vouchers of a reward whose stock has been taken; where they are granted, each with its reference.

    Those of several at once are exchanged for the vouchers of the parts in the same breath.
    """
    fresh = codes.generate(len(member_ids))
    expires_at = voucher_end(program, at, reward.voucher_days)
    ids = sql.reserve({Voucher: len(member_ids)})[Voucher]
    bought_by = redemption.pk if redemption else None
    exchanged: Sequence[Voucher | None] = origins or [None] * len(member_ids)
    vouchers = [
        Voucher(
            id=number,
            code=code,
            program_id=program.pk,
            member_id=member_id,
            reward_id=reward.pk,
            redemption_id=origin.redemption_id if origin else bought_by,
            origin_id=origin.pk if origin else None,
            state=Voucher.State.EXCHANGED if reward.kind == Reward.Kind.BUNDLE else Voucher.State.UNUSED,
            source=source,
            reference=reference,
            value=reward.voucher_value,
            uses_allowed=reward.voucher_uses,
            issued_at=at,
            issued_by_id=by.pk if by else None,
            expires_at=expires_at,
        )
        for number, code, member_id, reference, origin in zip(
            ids,
            fresh,
            member_ids,
            references or [""] * len(member_ids),
            exchanged,
            strict=True,
        )
    ]
    sql.write([insert(vouchers)])
    hand_out(reward, vouchers)
    if reward.kind == Reward.Kind.BUNDLE:
        for part in reward.items.select_related("item"):
            issue_part(program, part, vouchers, at, by)
    return vouchers


def issue_part(program: Program, part: RewardItem, origins: Sequence[Voucher], at: datetime, by) -> list[Voucher]:
    """What each voucher of several rewards is exchanged for; once, since each of them names its origin."""
    each = [(origin, number) for origin in origins for number in range(1, part.quantity + 1)]
    return issue_for_reward(
        program=program,
        reward=part.item,
        member_ids=[origin.member_id for origin, _number in each],
        at=at,
        by=by,
        origins=[origin for origin, _number in each],
        source=EXCHANGE,
        references=[f"{origin.pk}:{part.pk}:{number}" for origin, number in each],
    )


def insert(vouchers: Sequence[Voucher]) -> sql.Insert:
    """The step that writes new vouchers; their ids are reserved."""
    return sql.Insert(Voucher, COLUMNS, [_row(voucher) for voucher in vouchers])


def _row(voucher: Voucher) -> tuple:
    moments = {name: sql.moment(getattr(voucher, name)) for name in ("issued_at", "expires_at")}
    return tuple(moments.get(name, getattr(voucher, name)) for name in COLUMNS)


def voucher_end(program: Program, issued_at: datetime, days: int | None) -> datetime | None:
    """The first moment at which a voucher has expired: 00:00 in the program's zone, the day of issue counted."""
    if days is None:
        return None
    return start_of_day(local_date(issued_at, program.tzinfo) + timedelta(days=days), program.tzinfo)
