from datetime import datetime
from typing import Any

from django.db import transaction

from loyalty.lib.saving import save_checked
from loyalty.programs.models import Program
from loyalty.punchcards.models import PunchCardProgram
from rewards.models import Reward


@transaction.atomic
def add_punch_card(
    *, program: Program, code: str, reward: Reward, at: datetime, by=None, **terms: Any
) -> PunchCardProgram:
    """A new kind of card; `terms` are fields of `PunchCardProgram`.

    Raises Django's `ValidationError` with a message at each field that makes no sense.
    """
    return save_checked(PunchCardProgram(program=program, code=code, reward=reward, **terms), by=by, at=at)
