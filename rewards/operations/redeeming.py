from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty.ledger import operations as ledger
from loyalty.programs.models import Program, Store
from rewards import purse, registry, rules
from rewards.models import Redemption, Reward, RewardUsage, Voucher
from rewards.queries import membership
from rewards.terms import is_closed, reward_terms

from .announcing import announce_redemption
from .claims import take_share, take_stock
from .errors import ReferenceReused, RewardsError
from .issuing import issue_for_reward
from .standing import check_member

MOST_AT_ONCE = 1_000


class RedemptionRefused(RewardsError):
    """The reward is not available to this member now."""


class Redeemed(NamedTuple):
    redemption: Redemption
    vouchers: list[Voucher]
    replayed: bool


@transaction.atomic
def redeem_reward(
    *,
    program: Program,
    member_id: int,
    reward: Reward,
    quantity: int = 1,
    source: str,
    external_id: str,
    store: Store | None = None,
    at: datetime,
    by=None,
) -> Redeemed:
    """Exchange the member's points for a reward; a voucher for each of the `quantity`.

    A retry of the same `source` and `external_id` returns the first result. Raises `MemberRefused`,
    `RedemptionRefused`, `ReferenceReused`, the ledger's `InsufficientPoints`, or `RewardsError` for whoever came second
    to the last piece.
    """
    _check_quantity(quantity)
    content = {"member_id": member_id, "reward_id": reward.pk, "quantity": quantity}
    reference = {"program": program, "source": source, "external_id": external_id}
    offered = Reward.objects.prefetch_related("stores").get(pk=reward.pk, program=program)
    refusal = _refusal(program, offered, member_id, quantity, store, at)
    # Looked for after the stock was read: what took the last piece a moment ago is then found, if it is this retry's.
    if earlier := Redemption.objects.filter(**reference).first():
        return _replay(earlier, content)
    check_member(program, member_id)
    if refusal is not None:
        raise RedemptionRefused(refusal)
    redemption, created = Redemption.objects.get_or_create(
        **reference,
        defaults={
            **content,
            "points": (offered.points_price or 0) * quantity,
            "store": store,
            "redeemed_at": at,
            "by": by,
        },
    )
    if not created:
        return _replay(redemption, content)
    registry.tell_redeemed(redemption, at=at, by=by)
    take_share(offered, member_id, quantity)
    debit(redemption, program, at, by)
    take_stock(offered, quantity)  # last: everybody who wants the reward waits for this row
    vouchers = issue_for_reward(
        program=program, reward=offered, member_ids=[member_id] * quantity, at=at, by=by, redemption=redemption
    )
    announce_redemption("reward.redeemed", redemption, at=at)
    if offered.kind == Reward.Kind.BUNDLE:
        vouchers = _usable(redemption)
    return Redeemed(redemption, vouchers, replayed=False)


def debit(redemption: Redemption, program: Program, at: datetime, by) -> None:
    """Take the redemption's points. The redemption is the cause, so that the points can be found and given back."""
    purse.spend(
        program=program,
        member_id=redemption.member_id,
        points=redemption.points,
        cause=cause_of(redemption),
        at=at,
        by=by,
        currency=redemption.currency,
    )


def cause_of(redemption: Redemption) -> ledger.Cause:
    return ledger.Cause("redemption", str(redemption.pk))


def same_content(earlier: Redemption, content: dict) -> bool:
    return all(getattr(earlier, name) == value for name, value in content.items())


def _replay(earlier: Redemption, content: dict) -> Redeemed:
    if not same_content(earlier, content):
        raise ReferenceReused(earlier.source, earlier.external_id)
    return Redeemed(earlier, _usable(earlier), replayed=True)


def _usable(redemption: Redemption) -> list[Voucher]:
    """Without those that were exchanged for others of them."""
    return list(redemption.vouchers.exclude(state=Voucher.State.EXCHANGED).order_by("id"))


def _check_quantity(quantity: int) -> None:
    if not 1 <= quantity <= MOST_AT_ONCE:
        sentence = _("Between 1 and %(most)d can be redeemed at once.") % {"most": MOST_AT_ONCE}
        raise RedemptionRefused(rules.Refusal("quantity", sentence))


def _refusal(
    program: Program, reward: Reward, member_id: int, quantity: int, store: Store | None, at: datetime
) -> rules.Refusal | None:
    """To refuse early and politely. What several members may want at once is settled by the claims."""
    taken = RewardUsage.objects.filter(reward=reward, member_id=member_id).values_list("taken", flat=True).first()
    terms = reward_terms(reward)
    return rules.reward_refusal(
        terms,
        at=at,
        store=store.code if store else "",
        taken=taken or 0,
        quantity=quantity,
        closed=is_closed(program, at),
        member=membership(program=program, member_id=member_id) if terms.audience else None,
    )
