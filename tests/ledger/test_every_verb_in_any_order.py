"""All verbs in any order, on two members, against the ledger on paper; after every step the audit finds no drift.

The clock only goes forward, as it does for a program that is alive; the jobs run when they like.
"""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from loyalty.ledger import operations as ledger
from loyalty.ledger.audit import audit_ledger
from loyalty.ledger.models import Account, Entry
from loyalty.ledger.queries import balance
from tests.factories.members import EnrolmentFactory
from tests.factories.programs import ProgramFactory
from tests.ledger.model import PaperAccount

START = datetime(2025, 1, 1, tzinfo=UTC)
ANA, BRUNO = "ana", "bruno"
who = st.sampled_from([ANA, BRUNO])
points = st.integers(1, 200)


def on(day):
    return START + timedelta(days=day)


class AnyOrder(RuleBasedStateMachine):
    policy = "debt"

    @initialize()
    def begin(self):
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.program = ProgramFactory(refund_policy=self.policy, time_zone="UTC")
        self.members = {name: EnrolmentFactory(program=self.program).member_id for name in (ANA, BRUNO)}
        self.paper = {ANA: PaperAccount(), BRUNO: PaperAccount()}
        self.day = 0
        self.causes = 0
        self.purchases = []
        self.redemptions = []

    def teardown(self):
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    def cause(self):
        self.causes += 1
        return ledger.Cause("test", str(self.causes))

    def call(self, verb, name, **arguments):
        """Every verb twice: the second call must change nothing."""
        arguments |= {"program": self.program, "member_id": self.members[name], "at": on(self.day)}
        first = verb(**arguments)
        assert verb(**arguments).replayed
        return first

    @rule(days=st.integers(1, 40))
    def time_passes(self, days):
        self.day += days

    @rule(name=who, points=points, wait=st.sampled_from([0, 0, 5, 30]), life=st.sampled_from([None, 10, 45, 90]))
    def earn(self, name, points, wait, life):
        cause = self.cause()
        active = self.day + wait
        expires = life and active + life
        self.call(
            ledger.earn, name, points=points, cause=cause, active_at=on(active), expires_at=expires and on(expires)
        )
        self.paper[name].open(cause.external_id, points, day=self.day, active=active, expires=expires)
        self.purchases.append((name, cause, points))

    @rule(name=who, points=points)
    def redeem(self, name, points):
        cause = self.cause()
        if self.paper[name].spend(cause.external_id, points, self.day) is None:
            with pytest.raises(ledger.InsufficientPoints):
                self.call(ledger.redeem, name, points=points, cause=cause)
            return
        posted = self.call(ledger.redeem, name, points=points, cause=cause)
        self.redemptions.append((name, cause, posted.entry_ids[0]))

    @rule(name=who, points=st.integers(-80, 80).filter(bool))
    def adjust(self, name, points):
        cause = self.cause()
        paper = self.paper[name]
        arguments = {"points": points, "reason": "counted again", "cause": cause, "by": None}
        if points > 0:
            self.call(ledger.adjust, name, **arguments)
            paper.open(cause.external_id, points, day=self.day, active=self.day, expires=None)
        elif paper.spend(cause.external_id, -points, self.day) is None:
            with pytest.raises(ledger.InsufficientPoints):
                self.call(ledger.adjust, name, **arguments)
        else:
            self.call(ledger.adjust, name, **arguments)

    @precondition(lambda self: self.purchases)
    @rule(data=st.data(), share=st.sampled_from([1, 2, 3]))
    def refund(self, data, share):
        name, earned_by, points = data.draw(st.sampled_from(self.purchases))
        cause = self.cause()
        short = self.paper[name].take_back(
            cause.external_id,
            -(-points // share),
            self.day,
            own=earned_by.external_id,
            may_owe=self.policy == "debt",
        )
        posted = self.call(ledger.take_back, name, points=-(-points // share), earned_by=earned_by, cause=cause)
        assert posted.shortfall == (0 if self.policy == "debt" else short)

    @precondition(lambda self: self.redemptions)
    @rule(data=st.data())
    def undo_a_redemption(self, data):
        name, spent_by, entry_id = data.draw(st.sampled_from(self.redemptions))
        self.redemptions.remove((name, spent_by, entry_id))
        entry = Entry.objects.get(pk=entry_id)
        ledger.reverse(entry=entry, cause=self.cause(), at=on(self.day))
        with pytest.raises(ledger.CannotReverse):
            ledger.reverse(entry=entry, cause=self.cause(), at=on(self.day))
        self.paper[name].undo_spending(spent_by.external_id, self.day)

    @rule(giver=who, points=points)
    def transfer(self, giver, points):
        cause = self.cause()
        taker = BRUNO if giver == ANA else ANA
        arguments = {
            "program": self.program,
            "from_member_id": self.members[giver],
            "to_member_id": self.members[taker],
            "points": points,
            "cause": cause,
            "at": on(self.day),
        }
        parts = self.paper[giver].spend(cause.external_id, points, self.day)
        if parts is None:
            with pytest.raises(ledger.InsufficientPoints):
                ledger.transfer(**arguments)
            return
        ledger.transfer(**arguments)
        assert ledger.transfer(**arguments).replayed
        for lot, part in parts:
            paper = self.paper[taker]
            paper.open(cause.external_id, part, day=lot.earned, active=lot.active, expires=lot.expires)
            paper.lots[-1].pending = False
        self.paper[taker].pay_debt()

    @rule(twice=st.booleans())
    def the_night_runs(self, twice):
        """Midnight comes first: what was earned at the same moment is not seen yet, so let the day pass."""
        self.day += 1
        for _ in range(1 + twice):
            for sweep in (ledger.activate_pending, ledger.expire):
                sweep(program=self.program, at=on(self.day), first_member=0, last_member=2**40)
        for paper in self.paper.values():
            paper.activate(self.day)
            paper.expire(self.day)

    @rule(step=st.sampled_from([50, 100]))
    def full_steps_are_spent(self, step):
        self.the_night_runs(twice=False)
        spent = dict(
            ledger.redeem_steps(
                program=self.program,
                at=on(self.day),
                step=step,
                source=f"issuance-{step}",
                first_member=0,
                last_member=2**40,
            )
        )
        for name, paper in self.paper.items():
            wanted = max(paper.available, 0) // step * step
            assert spent.get(self.members[name], 0) == wanted
            paper.spend(f"steps-{self.day}", wanted, self.day)

    @invariant()
    def every_point_is_where_it_should_be(self):
        if not hasattr(self, "paper"):
            return
        for name, paper in self.paper.items():
            account = Account.objects.filter(member_id=self.members[name]).first() or Account()
            assert (account.available, account.pending, account.debt) == (paper.available, paper.pending, paper.debt)
            now = balance(program=self.program, member_id=self.members[name], at=on(self.day))
            assert now.available == paper.spendable(self.day)
        assert audit_ledger().drift == []


class AnyOrderClamped(AnyOrder):
    policy = "clamp"


def run(machine, examples):
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=50,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize("machine", [AnyOrder, AnyOrderClamped])
def test_in_any_order_the_ledger_is_the_one_on_paper(machine):
    run(machine, 15 if connection.vendor == "postgresql" else 50)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("machine", [AnyOrder, AnyOrderClamped])
def test_at_length(machine):
    run(machine, 500)
