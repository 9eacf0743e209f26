"""Signing in by an address and a one-time code: few tries, a short life, the same answer for everybody."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from campaigns.sms import fake
from loyalty.portal import operations
from loyalty.portal.models import OneTimeCode
from members.operations import block_member
from tests.factories.members import LONG_AGO
from tests.factories.programs import ProgramFactory, UserFactory
from tests.racing import at_once

pytestmark = pytest.mark.django_db
WRONG = "000000"


def is_in(phone):
    return phone.get("vouchers/").status_code == 200


def test_a_member_signs_in_by_the_e_mail_or_the_phone(ana, phone, other_phone):
    phone.sign_in(" ANA@example.com ")
    assert is_in(phone)
    other_phone.ask_for_code("06 12 34 56 78")
    other_phone.enter(fake.outbox[-1].text[:6])
    assert is_in(other_phone)


def test_nobody_learns_whether_an_address_is_a_members(ana, phone, other_phone, mailoutbox):
    phone.ask_for_code(ana.email)
    other_phone.ask_for_code("nobody@example.com")
    assert len(mailoutbox) == 1

    def words(page, address):
        text = page.html.replace(address, "…").replace(page.ticket, "…")
        return [line for line in text.splitlines() if "csrfmiddlewaretoken" not in line]

    assert words(phone, ana.email) == words(other_phone, "nobody@example.com")
    known, unknown = phone.enter(WRONG), other_phone.enter(WRONG)
    assert (known.status_code, unknown.status_code) == (422, 422)


def test_asking_costs_the_same_statements_for_a_member_and_for_nobody(
    ana, program, django_assert_num_queries, client, mailoutbox
):
    """The code itself is looked up and sent by the worker."""
    for address in (ana.email, "nobody@example.com"):
        with django_assert_num_queries(8):
            client.post("/club/les-halles/sign-in/", {"address": address})
    assert mailoutbox == []


def test_five_wrong_tries_use_a_code_up(ana, phone):
    phone.ask_for_code(ana.email)
    digits = phone.last_digits()
    wrong = "111111" if digits != "111111" else "222222"
    for _try in range(5):
        assert phone.enter(wrong).status_code == 422
    assert phone.enter(digits).status_code == 422
    assert not is_in(phone)


def test_a_strangers_guesses_do_not_use_up_the_members_own_code(ana, phone, other_phone):
    phone.ask_for_code(ana.email)
    digits = phone.last_digits()
    other_phone.ask_for_code(ana.email)
    for _try in range(6):
        other_phone.enter(WRONG)
    phone.enter(digits)
    assert is_in(phone)


def test_a_code_lasts_ten_minutes_and_counts_once(ana, phone, other_phone):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        phone.ask_for_code(ana.email)
        digits, ticket = phone.last_digits(), phone.ticket
        clock.move_to(start + timedelta(minutes=10))
        assert phone.enter(digits).status_code == 422
        clock.move_to(start + timedelta(minutes=9, seconds=59))
        assert phone.enter(digits).status_code == 302
        assert other_phone.post("code/", {"ticket": ticket, "digits": digits}).status_code == 422


def test_codes_are_kept_as_keyed_hashes(ana, phone):
    phone.ask_for_code(ana.email)
    assert phone.last_digits() not in str(OneTimeCode.objects.values().get())


def test_an_address_gets_five_codes_an_hour_and_a_visitor_twenty(ana, phone, other_phone, mailoutbox):
    with time_machine.travel("2026-03-02T12:00:00Z", tick=False) as clock:
        for _time in range(5):
            assert phone.ask_for_code(ana.email).status_code == 200
        assert phone.ask_for_code(ana.email).status_code == 429
        assert len(mailoutbox) == 5
        for number in range(14):
            assert other_phone.ask_for_code(f"n{number}@example.com").status_code == 200
        assert other_phone.ask_for_code("n99@example.com").status_code == 429
        clock.shift(timedelta(hours=1))
        assert phone.ask_for_code(ana.email).status_code == 200


def test_another_code_can_be_asked_for_on_the_same_page(ana, phone, mailoutbox):
    phone.ask_for_code(ana.email)
    phone.post("code/", {"ticket": phone.ticket, "again": "yes"})
    assert len(mailoutbox) == 2
    phone.enter(phone.last_digits())
    assert is_in(phone)


def test_a_job_that_runs_twice_sends_once(ana, phone, mailoutbox):
    phone.ask_for_code(ana.email)
    assert operations.send_code(code_id=OneTimeCode.objects.get().pk, at=timezone.now()) is False
    assert len(mailoutbox) == 1


def test_a_mail_server_that_does_not_answer_is_no_error_of_the_page(ana, phone, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert phone.ask_for_code(ana.email).status_code == 200


def test_one_comes_back_to_the_page_that_asked_and_to_no_other_site(ana, phone):
    asked = phone.get("history/")
    assert asked.headers["location"] == "/club/les-halles/sign-in/?next=/club/les-halles/history/"
    phone.ask_for_code(ana.email, next="/club/les-halles/history/")
    assert phone.enter(phone.last_digits()).headers["location"] == "/club/les-halles/history/"
    for elsewhere in ["https://bad.example/", "//bad.example/", "/admin/", "/club/les-halles/..//bad.example"]:
        phone.ask_for_code(ana.email.upper(), next=elsewhere)
        if phone.page.status_code == 429:
            break
        assert phone.enter(phone.last_digits()).headers["location"] == "/club/les-halles/"


def test_the_proof_lasts_half_an_hour_and_the_card_stays(ana, phone):
    with time_machine.travel("2026-03-02T12:00:00Z", tick=False) as clock:
        phone.sign_in(ana.email)
        clock.shift(timedelta(minutes=31))
        assert not is_in(phone)
        assert ana.cards.get().number in phone.get().content.decode()
        clock.shift(timedelta(days=30))
        assert ana.cards.get().number not in phone.get().content.decode()


def test_signing_out_ends_the_session_for_whoever_kept_its_cookie(ana, phone, other_phone):
    phone.sign_in(ana.email)
    other_phone.browser.cookies["club"] = phone.browser.cookies["club"].value
    assert is_in(other_phone)
    phone.post("sign-out/")
    assert not is_in(phone)
    assert not is_in(other_phone)


def test_a_new_session_gets_a_new_key(ana, phone):
    phone.sign_in(ana.email)
    first = phone.browser.cookies["club"].value
    phone.sign_in(ana.email)
    assert phone.browser.cookies["club"].value != first


def test_who_is_blocked_is_out_at_once(ana, phone):
    phone.sign_in(ana.email)
    block_member(member=ana, reason="x", at=LONG_AGO, by=None)
    assert not is_in(phone)


def test_a_session_opens_one_program_and_never_the_admin(ana, phone):
    phone.sign_in(ana.email)
    other = ProgramFactory()
    assert phone.get(f"/club/{other.code}/vouchers/").status_code == 302
    assert phone.get("/admin/").status_code == 302
    assert "sessionid" not in phone.browser.cookies


def test_staff_who_are_signed_in_are_no_members_here(ana, phone):
    phone.browser.force_login(UserFactory(is_superuser=True))
    assert not is_in(phone)
    phone.browser.cookies["club"] = phone.browser.cookies["sessionid"].value
    assert not is_in(phone)


def test_the_cookie_is_for_no_script_and_no_other_path(ana, phone):
    phone.sign_in(ana.email)
    cookie = phone.browser.cookies["club"]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"]) == ("Lax", "/club/les-halles/")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_guesses_at_once_are_counted_one_by_one(ana):
    at = timezone.now()
    code = operations.ask_code(
        program=ana.enrolments.get().program,
        address=ana.email,
        intent="sign_in",
        visitor="x",
        language="fr",
        at=at,
        deliver=lambda pk: operations.send_code(code_id=pk, at=at),
    )

    def guess(digits):
        return operations.enter_code(code_id=code.pk, digits=digits, at=at)

    refusals = at_once(guess, ["no"] * 8)
    code.refresh_from_db()
    assert {type(each) for each in refusals} == {operations.CodeRefused}
    assert code.tries == 5
