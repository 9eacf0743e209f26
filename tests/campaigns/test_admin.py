"""E-mails in the admin: what was sent, how it reads, a test to oneself, a second try for what failed."""

import html
import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from campaigns.models import EmailSetting, Message
from campaigns.unsubscribing import Reader, token_of
from tests.factories.campaigns import EmailSettingFactory, MessageFactory, send
from tests.factories.programs import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, marketer):
    client.force_login(marketer)
    return client


@pytest.fixture
def welcome(program, english_reader):
    return MessageFactory(program=program, member=english_reader)


def page(message):
    return reverse("admin:campaigns_message_change", args=[message.pk])


def examples(program, occasion="welcome"):
    return reverse("admin:campaigns_emailsetting_examples") + f"?program={program.pk}&occasion={occasion}"


def test_the_list_shows_state_and_reason(desk, welcome):
    Message.objects.update(state="skipped", reason="no_consent")
    text = desk.get(reverse("admin:campaigns_message_changelist")).content.decode()
    assert "skipped" in text
    assert "the member has not agreed to e-mails" in text


def test_messages_are_found_by_their_member(desk, welcome):
    path = reverse("admin:campaigns_message_changelist")
    assert "Bob" in desk.get(path, {"q": "bob@example.com"}).content.decode()
    assert page(welcome) not in desk.get(path, {"q": "nobody@example.com"}).content.decode()


def test_a_sent_message_shows_the_e_mail_as_the_member_read_it(desk, welcome):
    send()
    (frame,) = re.findall(r'<iframe srcdoc="([^"]*)"', desk.get(page(welcome)).content.decode())
    assert "Welcome to Les Halles" in html.unescape(frame)
    assert "Hello Bob," in html.unescape(frame)


def test_the_shown_e_mail_does_not_hold_the_members_own_unsubscribe_address(desk, welcome):
    text = desk.get(page(welcome)).content.decode()
    assert token_of(Reader(welcome.member_id, welcome.program_id)) not in text


def test_nobody_edits_or_deletes_a_message(client, administrator, welcome):
    client.force_login(administrator)
    assert client.post(page(welcome), {"subject": "x"}).status_code == 403
    assert client.get(reverse("admin:campaigns_message_delete", args=[welcome.pk])).status_code == 403


def again(client, message):
    path = reverse("admin:campaigns_message_changelist")
    return client.post(path, {"action": "try_again", "_selected_action": [message.pk]}, follow=True)


def test_a_failed_message_is_sent_again_when_staff_ask_for_it(desk, welcome, mailoutbox):
    Message.objects.update(state="failed", reason="not_accepted", attempts=6)
    again(desk, welcome)
    welcome.refresh_from_db()
    assert (welcome.state, welcome.attempts) == ("queued", 0)
    send(welcome.due_at)
    assert len(mailoutbox) == 1


def test_a_sent_message_is_not_sent_again(desk, welcome, mailoutbox):
    send()
    again(desk, welcome)
    send()
    assert len(mailoutbox) == 1


def test_both_languages_are_shown_side_by_side(desk, program):
    page = desk.get(examples(program, "points_expiring")).content.decode()
    text = " ".join(html.unescape(frame) for frame in re.findall(r'<iframe srcdoc="([^"]*)"', page))
    assert '<html lang="fr">' in text
    assert '<html lang="en">' in text
    assert "1,285</strong> points" in text
    assert re.search(r"1\s285</strong> points", text)


def test_own_texts_are_shown_before_anybody_receives_them(desk, program):
    EmailSettingFactory(program=program, occasion="welcome", subject_en="So good, {first_name}")
    assert "So good, Alex" in desk.get(examples(program)).content.decode()


def test_without_a_program_the_page_says_so(desk):
    assert "no program yet" in desk.get(reverse("admin:campaigns_emailsetting_examples")).content.decode()


@pytest.mark.parametrize("choice", ["?program=999&occasion=welcome", "?program=x&occasion=nonsense"])
def test_a_choice_that_does_not_exist_is_said_on_the_form(desk, program, choice):
    response = desk.get(reverse("admin:campaigns_emailsetting_examples") + choice)
    assert response.status_code == 200
    assert "valid choice" in response.content.decode().lower()


def ask_for_test(client, program, language="fr"):
    values = {"program": program.pk, "occasion": "welcome", "language": language}
    return client.post(reverse("admin:campaigns_emailsetting_examples"), values, follow=True)


def test_a_test_goes_to_whoever_asks_for_it_and_is_no_message(desk, marketer, program, mailoutbox):
    assert marketer.email in ask_for_test(desk, program).content.decode()
    (email,) = mailoutbox
    assert email.to == [marketer.email]
    assert "Camille" in email.body
    assert not Message.objects.exists()


def test_without_the_right_no_test_is_offered_or_sent(client, program, mailoutbox):
    user = UserFactory()
    user.user_permissions.add(Permission.objects.get(codename="view_emailsetting"))
    client.force_login(user)
    assert "Send me a test" not in client.get(examples(program)).content.decode()
    assert ask_for_test(client, program).status_code == 403
    assert mailoutbox == []


def test_who_has_no_e_mail_is_told(client, program, mailoutbox):
    client.force_login(UserFactory(groups=["marketing"], email=""))
    assert "no e-mail address" in ask_for_test(client, program).content.decode()
    assert mailoutbox == []


def test_a_mail_server_that_refuses_a_test_is_told(desk, program, broken_mail):
    broken_mail(OSError("refused"))
    assert "did not take it" in ask_for_test(desk, program).content.decode()


def filled_in(program, **changes):
    texts = dict.fromkeys(("subject_en", "subject_fr", "intro_en", "intro_fr"), "")
    values = {"program": program.pk, "occasion": "points_expiring", "is_active": "on", "days_before": "14"}
    return values | texts | changes


def test_marketing_sets_how_many_days_before(desk, program):
    desk.post(reverse("admin:campaigns_emailsetting_add"), filled_in(program))
    assert EmailSetting.objects.get().days_before == 14


@pytest.mark.parametrize(
    "field, value, said",
    [
        ("subject_en", "Hi {surname}", "“{surname}” cannot be filled in"),
        ("days_before", "0", "greater than or equal to 1"),
        ("days_before", "366", "less than or equal to 365"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_at_its_field(desk, program, field, value, said):
    response = desk.post(reverse("admin:campaigns_emailsetting_add"), filled_in(program, **{field: value}))
    assert said in html.unescape(response.content.decode())
    assert not EmailSetting.objects.exists()


def test_a_second_setting_for_the_same_occasion_is_refused(desk, program):
    EmailSettingFactory(program=program)
    response = desk.post(reverse("admin:campaigns_emailsetting_add"), filled_in(program))
    assert "already has settings" in response.content.decode()
