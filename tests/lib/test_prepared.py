"""A prepared read gives what its queryset would give, call after call, on either database."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from loyalty.lib.prepared import Prepared, moment, number, text, texts, uuids
from loyalty.partners.models import PartnerMember
from loyalty.programs.models import Program, Store
from tests.factories.partners import PartnerMemberFactory
from tests.factories.programs import ProgramFactory, StoreFactory

pytestmark = pytest.mark.django_db


@Prepared
def stores_of():
    return Store.objects.filter(program=number("program"), code__in=texts("codes")).select_related("program")


@Prepared
def programs_named():
    return Program.objects.filter(code=text("code")).values_list("pk", F("time_zone"))


@Prepared
def links():
    since = PartnerMember.objects.filter(public_id__in=uuids("names"), linked_at__gt=moment("after"))
    return since.values_list("public_id", flat=True)


def test_models_come_with_what_they_refer_to_and_take_no_further_statement(program):
    lyon, paris = (StoreFactory(program=program, code=code) for code in ("lyon", "paris"))
    StoreFactory(code="lyon")

    found = stores_of(program=program.pk, codes=["lyon", "paris"])
    with CaptureQueriesContext(connection) as statements:
        assert {store.program for store in found} == {program}
    assert (set(found), len(statements)) == ({lyon, paris}, 0)


def test_each_call_has_its_own_values_and_sees_what_was_written_meanwhile(program):
    assert stores_of(program=program.pk, codes=["lyon"]) == []
    lyon = StoreFactory(program=program, code="lyon")
    assert stores_of(program=program.pk, codes=["lyon"]) == [lyon]
    assert stores_of(program=program.pk, codes=[]) == []


def test_values_come_as_django_would_give_them(program):
    other = ProgramFactory(code="other")
    assert programs_named(code="other") == [(other.pk, other.time_zone)]
    assert programs_named(code="' OR 1=1 --") == []


def test_moments_and_identifiers_are_understood_by_either_database(db):
    link = PartnerMemberFactory()
    asked = {"names": [link.public_id]}
    assert links(**asked, after=link.linked_at - timedelta(seconds=1)) == [link.public_id]
    assert links(**asked, after=link.linked_at) == []
