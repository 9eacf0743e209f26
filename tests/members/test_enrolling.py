"""Joining a program, coming back to it, leaving it."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError

from loyalty.programs.models import Program
from members import operations, queries
from members.models import Enrolment, Member
from tests.factories.programs import ProgramFactory, StoreFactory

AT = datetime(2026, 3, 1, 10, tzinfo=UTC)


def enrol(program, **rest):
    return operations.enrol(**{"program": program, "at": AT, "by": None} | rest)


def test_a_new_person_joins_with_contact_identifier_consents_and_terms(store):
    enrolment = enrol(
        store.program,
        store=store,
        channel="counter",
        source="till",
        external_id="K-17",
        consents=["email", "post"],
        wording="May we write to you?",
        first_name="Zoé",
        email="zoe@example.com",
    )
    member = enrolment.member
    assert (enrolment.store, enrolment.channel, enrolment.enrolled_at) == (store, "counter", AT)
    assert (enrolment.terms_version, enrolment.terms_accepted_at) == (store.program.terms_version, AT)
    assert queries.lookup(queries.MemberRef("any", "K-17"), source="till") == member
    assert queries.latest_consents([member.pk]) == {(member.pk, "email"): True, (member.pk, "post"): True}
    assert {consent.wording for consent in member.consents.all()} == {"May we write to you?"}


def test_language_and_country_of_phones_come_from_the_program(db):
    american = ProgramFactory(language="en", phone_region="US")
    member = enrol(american, phone="(415) 555-2671").member
    assert (member.language, str(member.phone)) == ("en", "+14155552671")
    assert enrol(american, language="fr").member.language == "fr"


def test_a_second_time_gives_the_same_enrolment(program, ana):
    first = Enrolment.objects.get(member=ana)
    again = enrol(program, member=ana, terms_accepted=False)
    assert again.pk == first.pk
    assert again.enrolled_at == first.enrolled_at


def test_a_known_member_joins_a_second_program(ana):
    other = ProgramFactory()
    enrol(other, member=ana)
    assert ana.enrolments.count() == 2


def test_who_left_comes_back_with_the_same_enrolment(program, ana):
    enrolment = operations.leave(enrolment=ana.enrolments.get(), at=AT, by=None)
    assert enrolment.status == Enrolment.Status.LEFT
    assert enrol(program, member=ana).status == Enrolment.Status.ACTIVE
    assert ana.enrolments.count() == 1


def test_a_taken_e_mail_enrols_nobody(program, ana):
    with pytest.raises(ValidationError) as refused:
        enrol(program, email="ana@example.com", source="till", external_id="K-18")
    assert "email" in refused.value.message_dict
    assert Member.objects.count() == 1


def test_an_unknown_channel_of_consent_undoes_the_whole_enrolment(program):
    with pytest.raises(ValidationError):
        enrol(program, channel="counter", consents=["email", "pigeon"])
    assert not Member.objects.exists()


def test_a_closing_program_takes_nobody_after_its_last_earning_day(program):
    days = dict.fromkeys(
        ["closing_announced_date", "last_earning_date", "last_redemption_date", "final_expiry_date"],
        date(2026, 2, 28),
    )
    Program.objects.update(**days)
    program.refresh_from_db()
    with pytest.raises(operations.EnrolmentRefused) as refused:
        enrol(program)
    assert refused.value.code == "program_closed"


def test_a_blocked_member_joins_nothing(ana):
    blocked = operations.block_member(member=ana, reason="fraud", at=AT, by=None)
    with pytest.raises(operations.EnrolmentRefused) as refused:
        enrol(ProgramFactory(), member=blocked)
    assert refused.value.code == "member_status"


def test_a_store_of_another_program_is_refused(program):
    with pytest.raises(operations.EnrolmentRefused) as refused:
        enrol(program, store=StoreFactory())
    assert refused.value.code == "store_foreign"


def test_a_later_version_of_the_terms_is_accepted(program, ana):
    Program.objects.update(terms_version="2026-03")
    accepted = operations.accept_terms(enrolment=ana.enrolments.get(), at=AT, by=None)
    assert (accepted.terms_version, accepted.terms_accepted_at) == ("2026-03", AT)


def test_an_identifier_that_names_somebody_else_is_refused(ana, bruno):
    operations.add_external_id(member=ana, source="till", external_id="K-1", at=AT, by=None)
    operations.add_external_id(member=ana, source="till", external_id="K-1", at=AT, by=None)
    assert ana.external_ids.count() == 1
    with pytest.raises(ValidationError, match="already names a member"):
        operations.add_external_id(member=bruno, source="till", external_id="K-1", at=AT, by=None)
