"""Merging, undoing and everything between, on three members in any order.

Against a model that knows little: how many points there are in all, and how much each had when nothing happened between
a merge and its undoing. After each step the audit finds no drift, and who was merged away has nothing.
"""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from loyalty.ledger import operations as ledger
from loyalty.ledger.audit import audit_ledger
from loyalty.ledger.models import Account, Entry, Lot
from members.models import Member
from members.operations import MergeRefused
from tests.factories.members import EnrolmentFactory
from tests.factories.merging import merge, undo
from tests.factories.programs import ProgramFactory
from tests.ledger.conftest import DAY, NOON

who = st.integers(0, 2)
points = st.integers(1, 100)


class Merging(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        self.undo_all = transaction.atomic()
        self.undo_all.__enter__()
        self.program = ProgramFactory(time_zone="UTC")
        self.members = [EnrolmentFactory(program=self.program).member for _ in range(3)]
        self.day = self.causes = 0
        self.merges, self.redeemed = [], []
        self.moved_outside = 0  # points that came in or went out: the sum of all entries

    def teardown(self):
        if hasattr(self, "undo_all"):
            transaction.set_rollback(True)
            self.undo_all.__exit__(None, None, None)

    @property
    def now(self):
        return NOON + self.day * DAY

    def terms(self, number):
        self.causes += 1
        cause = ledger.Cause("test", str(self.causes))
        return {"program": self.program, "member_id": self.members[number].pk, "cause": cause, "at": self.now}

    def state(self):
        """What every account and every lot that is open holds."""
        accounts = Account.objects.order_by("member").exclude(available=0, pending=0, debt=0)
        lots = Lot.objects.filter(remaining__gt=0)
        return (
            list(accounts.values_list("member", "available", "pending", "debt")),
            sorted(lots.values_list("member", "remaining", "earned_at", "active_at", "is_pending")),
        )

    @rule(number=who, points=points, wait=st.sampled_from([0, 0, 5]), life=st.sampled_from([None, 10, 40]))
    def earn(self, number, points, wait, life):
        active_at = self.now + wait * DAY
        ledger.earn(
            **self.terms(number), points=points, active_at=active_at, expires_at=life and active_at + life * DAY
        )
        self.moved_outside += points

    @rule(number=who, points=points)
    def redeem(self, number, points):
        try:
            posted = ledger.redeem(**self.terms(number), points=points)
        except ledger.InsufficientPoints:
            return
        self.redeemed.append(posted.entry_ids[0])
        self.moved_outside -= points

    @rule(data=st.data())
    def undo_a_redemption(self, data):
        if self.redeemed:
            entry = Entry.objects.get(pk=data.draw(st.sampled_from(self.redeemed)))
            self.redeemed.remove(entry.pk)
            ledger.reverse(entry=entry, cause=self.terms(0)["cause"], at=self.now)
            self.moved_outside -= entry.points

    @rule(number=who, points=points)
    def refund(self, number, points):
        ledger.take_back(**self.terms(number), points=points, earned_by=ledger.Cause("test", "none"))
        self.moved_outside -= points

    @rule(keep=who, absorb=who)
    def merge_two(self, keep, absorb):
        try:
            self.merges.append(self.merged(keep, absorb))
        except MergeRefused:
            assert not (self.active(keep) and self.active(absorb) and keep != absorb)

    @rule(keep=who, absorb=who)
    def merge_two_and_think_better_of_it(self, keep, absorb):
        if self.active(keep) and self.active(absorb) and keep != absorb:
            self.night()  # a merge sees what has matured and lapsed by its moment, as every posting does
            before = self.state()
            undo(self.merged(keep, absorb), at=self.now)
            assert self.state() == before

    @rule(data=st.data())
    def undo_a_merge(self, data):
        if self.merges:
            merged = data.draw(st.sampled_from(self.merges))
            try:
                undo(merged, at=self.now)
            except MergeRefused:
                return
            self.merges.remove(merged)

    @rule(days=st.integers(1, 15))
    def time_passes(self, days):
        self.day += days

    @rule()
    def night(self):
        for sweep in (ledger.activate_pending, ledger.expire):
            sweep(program=self.program, at=self.now, first_member=1, last_member=2**40)

    @invariant()
    def points_are_neither_made_nor_lost(self):
        if not hasattr(self, "moved_outside"):
            return
        assert audit_ledger().drift == []
        expired = sum(Entry.objects.filter(kind="expire").values_list("points", flat=True))
        held = sum(available + pending for available, pending in Account.objects.values_list("available", "pending"))
        assert held == self.moved_outside + expired

    @invariant()
    def who_was_merged_away_has_nothing(self):
        if not hasattr(self, "moved_outside"):
            return
        gone = Account.objects.filter(member__status="merged")
        assert set(gone.values_list("available", "pending", "debt")) <= {(0, 0, 0)}

    def merged(self, keep, absorb):
        return merge(self.members[keep], self.members[absorb], at=self.now)

    def active(self, number):
        return Member.objects.filter(pk=self.members[number].pk, status="active").exists()


def run(examples):
    run_state_machine_as_test(
        Merging,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_merging_in_any_order():
    run(25)


@pytest.mark.slow
@pytest.mark.django_db
def test_merging_at_length():
    run(400)
