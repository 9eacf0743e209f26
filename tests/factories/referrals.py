"""Referrals: a program that rewards who brings buyers, codes, friends.

The shared cast: in “Les Halles” the referrer gets 500 points for each new buyer, 14 days after the purchase. Ana has a
code; Bruno can be her friend.
"""

from datetime import UTC, datetime, timedelta
from itertools import count

import factory
import pytest

from loyalty.earning import operations as earning
from loyalty.earning.operations import ActivityInput, MemberRef
from loyalty.ledger import queries as ledger
from loyalty.lib.periods import start_of_day
from loyalty.referrals import operations
from loyalty.referrals.models import Ambassador, Referral, ReferralCode, ReferralProgram
from tests.factories.members import LONG_AGO, EnrolmentFactory, MemberFactory
from tests.factories.programs import ProgramFactory

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
_number = count(1)


class ReferralProgramFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReferralProgram

    program = factory.SubFactory(ProgramFactory)
    referrer_points = 500


class AmbassadorFactory(factory.django.DjangoModelFactory):
    """Anna of the radio, who is no member and gets ten euros for each new buyer."""

    class Meta:
        model = Ambassador

    program = factory.SubFactory(ProgramFactory)
    name = factory.Sequence(lambda n: f"Anna {n}")
    referrer_cost = 1000
    created_at = LONG_AGO


class ReferralCodeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReferralCode

    program = factory.SubFactory(ProgramFactory)
    code = factory.Sequence(lambda n: f"ANNA{n}")
    ambassador = factory.SubFactory(AmbassadorFactory, program=factory.SelfAttribute("..program"))
    created_at = LONG_AGO


def newcomer(program, **person):
    """A member who has never bought anything."""
    member = MemberFactory(**person)
    EnrolmentFactory(member=member, program=program)
    return member


class Street:
    """Where friends come with codes and buy: short verbs around the product's own."""

    def __init__(self, program):
        self.program = program

    def code(self, member):
        return operations.make_code(program=self.program, member_id=member.pk, at=LONG_AGO).code

    def buy(self, member, euros=50, *, day=0, code="", **terms):
        return self.record(self.purchase(member, euros, day=day, code=code, **terms))

    def purchase(self, member, euros=50, *, day=0, code="", **terms):
        defaults = {
            "external_id": f"sale-{next(_number)}",
            "member": MemberRef("id", str(member.pk)),
            "kind": "purchase",
            "occurred_at": NOON + day * DAY,
            "amount": None if euros is None else round(euros * 100),
            "referral": code,
        }
        return ActivityInput(**(defaults | terms))

    def give_back(self, member, sale, euros=None, *, day=1, **terms):
        return self.record(self.purchase(member, euros, day=day, kind="refund", refunds=sale.external_id, **terms))

    def record(self, activity, *, at=None):
        return earning.record_activity(
            program=self.program, source="till", activity=activity, at=at or activity.occurred_at
        )

    def load(self, *activities, history=True):
        return earning.record_activities(
            program=self.program, source="till", activities=activities, at=NOON + 1000 * DAY, history=history
        )

    def join(self, code, *, day=0, **person):
        """A new person signs up with a code."""
        return earning.enrol_member(program=self.program, at=NOON + day * DAY, referral=code, **person).member

    def night(self, day):
        """The night job as of so many days after the first."""
        at = start_of_day((NOON + day * DAY).date(), self.program.tzinfo)
        return operations.settle(program=self.program, at=at, first_member=1, last_member=10**9)

    def points(self, member, day=400):
        return ledger.balance(program=self.program, member_id=member.pk, at=NOON + day * DAY).available

    def referral(self, friend):
        return Referral.objects.filter(program=self.program, friend=friend).latest("id")

    def state(self, friend):
        referral = self.referral(friend)
        return f"{referral.state} {referral.reason}".strip()


def reasons(recorded):
    """What the effects of an activity say about its referral, in their order."""
    return [outcome["reason"] for outcome in recorded.outcomes if outcome.get("effect") == "referral"]


@pytest.fixture
def terms(program):
    """500 points for the referrer, 14 days after the friend's first purchase; points never expire."""
    program.expiry = "never"
    program.save()
    return ReferralProgramFactory(program=program)


@pytest.fixture
def street(program, terms):
    return Street(program)


@pytest.fixture
def at_once(terms):
    """No return window."""
    terms.return_days = 0
    terms.save()
    return terms
