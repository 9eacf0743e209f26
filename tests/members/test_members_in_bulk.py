"""Members of another system by the thousand, in few statements."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from loyalty.lib import codes
from members import operations, queries
from members.models import Enrolment, ExternalId, Member
from members.references import MemberRef
from tests.factories.members import ExternalIdFactory
from tests.factories.programs import ProgramFactory

AT = datetime(2026, 3, 1, 10, tzinfo=UTC)


def create(program, names, **rest):
    newcomers = {name: AT - timedelta(days=n) for n, name in enumerate(names)}
    return operations.create_many(program=program, source="till", newcomers=newcomers, at=AT, **rest)


def test_each_identifier_becomes_a_complete_member(db):
    program = ProgramFactory(language="en")
    ids = create(program, ["K-1", "K-2"], channel="import")
    assert list(ids) == ["K-1", "K-2"]
    member = Member.objects.get(pk=ids["K-2"])
    member.full_clean()
    assert codes.is_valid(member.number)
    assert (member.language, member.tags, member.preferences, member.status) == ("en", [], {}, "active")
    enrolment = member.enrolments.get()
    enrolment.full_clean()
    assert (enrolment.program, enrolment.enrolled_at, enrolment.balance) == (program, AT - timedelta(days=1), 0)


def test_they_are_found_by_their_identifiers(program):
    ids = create(program, ["K-1", "K-2"])
    assert queries.resolve_many("till", [MemberRef("any", "K-1")]) == {MemberRef("any", "K-1"): ids["K-1"]}


def test_statements_do_not_grow_with_the_number(program):
    create(program, ["first"])
    counts = []
    for many in (1, 500):
        with CaptureQueriesContext(connection) as statements:
            create(program, [f"{many}-{n}" for n in range(many)])
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 6
    assert Enrolment.objects.count() == 502


def test_members_created_one_by_one_afterwards_get_keys_of_their_own(program):
    create(program, ["K-1"])
    operations.create_member(at=AT, by=None)
    create(program, ["K-2"])
    assert Member.objects.count() == 3


def test_none_at_all_is_no_error(program):
    assert create(program, []) == {}


def test_an_identifier_already_known_creates_nobody(program):
    ExternalIdFactory(source="till", external_id="K-2")
    with pytest.raises(IntegrityError), transaction.atomic():
        create(program, ["K-1", "K-2", "K-3"])
    assert not ExternalId.objects.filter(external_id="K-1").exists()
