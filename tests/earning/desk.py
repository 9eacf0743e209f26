"""A desk at which the tests record what Ana does: short verbs around the product's own, new ticket numbers."""

from datetime import UTC, datetime, timedelta
from itertools import count

from loyalty.earning import operations as earning
from loyalty.earning.operations import ActivityInput, MemberRef
from loyalty.ledger.models import Account

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class Desk:
    def __init__(self, program, member):
        self.program, self.member, self._tickets = program, member, count(1)

    def activity(self, euros=10, day=0, **terms):
        cents = None if euros is None else round(euros * 100)
        defaults = {
            "external_id": f"ticket-{next(self._tickets)}",
            "member": MemberRef("id", str(self.member.pk)),
            "kind": "purchase",
            "occurred_at": NOON + day * DAY,
            "amount": cents,
        }
        return ActivityInput(**(defaults | terms))

    def record(self, euros=10, day=0, at=None, **terms):
        activity = self.activity(euros, day, **terms)
        return self.hand_in(activity, at=at)

    def hand_in(self, activity, at=None):
        return earning.record_activity(
            program=self.program, source="till", activity=activity, at=at or activity.occurred_at
        )

    def refund(self, ticket, euros=None, day=1, **terms):
        return self.record(euros, day, kind="refund", refunds=ticket, **terms)

    def load(self, *activities, **terms):
        """A batch as an import hands it in."""
        now = NOON + 1000 * DAY
        return earning.record_activities(
            program=self.program, source="till", activities=activities, at=now, history=True, **terms
        )

    @property
    def points(self):
        account = Account.objects.filter(member=self.member, program=self.program).first()
        return account.available if account else 0
