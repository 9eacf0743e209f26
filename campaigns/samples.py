"""Examples of the e-mails, with made-up figures, as staff look at them before anybody receives one."""

from datetime import datetime, timedelta

from campaigns import letters
from campaigns.models import DAYS_BEFORE, EmailSetting, Occasion
from campaigns.unsubscribing import NOBODY, address
from loyalty.lib.periods import local_date
from loyalty.programs.models import Program

FIRST_NAMES = {"fr": "Camille", "en": "Alex"}
NUMBER = "M2345678ABCD"


def letter(
    program: Program, occasion: str, language: str, at: datetime, setting: EmailSetting | None
) -> letters.Letter:
    return letters.compose(
        program=program,
        occasion=occasion,
        language=language,
        first_name=FIRST_NAMES[language],
        number=NUMBER,
        figures=_figures(program, occasion, at, setting),
        unsubscribe_url=address(NOBODY),
        setting=setting,
    )


def _figures(program: Program, occasion: str, at: datetime, setting: EmailSetting | None) -> dict:
    if occasion == Occasion.WELCOME:
        return {"points": 50}
    first = local_date(at, program.tzinfo) + timedelta(days=setting.days_before if setting else DAYS_BEFORE)
    return {"lots": [(first.isoformat(), 1200), ((first + timedelta(days=3)).isoformat(), 85)]}
