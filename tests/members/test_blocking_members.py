"""A member is blocked with a reason, and unblocked."""

from datetime import UTC, datetime

import pytest

from members import operations
from members.models import Member

AT = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_blocked_member_is_no_longer_active_and_the_history_says_why(ana, administrator):
    blocked = operations.block_member(member=ana, reason="card found at a thief’s", at=AT, by=administrator)
    assert blocked.status == Member.Status.BLOCKED
    assert ana not in Member.objects.active()
    record = blocked.history.latest("history_id")
    assert (record.history_change_reason, record.history_user) == ("card found at a thief’s", administrator)


def test_an_unblocked_member_is_active_again(ana):
    operations.block_member(member=ana, reason="error", at=AT, by=None)
    operations.unblock_member(member=ana, reason="cleared", at=AT, by=None)
    assert ana in Member.objects.active()


def test_blocking_twice_leaves_one_record(ana):
    operations.block_member(member=ana, reason="first", at=AT, by=None)
    operations.block_member(member=ana, reason="second", at=AT, by=None)
    assert ana.history.filter(status=Member.Status.BLOCKED).count() == 1


def test_an_erased_member_is_neither_blocked_nor_unblocked(ana):
    Member.objects.filter(pk=ana.pk).update(status=Member.Status.ERASED)
    with pytest.raises(operations.MemberRefused):
        operations.block_member(member=ana, reason="why", at=AT, by=None)
    with pytest.raises(operations.MemberRefused):
        operations.unblock_member(member=ana, reason="why", at=AT, by=None)
