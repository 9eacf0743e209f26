"""Merges at the same moment as each other and as what members do; on PostgreSQL, with controls."""

from threading import Barrier, Event, current_thread

import pytest
from django.db import connection

from loyalty.earning.operations import ActivityInput, ActivityRefused, MemberRef, record_activity
from loyalty.ledger import operations as ledger
from loyalty.ledger import posting
from loyalty.ledger.audit import audit_ledger
from loyalty.ledger.models import Account
from members.models import Member, MemberMerge
from members.operations import MergeRefused, merging
from tests.factories.earning import EarningRuleFactory
from tests.factories.merging import MERGED_AT, merge, undo
from tests.racing import AllHaveRead, at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def buy(program, member, number):
    purchase = ActivityInput(
        external_id=f"T{number}", member=MemberRef("id", str(member.pk)), occurred_at=MERGED_AT, amount=10_00,
        kind="purchase",
    )  # fmt: skip
    return record_activity(program=program, source="till", activity=purchase, at=MERGED_AT)


def test_two_who_merge_each_other_leave_one(ana, double):
    results = at_once(lambda pair: merge(*pair), [(ana, double), (double, ana)] * 3, threads=6)
    assert sum(isinstance(result, MemberMerge) for result in results) == 1
    assert sum(isinstance(result, MergeRefused) for result in results) == 5
    assert Member.objects.filter(status="merged").count() == 1


def test_control_without_the_lock_each_is_merged_into_the_other(ana, double, monkeypatch):
    """The second saw both active before the first was there, and goes on after it."""
    read, first_is_done, check = AllHaveRead(2), Event(), merging._check_active

    def check_and_wait(member):
        check(member)
        if member.pk == double.pk:  # checked last by the first, and before that by the second
            read.wait()

    def attempt(pair):
        with connection.execute_wrapper(without_locks):
            try:
                return merge(*pair)
            finally:
                first_is_done.set()

    def without_locks(execute, statement, params, many, context):
        if statement.startswith("INSERT") and current_thread().name == "second":
            first_is_done.wait(timeout=20)
        return execute(statement.replace(" FOR NO KEY UPDATE", ""), params, many, context)

    def named_attempt(pair):
        current_thread().name = "second" if pair[0] == double else "first"
        return attempt(pair)

    monkeypatch.setattr(merging, "_check_active", check_and_wait)
    at_once(named_attempt, [(ana, double), (double, ana)], threads=2)
    assert MemberMerge.objects.count() == 2


def test_points_earned_while_two_are_merged_are_nobodys_loss(program, ana, double):
    EarningRuleFactory(program=program, code="base")

    def act(number):
        return merge(ana, double) if number == 3 else buy(program, double, number)

    results = at_once(act, range(8), threads=8)
    refused = [result for result in results if isinstance(result, ActivityRefused)]
    assert {refusal.code for refusal in refused} <= {"member_blocked"}
    assert isinstance(results[3], MemberMerge), results
    assert Account.objects.get(member=double).available == 0
    assert Account.objects.get(member=ana).available == 10 * (7 - len(refused))
    assert audit_ledger().drift == []


def test_points_given_while_two_are_merged_reach_whoever_goes_on(program, ana, double):
    def act(number):
        if number == 3:
            return merge(ana, double)
        cause = ledger.Cause("race", str(number))
        return ledger.earn(program=program, member_id=double.pk, points=5, cause=cause, at=MERGED_AT)

    results = at_once(act, range(8), threads=8)
    assert not [result for result in results if isinstance(result, Exception)], results
    assert Account.objects.get(member=ana).available == 35
    assert audit_ledger().drift == []


def test_control_without_the_lock_on_the_account_points_stay_behind(program, ana, double, monkeypatch):
    """Who earns has looked at the member before the merge, and writes after it."""
    ledger.earn(program=program, member_id=double.pk, points=1, cause=ledger.Cause("t", "0"), at=MERGED_AT)
    planned, merged = Barrier(2, timeout=20), Barrier(2, timeout=20)
    write = posting.write

    def without_locks(execute, statement, params, many, context):
        return execute(statement.replace(" FOR UPDATE", ""), params, many, context)

    def write_late(plan, books, **terms):
        if any(entry.kind == "earn" for entry in plan.entries):
            planned.wait()
            merged.wait()
        return write(plan, books, **terms)

    def act(what):
        if what == "merge":
            planned.wait()
            result = merge(ana, double)
            merged.wait()
            return result
        monkeypatch.setattr("loyalty.ledger.merging.follow", lambda **terms: None)
        with connection.execute_wrapper(without_locks):
            return ledger.earn(
                program=program, member_id=double.pk, points=5, cause=ledger.Cause("t", "1"), at=MERGED_AT
            )

    monkeypatch.setattr(posting, "write", write_late)
    at_once(act, ["merge", "earn"], threads=2)
    assert Account.objects.get(member=double).available == 5


def test_undoing_at_the_same_moment_happens_once(program, ana, double):
    ledger.earn(program=program, member_id=double.pk, points=50, cause=ledger.Cause("t", "0"), at=MERGED_AT)
    merged = merge(ana, double)
    at_once(lambda _: undo(merged), range(4), threads=4)
    assert Account.objects.get(member=double).available == 50
    assert Account.objects.get(member=ana).available == 0
    assert audit_ledger().drift == []
