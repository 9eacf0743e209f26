"""What somebody asked for and is told at once: by e-mail in the program's look, by SMS in one line."""

import logging

import pytest

from campaigns import sms
from campaigns.notices import Notice
from campaigns.operations import notify
from campaigns.sms import fake

pytestmark = pytest.mark.django_db
NOTICE = Notice(
    subject="Your\ncode",
    paragraphs=["Enter it.", "Tell <nobody>."],
    code="123456",
    link="https://x.test/",
    sms="123456",
)


def test_an_e_mail_has_the_programs_look_and_no_way_to_unsubscribe(program, mailoutbox):
    assert notify(program=program, to="ana@example.com", language="fr", notice=NOTICE)
    [letter] = mailoutbox
    html = letter.alternatives[0][0]
    assert (letter.subject, letter.to) == ("Your code", ["ana@example.com"])
    assert letter.from_email.startswith("Les Halles <")
    assert program.colour in html
    assert "Tell &lt;nobody&gt;." in html
    assert "Tell <nobody>." in letter.body
    assert "123456" in html
    assert "Cet e-mail a été demandé sur les pages de Les Halles." in html
    assert "List-Unsubscribe" not in letter.extra_headers
    assert "/emails/unsubscribe/" not in html + letter.body


def test_a_text_goes_to_the_gateway(program, settings):
    settings.SMS_GATEWAY = "campaigns.sms.fake"
    fake.outbox.clear()
    notify(program=program, to="+33612345678", language="fr", notice=NOTICE)
    assert fake.outbox == [fake.Text("+33612345678", "123456")]


def test_without_a_gateway_texts_are_files(program, settings, tmp_path):
    settings.SMS_GATEWAY, settings.VAR_DIR = "campaigns.sms.file", tmp_path
    notify(program=program, to="+33612345678", language="fr", notice=NOTICE)
    [file] = (tmp_path / "sms").iterdir()
    assert file.read_text(encoding="utf-8") == "To: +33612345678\n\n123456\n"


def test_in_production_phones_are_asked_for_where_a_gateway_reaches_them(settings):
    settings.PRODUCTION = True
    assert not sms.is_offered()
    settings.SMS_GATEWAY = "tests.campaigns.a_gateway"
    assert sms.is_offered()


def test_what_cannot_be_sent_is_logged_without_the_address(program, settings, caplog):
    settings.SMS_GATEWAY = "campaigns.sms.nowhere"
    with caplog.at_level(logging.WARNING):
        assert not notify(program=program, to="+33612345678", language="fr", notice=NOTICE)
    assert "ModuleNotFoundError" in caplog.text
    assert "+33612345678" not in caplog.text
