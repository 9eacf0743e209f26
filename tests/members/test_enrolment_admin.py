"""Enrolments and consents are read; a member leaves or accepts the terms by a verb."""

import pytest
from django.urls import reverse

from members.models import Enrolment
from tests.factories.members import ConsentFactory


@pytest.fixture
def desk(client, administrator):
    client.force_login(administrator)
    client.cookies["django_language"] = "en"
    return client


def page(row, action="change"):
    return reverse(f"admin:members_{row._meta.model_name}_{action}", args=[row.pk])


def test_the_summary_is_shown_as_people_write_it(desk, ana):
    Enrolment.objects.update(spend=123_456, balance=4_200)
    shown = desk.get(page(ana.enrolments.get())).content.decode()
    assert "€1,234.56" in shown
    assert "4,200" in shown


def test_enrolments_are_found_by_their_member(desk, ana, bruno):
    shown = desk.get(reverse("admin:members_enrolment_changelist"), {"q": "almeida"}).content.decode()
    assert "Almeida" in shown
    assert "Bernard" not in shown


def test_a_member_accepts_the_terms_and_leaves(desk, ana, program):
    enrolment = ana.enrolments.get()
    desk.post(page(enrolment, "accept_terms"), {"confirmed": "on"})
    enrolment.refresh_from_db()
    assert enrolment.terms_version == program.terms_version
    desk.post(page(enrolment, "leave"), {})
    enrolment.refresh_from_db()
    assert enrolment.status == Enrolment.Status.ACTIVE
    desk.post(page(enrolment, "leave"), {"confirmed": "on"})
    enrolment.refresh_from_db()
    assert enrolment.status == Enrolment.Status.LEFT


def test_neither_enrolments_nor_consents_are_edited_or_deleted(desk, ana):
    for row in (ana.enrolments.get(), ConsentFactory(member=ana)):
        assert desk.get(page(row)).status_code == 200
        assert desk.post(page(row), {}).status_code == 403
        assert desk.post(page(row, "delete"), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("name", ["member", "enrolment", "card", "cardbatch", "consent"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_lists_open_in_both_languages(desk, ana, name, language):
    ConsentFactory(member=ana)
    desk.cookies["django_language"] = language
    assert desk.get(reverse(f"admin:members_{name}_changelist"), {"q": "ana"}).status_code == 200


@pytest.mark.parametrize("name", ["member", "enrolment", "card", "cardbatch", "consent"])
@pytest.mark.parametrize("key", ["abc", "999999", "1/record-consent", "99999999999999999999999"])
def test_an_address_that_names_no_row_leads_home_and_not_to_an_error(desk, name, key):
    assert desk.get(reverse(f"admin:members_{name}_change", args=[key])).status_code == 302
