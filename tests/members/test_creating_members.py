"""A new person: a number of their own, personal data in one form, errors at their fields."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError

from loyalty.lib import codes
from members import operations
from members.models import Member

AT = datetime(2026, 3, 1, 10, tzinfo=UTC)


def create(**personal):
    return operations.create_member(at=AT, by=None, **personal)


def test_a_member_needs_nothing_but_gets_a_number_that_begins_with_m(db):
    member = create()
    assert member.number.startswith("M")
    assert codes.is_valid(member.number)
    assert str(member) == member.number
    assert member.created_at == AT


def test_a_phone_is_kept_in_one_form_however_it_was_typed(db):
    assert str(create(phone="06 12 34 56 78").phone) == "+33612345678"
    assert str(create(phone="+1 415 555 2671").phone) == "+14155552671"


def test_a_phone_without_country_is_read_in_the_region_given(db):
    assert str(create(phone="(415) 555-2671", region="US").phone) == "+14155552671"


def test_an_e_mail_is_kept_in_small_letters(db):
    assert create(email="  Zoe@Example.COM ").email == "zoe@example.com"


@pytest.mark.parametrize(
    "field, value",
    [
        ("email", "nobody"),
        ("phone", "06 12"),
        ("phone", "not a number"),
        ("birth_date", date(2999, 1, 1)),
        ("birth_date", date(1850, 1, 1)),
        ("language", "xx"),
        ("preferences", ["a list"]),
        ("tags", "vip"),
        ("first_name", "x" * 81),
    ],
)
def test_a_wrong_value_is_refused_at_its_field(db, field, value):
    with pytest.raises(ValidationError) as refused:
        create(**{field: value})
    assert list(refused.value.message_dict) == [field]
    assert not Member.objects.exists()


def test_what_is_not_personal_data_cannot_be_set(db):
    with pytest.raises(TypeError, match="status"):
        create(status="blocked")


def test_the_actor_stands_in_the_history(administrator):
    member = operations.create_member(at=AT, by=administrator, first_name="Zoé")
    assert member.history.get().history_user == administrator


def test_an_update_changes_only_what_was_given(ana, administrator):
    operations.update_member(member=ana, at=AT, by=administrator, postcode="69003", phone="06 98 76 54 32")
    ana.refresh_from_db()
    assert (ana.postcode, str(ana.phone), ana.email) == ("69003", "+33698765432", "ana@example.com")
    assert ana.history.latest("history_id").history_user == administrator


def test_an_erased_member_gets_no_data_again(ana):
    Member.objects.filter(pk=ana.pk).update(status=Member.Status.ERASED)
    with pytest.raises(operations.MemberRefused):
        operations.update_member(member=ana, at=AT, by=None, first_name="Ana")
