"""A log with refunds comes out the same, whether its days were lived one by one or it was loaded whole.

Everybody buys, returns some of it weeks or months later, and lets points expire. In one program each night runs when
the activities of the day before it are recorded; in the other the whole log is loaded, and then the nights run.
"""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from loyalty.earning.operations import ActivityInput, MemberRef, Refused, record_activities
from loyalty.ledger import operations as ledger
from loyalty.ledger.audit import audit_ledger
from loyalty.ledger.models import Account, Entry
from loyalty.programs.models import Program
from rewards.models import Issuance
from rewards.operations import issue_month
from tests.factories.earning import EarningRuleFactory
from tests.factories.members import EnrolmentFactory, MemberFactory
from tests.factories.programs import ProgramFactory
from tests.factories.rewards import IssuanceRuleFactory

pytestmark = pytest.mark.django_db

MEMBERS, DAYS = 15, 240
FIRST, NOW = datetime(2024, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
EVERYBODY = {"first_member": 0, "last_member": 2**40}


def a_log(chance, members):
    """Purchases of 20 to 180 euros; two in five are returned, whole or in part, before their points have lapsed.

    Half of them know their day alone: they hold midnight. A log does not say which of two came first at one moment, so
    nobody returns and buys at the same.
    """
    log = []
    for member in members:
        for number in range(chance.randint(1, 14)):
            day, name = chance.randrange(DAYS), f"{member.pk}-{number}"
            amount = chance.randint(2_000, 18_000)
            common: dict = {"member": MemberRef("id", str(member.pk)), "external_id": name}
            log.append(ActivityInput(kind="purchase", occurred_at=moment(chance, day), amount=amount, **common))
            back = sorted(moment(chance, day + chance.randrange(1, 85)) for _ in range(chance.choice([0, 0, 0, 1, 2])))
            for part, at in enumerate(back):
                rest = amount // chance.choice([2, 3, 4]) if part == 0 else None
                common["external_id"] = f"{name}-back-{part}"
                log.append(ActivityInput(kind="refund", occurred_at=at, amount=rest, refunds=name, **common))
    bought = {(each.member.value, each.occurred_at) for each in log if each.kind == "purchase"}
    sound = [each for each in log if each.kind == "purchase" or (each.member.value, each.occurred_at) not in bought]
    return sorted(sound, key=lambda each: each.occurred_at)


def moment(chance, day):
    return FIRST + timedelta(days=day, hours=chance.choice([0, 0, 9, 17]))


def a_program(members, policy, delay):
    program = ProgramFactory(time_zone="UTC", refund_policy=policy, expiry=Program.Expiry.ROLLING, expiry_months=3)
    EarningRuleFactory(program=program)
    EarningRuleFactory(program=program, per_amount=500, activation_delay_days=delay)
    IssuanceRuleFactory(program=program)
    for member in members:
        EnrolmentFactory(program=program, member=member)
    return program


def record(program, activities):
    answers = record_activities(program=program, source="till", activities=activities, at=NOW, history=True)
    assert not [answer for answer in answers if isinstance(answer, Refused)]


def night(program, at):
    ledger.activate_pending(program=program, at=at, **EVERYBODY)
    ledger.expire(program=program, at=at, **EVERYBODY)
    if at.day == 1:
        issue_month(program=program, at=at, **EVERYBODY)


def outcome(program):
    """By member: what was issued when, and what is available, pending and owed at the end."""
    issued: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for member_id, month, points in Issuance.objects.filter(program=program).values_list("member", "month", "points"):
        issued[member_id].append((month, points))
    return {
        account.member_id: (sorted(issued[account.member_id]), account.available, account.pending, account.debt)
        for account in Account.objects.filter(program=program)
    }


@pytest.mark.parametrize("policy", ["debt", "clamp"])
@pytest.mark.parametrize("delay", [0, 10])
def test_loaded_whole_it_comes_out_as_it_was_lived(policy, delay):
    members = MemberFactory.create_batch(MEMBERS)
    log = a_log(Random(f"{policy} {delay}"), members)
    lived, loaded = (a_program(members, policy, delay) for _ in range(2))
    nights = [FIRST + timedelta(days=day) for day in range(1, DAYS + 150)]

    record(loaded, log)
    for at in nights:
        yesterdays = [each for each in log if at - timedelta(days=1) <= each.occurred_at < at]
        if yesterdays:
            record(lived, yesterdays)
        night(lived, at)
    for at in nights:
        night(loaded, at)

    assert outcome(loaded) == outcome(lived)
    assert audit_ledger().drift == []
    assert Entry.objects.filter(account__program=loaded, reverses__kind="reverse").exists()  # nights came late
