"""Rewards that the rules give: granted with the activities of a batch, withdrawn when one is refunded completely.

What a rule gave is known by its voucher, of the source `rule` and the reference `<activity>:<code of the rule>`.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from loyalty.earning.counters import Counters
from loyalty.earning.refunding import gifts_among
from loyalty.earning.rows import Accepted
from loyalty.earning.values import Reason
from rewards.models import Reward, Voucher
from rewards.operations import Grant, grant_rewards, in_turn, withdraw_granted

SOURCE = "rule"
WITHDRAWN, KEPT = "reward_withdrawn", "reward_kept"  # what a refund made of a reward, used or not


def settle(program, accepted: Sequence[Accepted], counters: Counters, *, at: datetime, by) -> None:
    """Grant and withdraw what the decisions of the batch say, and tell them what came of it.

    The activities have their ids.
    """
    wanted: dict[str, list[tuple[Accepted, dict]]] = defaultdict(list)
    for item in accepted:
        for outcome in gifts_among(item.answer.outcomes):
            wanted[outcome["reward"]].append((item, outcome))
    rewards = Reward.objects.filter(program=program, code__in=wanted) if wanted else ()
    for reward, gifts in in_turn({each: wanted[each.code] for each in rewards}):
        _grant(program, reward, gifts, counters, at, by)
    for item in accepted:
        if item.refunded and item.refunded.gifts and not item.refunded.left:
            _withdraw(program, item, at, by)


def _grant(program, reward: Reward, wanted: list[tuple[Accepted, dict]], counters: Counters, at: datetime, by) -> None:
    granted = grant_rewards(
        program=program,
        reward=reward,
        grants=[
            Grant(item.answer.member_id, _reference(item.answer.activity_id, outcome["rule"]))
            for item, outcome in wanted
        ],
        source=SOURCE,
        at=at,
        by=by,
    )
    for item, outcome in wanted:
        rule = outcome["rule"]
        if _reference(item.answer.activity_id, rule) in granted:
            continue
        outcome["reason"], outcome["granted"] = Reason.OUT_OF_STOCK.value, 0
        uncounted = {key: -count for key, count in item.gift_usage.items() if key[0] == rule}
        counters.add(item.answer.member_id, uncounted)


def _withdraw(program, item: Accepted, at: datetime, by) -> None:
    purchase = item.refunded
    gifts = {_reference(purchase.id, gift["rule"]): gift for gift in purchase.gifts if gift["granted"]}
    for voucher in withdraw_granted(program=program, source=SOURCE, references=list(gifts), at=at, by=by):
        unused = voucher.state == Voucher.State.WITHDRAWN
        taken = {"reason": WITHDRAWN if unused else KEPT, "desired": -1, "granted": -1 if unused else 0}
        item.answer.outcomes.append(gifts[voucher.reference] | taken)


def _reference(activity_id: int | None, rule: str) -> str:
    return f"{activity_id}:{rule}"
