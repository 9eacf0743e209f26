"""What members decide alone: who may write to them, their data to take along, to be forgotten."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from loyalty.portal import operations
from loyalty.portal.models import Asked, ErasureRequest, OneTimeCode
from members.links import card_link
from members.models import Consent, Member
from members.operations import erase_member, merge_members, undo_merge
from members.queries import has_consent
from tests.factories.members import LONG_AGO, ConsentFactory, MemberFactory
from tests.factories.portal import ErasureRequestFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def by_link(ana, phone):
    phone.get("/club" + card_link(enrolment=ana.enrolments.get(), at=timezone.now()).partition("/club")[2])
    return phone


def test_a_no_needs_no_code_and_a_yes_does(ana, by_link):
    ConsentFactory(member=ana)
    by_link.post("preferences/consents/", {"channel": "email", "given": "no"})
    assert not has_consent(ana.pk, "email")
    refused = by_link.post("preferences/consents/", {"channel": "email", "given": "yes"})
    assert refused.headers["location"].endswith("/sign-in/?next=/club/les-halles/preferences/")
    assert not has_consent(ana.pk, "email")


def test_a_yes_is_kept_with_its_words(ana, ana_at_home):
    ana_at_home.post("preferences/consents/", {"channel": "sms", "given": "yes"})
    consent = Consent.objects.get(member=ana)
    assert (consent.channel, consent.given, consent.source) == ("sms", True, "portal")
    assert consent.wording in ana_at_home.get("preferences/").content.decode()


@pytest.mark.parametrize("sent", [{}, {"channel": "fax", "given": "yes"}, {"channel": "fax"}, {"channel": "email"}])
def test_what_nobody_asks_for_records_nothing(ana_at_home, sent):
    assert ana_at_home.post("preferences/consents/", sent).status_code == 302
    assert not Consent.objects.exists()


def test_everything_about_the_member_is_a_file(ana, ana_at_home):
    response = ana_at_home.post("preferences/export/")
    assert response.headers["Content-Disposition"] == f'attachment; filename="member-{ana.number}.json"'
    assert response.headers["Cache-Control"] == "no-store"
    assert json.loads(response.content)["member"]["email"] == ana.email
    for _time in range(4):
        ana_at_home.post("preferences/export/")
    assert ana_at_home.post("preferences/export/").status_code == 429


def test_who_asks_to_be_forgotten_has_a_week_to_think(ana, ana_at_home, mailoutbox):
    assert ana_at_home.post("erasure/").status_code == 422
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        for _time in range(2):
            ana_at_home.post("erasure/", {"sure": "yes"})
    assert "effacées" in mailoutbox[-1].subject
    assert len(mailoutbox) == 2  # the code to sign in, and one about the request
    assert "Garder mon compte" in ana_at_home.get("erasure/").content.decode()

    assert operations.erase_due(at=now + timedelta(days=7, seconds=-1)) == 0
    assert operations.erase_due(at=now + timedelta(days=7)) == 1
    assert operations.erase_due(at=now + timedelta(days=8)) == 0
    ana.refresh_from_db()
    assert (ana.status, ana.email) == (Member.Status.ERASED, "")
    assert ErasureRequest.objects.get().done_at == now + timedelta(days=7)
    assert ana_at_home.get("vouchers/").status_code == 302


def test_who_thinks_better_of_it_stays(ana, ana_at_home):
    ana_at_home.post("erasure/", {"sure": "yes"})
    ana_at_home.post("erasure/keep/")
    assert operations.erase_due(at=timezone.now() + timedelta(days=30)) == 0
    ana_at_home.post("erasure/", {"sure": "yes"})
    assert ErasureRequest.objects.filter(member=ana).count() == 2


def test_a_request_that_staff_were_quicker_with_is_done(ana, program):
    request = ErasureRequestFactory(member=ana, program=program)
    erase_member(member=ana, at=LONG_AGO, by=None, reason="x")
    request.refresh_from_db()
    assert request.done_at == LONG_AGO


def test_a_request_follows_who_was_merged_and_comes_back(ana, bruno, program):
    request = ErasureRequestFactory(member=bruno, program=program)
    merge = merge_members(keep=ana, absorb=bruno, reason="same", at=LONG_AGO, by=None)
    request.refresh_from_db()
    assert request.member == ana
    undo_merge(merge=merge, reason="not the same", at=LONG_AGO, by=None)
    request.refresh_from_db()
    assert request.member == bruno


def test_two_who_both_asked_have_one_request_when_they_become_one(ana, bruno, program):
    for member in (ana, bruno):
        ErasureRequestFactory(member=member, program=program)
    merge_members(keep=ana, absorb=bruno, reason="same", at=LONG_AGO, by=None)
    assert ErasureRequest.objects.filter(withdrawn_at__isnull=True).get().member == ana


def test_old_codes_and_counts_are_forgotten(ana, phone):
    phone.ask_for_code(ana.email)
    operations.tidy(at=timezone.now() + timedelta(hours=23))
    assert OneTimeCode.objects.exists()
    operations.tidy(at=timezone.now() + timedelta(days=2))
    assert not OneTimeCode.objects.exists()
    assert not Asked.objects.exists()


def test_staff_see_who_asked(client, ana, program, administrator):
    ErasureRequestFactory(member=ana, program=program)
    ErasureRequestFactory(member=MemberFactory(), program=program)
    client.force_login(administrator)
    assert "Ana Almeida" in client.get("/admin/portal/erasurerequest/").content.decode()
