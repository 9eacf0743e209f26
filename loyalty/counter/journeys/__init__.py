"""What a clerk does for a member, each with one confirm and a time to undo it."""

from django.core.exceptions import ValidationError
from django.db.models import Exists

from loyalty.counter.errors import CounterRefused
from loyalty.counter.journey import SOURCE, Ask, Done, Journey
from loyalty.earning.operations import ActivityRefused
from loyalty.ledger.operations import LedgerError
from loyalty.programs.models import Program
from loyalty.punchcards.operations import PunchRefused
from loyalty.subscriptions.operations import SubscriptionRefused
from members.operations import CardRefused, EnrolmentRefused
from rewards.operations import RewardsError

from .charging import CHARGE
from .enrolling import ENROL
from .entering import CODE
from .explaining import WHY
from .giving import GIVE
from .redeeming import REDEEM
from .refunding import REFUND
from .replacing import CARD
from .selling import SELL
from .stamping import STAMP
from .subscribing import SUBSCRIBE
from .vouchers import VOUCHER

JOURNEYS: dict[str, Journey] = {
    each.code: each for each in (SELL, STAMP, REDEEM, VOUCHER, CODE, CHARGE, SUBSCRIBE, REFUND, CARD, GIVE, WHY, ENROL)
}
# What the rooms below refuse, each with a sentence for whoever asked.
REFUSALS = (
    *(CounterRefused, ActivityRefused, RewardsError, LedgerError, PunchRefused, ValidationError),
    *(CardRefused, EnrolmentRefused, SubscriptionRefused),
)


def offered(till, member) -> list[Journey]:
    """What the page of the member shows, in order; the database is asked once about all that they need."""
    needs = {each.code: each.needs(till, member) for each in JOURNEYS.values()}
    asked = {f"has_{code}": Exists(rows) for code, rows in needs.items() if rows is not None}
    there = Program.objects.filter(pk=till.program.pk).values(**asked).get()
    return [each for each in JOURNEYS.values() if there.get(f"has_{each.code}", True)]


__all__ = ["JOURNEYS", "REFUSALS", "SOURCE", "Ask", "Done", "Journey", "offered"]
