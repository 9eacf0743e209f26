"""Two workers with the same month and the same members issue it once."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from loyalty.ledger.audit import audit_ledger
from rewards import operations
from rewards.models import Issuance
from tests.factories.members import EnrolmentFactory
from tests.factories.rewards import IssuanceRuleFactory, give_points
from tests.racing import at_once


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_doubled_issuance_issues_once(program):
    IssuanceRuleFactory(program=program)
    for enrolment in EnrolmentFactory.create_batch(20, program=program):
        give_points(program, enrolment.member, 350)
    first_of_may = datetime(2025, 5, 1, tzinfo=ZoneInfo("Europe/Paris"))

    def issue(_):
        return operations.issue_month(program=program, at=first_of_may, first_member=0, last_member=10**9)

    results = at_once(issue, range(4))
    issued = [result for result in results if getattr(result, "vouchers", 0)]
    assert [(month.vouchers, month.value) for month in issued] == [(20, 30_000)]
    assert Issuance.objects.count() == 20
    assert not audit_ledger().drift
