"""Partners: Harbour Hotels and Air Littoral, in the program “Les Halles”."""

import base64
import re
import zlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

import factory
import pytest

from loyalty.earning import operations as earning
from loyalty.earning.operations import ActivityInput, MemberRef
from loyalty.partners import queries
from loyalty.partners.models import (
    Contract,
    Dispute,
    MatchedLine,
    Partner,
    PartnerLine,
    PartnerMember,
    Statement,
    StatementUpload,
)
from rewards import operations as rewards
from tests.factories.earning import EarningRuleFactory
from tests.factories.members import LONG_AGO, MemberFactory
from tests.factories.programs import ProgramFactory
from tests.factories.rewards import BurnRuleFactory

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
_number = count(1)


class PartnerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Partner

    code = factory.Sequence(lambda n: f"partner-{n}")
    name = factory.Sequence(lambda n: f"Partner {n}")
    created_at = LONG_AGO


class PartnerMemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PartnerMember

    partner = factory.SubFactory(PartnerFactory)
    program = factory.SubFactory(ProgramFactory)
    member = factory.SubFactory(MemberFactory)
    linked_at = LONG_AGO


@pytest.fixture
def hotel(db):
    return PartnerFactory(code="hotel", name="Harbour Hotels")


@pytest.fixture
def airline(db):
    return PartnerFactory(code="air", name="Air Littoral")


class ContractFactory(factory.django.DjangoModelFactory):
    """The partner pays 1.5 cents a point and gets 0.8."""

    class Meta:
        model = Contract

    partner = factory.SubFactory(PartnerFactory)
    program = factory.SubFactory(ProgramFactory)
    valid_from = date(2026, 1, 1)
    accrual_rate = Decimal("1.5")
    redemption_rate = Decimal("0.8")
    created_at = LONG_AGO


class StatementFactory(factory.django.DjangoModelFactory):
    """A month in which nothing happened."""

    class Meta:
        model = Statement

    partner = factory.SubFactory(PartnerFactory)
    program = factory.SubFactory(ProgramFactory)
    month = date(2026, 2, 1)
    currency = "EUR"
    opening = total = closing = count = 0
    issued_at = NOON


class DisputeFactory(factory.django.DjangoModelFactory):
    """A row that only the partner has."""

    class Meta:
        model = Dispute

    matched = factory.LazyFunction(lambda: a_row_of_theirs(StatementFactory()))
    points, amount = 100, 150
    opened_at = NOON


def a_row_of_theirs(statement):
    upload = StatementUpload.objects.create(statement=statement, name="theirs.csv", file="none", uploaded_at=NOON)
    theirs = {"reference": "Xq9", "date": NOON.date(), "points": 100, "amount": 150, "row": 2}
    return MatchedLine.objects.create(upload=upload, result="only_theirs", **theirs)


class Counter:
    """The till of one partner: short verbs around the product's own. One point for each full euro."""

    def __init__(self, partner, program):
        self.partner, self.program, self.source = partner, program, queries.source_of(partner)

    def activity(self, member, euros=100, *, day=0, **terms):
        defaults = {
            "external_id": f"{self.partner.code}-{next(_number)}",
            "member": MemberRef("id", str(member.pk)),
            "kind": "purchase",
            "occurred_at": NOON + day * DAY,
            "amount": None if euros is None else round(euros * 100),
        }
        return ActivityInput(**(defaults | terms))

    def record(self, activity, *, at=None):
        common = {"program": self.program, "source": self.source}
        return earning.record_activity(**common, activity=activity, at=at or activity.occurred_at)

    def sell(self, member, euros=100, *, day=0, **terms):
        activity = self.activity(member, euros, day=day, **terms)
        return activity, self.record(activity)

    def give_back(self, member, sale, euros=None, *, day=1):
        return self.record(self.activity(member, euros, day=day, kind="refund", refunds=sale.external_id))

    def take_points(self, member, points, *, amount=100_000, day=2, reference=None):
        return rewards.pay_with_points(
            program=self.program,
            member_id=member.pk,
            amount=amount,
            points=points,
            source=self.source,
            external_id=reference or f"{self.partner.code}-{next(_number)}",
            at=NOON + day * DAY,
        )

    def lines(self, *columns):
        """Kind, points and amount of each line, or the columns asked for, in their order."""
        lines = PartnerLine.objects.filter(partner=self.partner, program=self.program).order_by("id")
        return list(lines.values_list(*(columns or ("kind", "points", "amount"))))

    def balance(self):
        return sum(amount for (amount,) in self.lines("amount"))


@pytest.fixture
def at_hotel(hotel, program):
    """Harbour Hotels under a contract; points never expire and 100 of them pay 1.00."""
    program.expiry = "never"
    program.max_activity_age_days = 400
    program.save()
    EarningRuleFactory(program=program)
    BurnRuleFactory(program=program, points=100, value=100)
    ContractFactory(partner=hotel, program=program)
    return Counter(hotel, program)


@pytest.fixture
def at_airline(at_hotel, airline, program):
    """Air Littoral, under another contract: it pays 2 cents a point."""
    ContractFactory(partner=airline, program=program, accrual_rate=2, redemption_rate=1)
    return Counter(airline, program)


def contract_of(counter, **terms):
    """The contract of a till's partner, with other terms."""
    Contract.objects.filter(partner=counter.partner, program=counter.program).update(**terms)
    return Contract.objects.get(partner=counter.partner, program=counter.program)


def drawn(pdf):
    """What the pages of a statement say, unpacked."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    return b"".join(zlib.decompress(base64.a85decode(stream.strip().removesuffix(b"~>"))) for stream in streams)
