"""Members who may be one person are shown together, with what makes them alike; nobody is merged by it."""

import pytest

from members.duplicates import likenesses
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db


def found():
    return [[member.first_name for member in likeness.members] for likeness in likenesses()]


def test_the_same_name_and_birth_date_whatever_the_accents():
    for first_name in ("Hélène", "HELENE"):
        MemberFactory(first_name=first_name, last_name="Dœuvre", birth_date="1980-05-04")
    MemberFactory(first_name="Helene", last_name="Doeuvre", birth_date="1981-05-04")
    assert found() == [["Hélène", "HELENE"]]


def test_the_same_name_and_postcode():
    MemberFactory(first_name="Ana", last_name="A", postcode="69003")
    MemberFactory(first_name="Ana", last_name="A", postcode="69003")
    MemberFactory(first_name="Ana", last_name="A", postcode="")
    assert found() == [["Ana", "Ana"]]


def test_e_mails_that_reach_the_same_person():
    MemberFactory(first_name="One", email="an.a@example.com")
    MemberFactory(first_name="Two", email="ana+shop@example.com")
    MemberFactory(first_name="Three", email="ana@example.org")
    assert found() == [["One", "Two"]]


def test_a_pair_is_shown_once_though_alike_in_two_ways():
    for _ in range(2):
        MemberFactory(first_name="Ana", last_name="A", postcode="69003", birth_date="1980-05-04")
    assert len(found()) == 1


def test_who_is_merged_or_erased_is_no_duplicate_and_who_has_no_data_neither(ana, double):
    from tests.factories.merging import merge

    MemberFactory.create_batch(2, first_name="", last_name="")
    double.first_name, double.birth_date = "Ana", "1980-01-01"
    double.save()
    ana.birth_date = "1980-01-01"
    ana.save()
    assert len(found()) == 1
    merge(ana, double)
    assert found() == []
