from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.db.models import F

from loyalty.programs.models import Program
from loyalty.punchcards.models import PunchCard
from rewards.operations import Grant

from .vouchers import give, references


@transaction.atomic
def give_missing_rewards(*, program: Program, at: datetime, first_member: int, last_member: int) -> int:
    """Give what full cards are still owed because the stock had run out, oldest first, as far as it reaches now."""
    owing = PunchCard.objects.filter(program=program).owing().of_members(first_member, last_member)
    owed: dict[int, list[Grant]] = defaultdict(list)
    for card in owing.exclude(reward__stock=0).select_for_update(of=("self",)).order_by("id"):
        names = references(card.pk, card.fillings, card.reward_quantity)[card.rewards_given :]
        owed[card.reward_id] += [Grant(card.member_id, name) for name in names]
    given = give(program=program, owed=owed, at=at)
    for card_id, count in given.items():
        PunchCard.objects.filter(pk=card_id).update(rewards_given=F("rewards_given") + count)
    return given.total()
