"""Consent is a record per answer; the latest holds, and none is ever changed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from members import operations, queries
from members.models import Consent, Member

AT = datetime(2026, 3, 1, tzinfo=UTC)


def answer(member, given, days=0, channel="email"):
    verb = operations.give_consent if given else operations.withdraw_consent
    return verb(member=member, channel=channel, source="portal", at=AT + timedelta(days=days), by=None)


def test_no_answer_is_no(ana):
    assert not queries.has_consent(ana.pk, "email")
    assert ana not in Member.objects.consenting("email")


def test_the_latest_answer_holds(ana):
    answer(ana, True)
    assert queries.has_consent(ana.pk, "email")
    answer(ana, False, days=1)
    assert not queries.has_consent(ana.pk, "email")
    answer(ana, True, days=2)
    assert queries.has_consent(ana.pk, "email")


def test_of_two_answers_at_one_moment_the_later_record_holds(ana):
    answer(ana, True)
    answer(ana, False)
    assert not queries.has_consent(ana.pk, "email")
    assert ana not in Member.objects.consenting("email")


def test_an_answer_recorded_late_does_not_override_a_newer_one(ana):
    answer(ana, False, days=5)
    answer(ana, True, days=1)
    assert not queries.has_consent(ana.pk, "email")
    assert ana not in Member.objects.consenting("email")


def test_each_channel_has_its_own_answer(ana):
    answer(ana, True, channel="email")
    answer(ana, False, channel="sms")
    assert queries.latest_consents([ana.pk]) == {(ana.pk, "email"): True, (ana.pk, "sms"): False}


def test_many_members_are_answered_in_one_statement(ana, bruno, django_assert_num_queries):
    answer(ana, True)
    answer(bruno, True)
    answer(bruno, False, days=1)
    with django_assert_num_queries(1):
        assert queries.members_with_consent([ana.pk, bruno.pk], "email") == {ana.pk}
    assert list(Member.objects.consenting("email")) == [ana]


def test_every_answer_stays_on_record(ana):
    answer(ana, True)
    answer(ana, True, days=1)
    answer(ana, False, days=2)
    assert list(ana.consents.order_by("pk").values_list("given", flat=True)) == [True, True, False]


def test_an_unknown_channel_is_refused(ana):
    with pytest.raises(ValidationError) as refused:
        answer(ana, True, channel="pigeon")
    assert "channel" in refused.value.message_dict


def test_the_database_refuses_to_change_or_delete_an_answer(ana):
    given = answer(ana, True)
    with pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.filter(pk=given.pk).update(given=False)
    with pytest.raises(DatabaseError), transaction.atomic():
        given.delete()
    assert queries.has_consent(ana.pk, "email")
