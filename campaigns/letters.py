"""The e-mail itself: subject, text and HTML of an occasion, in one language.

A letter is not a `Message`: it knows no state and no consent, and the preview makes one that nobody receives.
`figures` are plain values as a message keeps them: `{"points": 50}` of a welcome, and of points that expire
`{"lots": [["2026-03-31", 120]]}`, each last usable day with its points; `cashback` is the same in minor units.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from email.utils import formataddr, parseaddr
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _

from campaigns import rules
from campaigns.models import EmailSetting, Occasion
from loyalty.ledger.currencies import Currency
from loyalty.lib.colours import ink_on
from loyalty.lib.money import money_text
from loyalty.programs.models import Program

SUBJECTS = {
    Occasion.WELCOME: _("Welcome to {program}"),
    Occasion.POINTS_EXPIRING: _("{program}: {points} {currency} expire soon"),
}
LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str
    html: str


def compose(
    *,
    program: Program,
    occasion: str,
    language: str,
    first_name: str,
    number: str,
    figures: dict,
    unsubscribe_url: str,
    setting: EmailSetting | None = None,
) -> Letter:
    with translation.override(language):
        shown = _shown(program, first_name, figures)
        context = shown | {
            "program": program,
            "name": shown["first_name"],
            "number": number,
            "intro": rules.fill(setting.intro, shown) if setting else "",
            "ink": ink_on(program.colour),
            "logo_url": urljoin(settings.SITE_URL, program.logo.url) if program.logo else "",
            "language": language,
            "unsubscribe_url": unsubscribe_url,
        }
        pattern = (setting.subject if setting else "") or str(SUBJECTS[Occasion(occasion)])
        subject = " ".join(rules.fill(pattern, shown).split())[:LONGEST_SUBJECT]
        text = render_to_string(f"emails/{occasion}.txt", context)
        html = render_to_string(f"emails/{occasion}.html", context | {"subject": subject})
    return Letter(subject, text.strip() + "\n", html)


def addressed(letter: Letter, *, program: Program, to: str, unsubscribe_url: str) -> EmailMultiAlternatives:
    """The letter with its headers. One-click unsubscribe is RFC 8058's; it needs an https address to be offered."""
    sender = formataddr((program.name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
    headers = {
        "List-Unsubscribe": f"<{unsubscribe_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office answers to this
    }
    email = EmailMultiAlternatives(letter.subject, letter.text, sender, [to], headers=headers)
    email.attach_alternative(letter.html, "text/html")
    return email


def _shown(program: Program, first_name: str, figures: dict) -> dict:
    """The figures as the reader's language writes them, by the names of the placeholders."""
    lots, cashback = _days(figures.get("lots", [])), _days(figures.get("cashback", []))
    points = figures.get("points", 0) + sum(points for _, points in lots)
    money = sum(minor for _, minor in cashback)
    days = [
        (day, _number(points) if not money else f"{_number(points)} {program.currency_name}") for day, points in lots
    ]
    days += [(day, money_text(minor, program.money_currency)) for day, minor in cashback]
    totals = [(_number(points), program.currency_name)] if points else []
    totals += [(money_text(money, program.money_currency), str(Currency.CASHBACK.label))] if money else []
    return {
        "first_name": rules.greeting_name(first_name),
        "program": program.name,
        "points": totals[0][0] if totals else "",
        "currency": _beside(totals) or program.currency_name,
        "what": _listed([name for _, name in totals]),
        "date": date_format(min(days)[0], "DATE_FORMAT") if days else "",
        "totals": totals,
        "lots": [(date_format(day, "DATE_FORMAT"), amount) for day, amount in sorted(days)],
    }


def _days(lots: Sequence[tuple[str, int]]) -> list[tuple[date, int]]:
    return [(date.fromisoformat(day), amount) for day, amount in lots]


def _beside(totals: Sequence[tuple[str, str]]) -> str:
    """What comes after the first amount: “points”, or “points and €5.00 cash-back”."""
    others = [f"{amount} {name}" for amount, name in totals[1:]]
    return _listed([name for _, name in totals[:1]] + others)


def _listed(words: list[str]) -> str:
    return str(get_text_list(words, _("and")))


def _number(points: int) -> str:
    return number_format(points, use_l10n=True, force_grouping=True)
