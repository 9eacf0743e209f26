"""What somebody asked for and is told at once: a code to sign in, what became of a request.

A notice is no `Message`: nobody agreed to it and nobody can unsubscribe from it, it belongs to no occasion, and it is
not kept. Its texts come from the room that tells; here they get the program's look, or the shortness of an SMS.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from campaigns.letters import Letter
from loyalty.lib.colours import ink_on
from loyalty.programs.models import Program


@dataclass(frozen=True, slots=True)
class Notice:
    """`code` is what the reader types somewhere, `link` where to go; `sms` says all of it in one line."""

    subject: str
    paragraphs: Sequence[str]
    sms: str
    code: str = ""
    link: str = ""


def letter(notice: Notice, *, program: Program, language: str) -> Letter:
    context = {
        "notice": notice,
        "subject": notice.subject,
        "program": program,
        "ink": ink_on(program.colour),
        "logo_url": urljoin(settings.SITE_URL, program.logo.url) if program.logo else "",
        "language": language,
    }
    with translation.override(language):
        text = render_to_string("emails/notice.txt", context)
        html = render_to_string("emails/notice.html", context)
    return Letter(" ".join(notice.subject.split()), text.strip() + "\n", html)
