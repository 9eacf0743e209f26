"""The vouchers of full cards: named after the card, its filling and a number, so that none is given twice."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from loyalty.programs.models import Program
from rewards.models import Reward, Voucher
from rewards.operations import Grant, grant_rewards, withdraw_granted

SOURCE = "punchcard"


def references(card_id: int, filling: int, count: int) -> list[str]:
    """The names under which a card's vouchers are granted; each time that it is filled they are new ones."""
    return [f"{card_id}:{filling}:{number}" for number in range(1, count + 1)]


def give(*, program: Program, owed: Mapping[int, list[Grant]], at: datetime, by=None) -> Counter[int]:
    """What is owed, by reward, as far as each reward's stock reaches; how many vouchers each card got, by its id."""
    rewards = Reward.objects.in_bulk(owed) if owed else {}
    given: Counter[int] = Counter()
    for reward_id in sorted(owed):
        vouchers = grant_rewards(
            program=program, reward=rewards[reward_id], grants=owed[reward_id], source=SOURCE, at=at, by=by
        )
        given.update(int(reference.partition(":")[0]) for reference in vouchers)
    return given


def withdraw(*, program: Program, names: Collection[str], at: datetime, by=None) -> list[Voucher]:
    """Withdraw what of these is unused; all of them as they stand afterwards."""
    return withdraw_granted(program=program, source=SOURCE, references=list(names), at=at, by=by) if names else []
