"""No two members share an e-mail, whatever its capitals, nor a phone."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import translation

from members import operations
from members.models import Member
from tests.factories.members import MemberFactory

AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("field, value", [("email", "ANA@example.com"), ("phone", "06 12 34 56 78")])
def test_a_taken_contact_is_refused_at_its_field(ana, field, value):
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        operations.create_member(at=AT, by=None, **{field: value})
    [message] = refused.value.message_dict[field]
    assert message.startswith("Another member has this")


def test_both_contacts_taken_are_both_named(ana):
    with pytest.raises(ValidationError) as refused:
        operations.create_member(at=AT, by=None, email="ana@example.com", phone="+33612345678")
    assert set(refused.value.message_dict) == {"email", "phone"}


def test_one_may_keep_ones_own_contact(ana):
    operations.update_member(member=ana, at=AT, by=None, email="Ana@Example.com", first_name="Anna")
    ana.refresh_from_db()
    assert ana.email == "ana@example.com"


@pytest.mark.parametrize("contact", [{"email": "ANA@EXAMPLE.COM"}, {"phone": "+33612345678"}])
def test_the_database_refuses_a_taken_contact(ana, contact):
    with pytest.raises(IntegrityError):
        MemberFactory(**contact)


def test_many_members_may_have_no_contact_at_all(db):
    MemberFactory.create_batch(3, email="", phone="")
    assert Member.objects.count() == 3


def test_somebody_faster_gets_the_e_mail_and_the_other_is_told(ana, monkeypatch):
    """Between the check and the save another request may take the address."""
    check, calls = Member.validate_constraints, []

    def first_check_sees_nothing(self, exclude=None):
        calls.append(1)
        return None if len(calls) == 1 else check(self, exclude)

    monkeypatch.setattr(Member, "validate_constraints", first_check_sees_nothing)
    with pytest.raises(ValidationError) as refused:
        operations.create_member(at=AT, by=None, email="ana@example.com")
    assert "email" in refused.value.message_dict
