"""Stores have a time of their own, and staff who work in them."""

import zoneinfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from loyalty.programs import operations, queries
from loyalty.programs.models import Store
from tests.factories.programs import StoreFactory, UserFactory


def test_a_store_keeps_the_programs_time_unless_it_has_its_own(program):
    assert StoreFactory(program=program).tzinfo == zoneinfo.ZoneInfo("Europe/Paris")
    assert StoreFactory(program=program, time_zone="Indian/Reunion").tzinfo == zoneinfo.ZoneInfo("Indian/Reunion")


def test_a_second_store_with_the_same_code_is_refused_in_words(store):
    with pytest.raises(ValidationError, match="has this code"):
        operations.create_store(program=store.program, code=store.code, name="Twin", at=timezone.now(), by=None)


def test_staff_work_in_the_stores_they_were_assigned_to(store):
    zoe = UserFactory()
    operations.assign_staff(store=store, user=zoe)
    operations.assign_staff(store=store, user=zoe)
    assert list(Store.objects.of_staff(zoe)) == [store]
    operations.withdraw_staff(store=store, user=zoe)
    assert not Store.objects.of_staff(zoe).exists()


def test_stores_are_known_by_their_codes_within_a_program(store):
    StoreFactory(code=store.code)
    assert queries.stores_by_code(store.program) == {store.code: store}


def test_closed_stores_are_told_apart(store):
    closed = StoreFactory(program=store.program, is_active=False)
    assert closed not in Store.objects.active()
    assert store in Store.objects.active()


def test_a_program_is_found_by_its_code(program):
    assert queries.program_of("les-halles") == program
    with pytest.raises(queries.ProgramUnknown, match="no program “nowhere”"):
        queries.program_of("nowhere")
