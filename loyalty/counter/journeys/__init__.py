"""What a clerk does for a member, each with one confirm and a time to undo it."""

from django.core.exceptions import ValidationError

from loyalty.counter.errors import CounterRefused
from loyalty.counter.journey import SOURCE, Ask, Done, Journey
from loyalty.earning.operations import ActivityRefused
from loyalty.ledger.operations import LedgerError
from loyalty.punchcards.operations import PunchRefused
from rewards.operations import RewardsError

from .giving import GIVE
from .redeeming import REDEEM
from .selling import SELL
from .stamping import STAMP
from .vouchers import VOUCHER

JOURNEYS: dict[str, Journey] = {each.code: each for each in (SELL, STAMP, REDEEM, VOUCHER, GIVE)}
# What the rooms below refuse, each with a sentence for whoever asked.
REFUSALS = (CounterRefused, ActivityRefused, RewardsError, LedgerError, PunchRefused, ValidationError)

__all__ = ["JOURNEYS", "REFUSALS", "SOURCE", "Ask", "Done", "Journey"]
