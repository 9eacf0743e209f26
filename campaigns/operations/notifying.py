"""Tell one person something at once, by e-mail or SMS."""

import logging
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from campaigns import notices, sms
from campaigns.notices import Notice
from loyalty.programs.models import Program

logger = logging.getLogger(__name__)


def notify(*, program: Program, to: str, language: str, notice: Notice) -> bool:
    """Whether it was handed over. `to` is an e-mail or a phone number; the log names neither."""
    try:
        if "@" in to:
            _mail(program, to, language, notice)
        else:
            sms.send(to=to, text=notice.sms)
    except Exception as error:
        logger.warning("A notice was not sent: %s", type(error).__name__)
        return False
    return True


def _mail(program: Program, to: str, language: str, notice: Notice) -> None:
    letter = notices.letter(notice, program=program, language=language)
    sender = formataddr((program.name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
    email = EmailMultiAlternatives(
        letter.subject, letter.text, sender, [to], headers={"Auto-Submitted": "auto-generated"}
    )
    email.attach_alternative(letter.html, "text/html")
    email.send()
