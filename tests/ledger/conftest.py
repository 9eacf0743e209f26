"""Ana's purse in “Les Halles” on a quiet day."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from loyalty.ledger import operations as ledger
from loyalty.ledger.models import Account

NOON = datetime(2025, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class Purse:
    """A member's account with short verbs; every movement has a cause of its own unless it is given one."""

    def __init__(self, program, member):
        self.program, self.member, self._causes = program, member, count(1)

    def _where(self, day, cause):
        cause = cause or ledger.Cause("test", f"{self.member.pk}-{next(self._causes)}")
        return {"program": self.program, "member_id": self.member.pk, "cause": cause, "at": NOON + day * DAY}

    def earn(self, points, day=0, usable=None, until=None, cause=None):
        active_at = None if usable is None else NOON + usable * DAY
        expires_at = None if until is None else NOON + until * DAY
        return ledger.earn(**self._where(day, cause), points=points, active_at=active_at, expires_at=expires_at)

    def redeem(self, points, day=0, cause=None):
        return ledger.redeem(**self._where(day, cause), points=points)

    def take_back(self, points, earned_by, day=0, cause=None):
        return ledger.take_back(**self._where(day, cause), points=points, earned_by=earned_by)

    def adjust(self, points, reason="counted again", day=0, cause=None):
        return ledger.adjust(**self._where(day, cause), points=points, reason=reason, by=None)

    def night(self, day):
        """The ledger's jobs of a day."""
        for sweep in (ledger.activate_pending, ledger.expire):
            sweep(program=self.program, at=NOON + day * DAY, first_member=1, last_member=2**40)

    @property
    def account(self):
        return Account.objects.get(member=self.member, program=self.program)

    @property
    def figures(self):
        """Available, pending, debt."""
        account = self.account
        return account.available, account.pending, account.debt


@pytest.fixture
def purse(program, ana):
    return Purse(program, ana)


@pytest.fixture
def other_purse(program, bruno):
    return Purse(program, bruno)


@pytest.fixture
def clamped_purse(program, ana):
    program.refund_policy = program.RefundPolicy.CLAMP
    program.save()
    return Purse(program, ana)
