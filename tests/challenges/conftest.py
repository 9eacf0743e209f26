"""What the tests of challenges share beside the cast: the desk, where what Ana does is recorded."""

import pytest

from loyalty.challenges import queries
from loyalty.challenges.models import ChallengeCompletion
from tests.earning.desk import NOON
from tests.earning.desk import Desk as EarningDesk


class Desk(EarningDesk):
    """Activities without amounts too: `desk.visit(day=3)`, and how a challenge stands."""

    def visit(self, day=0, **terms):
        return self.record(0, day, **({"kind": "visit"} | terms))

    def enter(self, code, day=0, **terms):
        return self.record(0, day, kind="code", code=code, **terms)

    def progress(self, challenge, at=NOON):
        found = queries.progress_of(program=self.program, member_id=self.member.pk, at=at)
        return next(each for each in found if each.challenge == challenge)

    def wins(self, challenge):
        return ChallengeCompletion.objects.filter(
            progress__challenge=challenge, member=self.member, undone_at__isnull=True
        ).count()


@pytest.fixture
def desk(program, ana):
    """Where nothing earns but what the test sets up, and a sale may be two months late."""
    program.max_activity_age_days = 60
    program.save()
    return Desk(program, ana)
