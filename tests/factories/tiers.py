"""Tiers as an outdoor brand has them: eight points per dollar over the calendar year.

`Trail` walks one member through them: short verbs around the product's own.
"""

from datetime import UTC, date, datetime
from itertools import count

from loyalty.earning import operations as earning
from loyalty.earning.operations import ActivityInput, MemberRef
from loyalty.jobs import operations as jobs
from loyalty.lib.periods import start_of_day
from loyalty.tiers import queries
from loyalty.tiers.operations import set_tiers
from rewards.models import Reward
from tests.factories.earning import EarningRuleFactory
from tests.factories.rewards import RewardFactory

SPRING = datetime(2025, 4, 2, 10, tzinfo=UTC)
_tickets = count(1)


def gift(program, value):
    """A voucher of so many euros."""
    code = f"gift-{value}"
    return Reward.objects.filter(program=program, code=code).first() or RewardFactory(
        program=program, code=code, kind=Reward.Kind.DISCOUNT_AMOUNT, amount=value * 100, points_price=None, product=""
    )


def outdoor_tiers(program, **terms):
    """Basecamp from 2,000 points, Halfdome from 3,500, Summit from 5,000, with 20, 25 and 30 euros on reaching them."""
    tiers = [
        {"code": code, "name_en": code.title(), "name_fr": code.title(), "threshold": threshold}
        | {"reward": gift(program, value)}
        for code, threshold, value in (("basecamp", 2000, 20), ("halfdome", 3500, 25), ("summit", 5000, 30))
    ]
    return set_tiers(program=program, at=SPRING, **({"tiers": tiers} | terms))


def day(text, hour=12):
    """Noon of a day such as 2025-03-10."""
    return datetime.fromisoformat(text).replace(hour=hour, tzinfo=UTC)


class Trail:
    """What one member does, in a program where a euro earns a point."""

    def __init__(self, program, member):
        self.program, self.member = program, member
        if not program.earning_rules.exists():
            EarningRuleFactory(program=program, code="base")

    def activity(self, on, euros=None, ticket=None, **terms):
        return ActivityInput(
            **{
                "external_id": ticket or f"trail-{next(_tickets)}",
                "member": MemberRef("id", str(self.member.pk)),
                "kind": "purchase",
                "occurred_at": day(on) if isinstance(on, str) else on,
                "amount": None if euros is None else euros * 100,
            }
            | terms
        )

    def buy(self, on, euros, ticket=None, at=None, **terms):
        activity = self.activity(on, euros, ticket, **terms)
        return earning.record_activity(
            program=self.program, source="till", activity=activity, at=at or activity.occurred_at
        )

    def refund(self, on, ticket, euros=None):
        return self.buy(on, euros, kind="refund", refunds=ticket)

    def load(self, *activities, at="2026-06-01", history=True):
        return earning.record_activities(
            program=self.program, source="till", activities=activities, at=day(at), history=history
        )

    def night(self, on):
        """The night that begins this day."""
        day_ = date.fromisoformat(on)
        at = start_of_day(day_, self.program.tzinfo)
        job = jobs.ensure(name="tiers", scope=self.program.code, period=on, by=None, at=at)
        return jobs.run(job, at=at)

    @property
    def tier(self):
        """As everybody filters by it."""
        return self.member.enrolments.get(program=self.program).tier

    def tier_on(self, on):
        return queries.tier_at(program=self.program, member_id=self.member.pk, at=day(on))

    @property
    def history(self):
        rows = self.member.tier_memberships.order_by("starts_at", "id").select_related("tier")
        return [(row.reason, row.tier.code if row.tier else "") for row in rows]

    @property
    def vouchers(self):
        """What they are worth in euros, with their state."""
        rows = self.member.vouchers.order_by("id")
        return [(voucher.value // 100, voucher.state) for voucher in rows]
