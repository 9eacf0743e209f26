"""Small joins of texts that languages punctuate in their own ways."""

from django.utils.formats import number_format
from django.utils.translation import get_language, gettext


def named(name, value) -> str:
    """`name: value`, with the space before the colon where the reader's language has one."""
    return gettext("%(name)s: %(value)s") % {"name": name, "value": value}


def percent_text(rate: float | None) -> str:
    """A rate of percents with one decimal: 95.4% in English, 95,4 % in French; a dash where there is none."""
    if rate is None:
        return "–"
    space = "" if (get_language() or "").startswith("en") else "\N{NO-BREAK SPACE}"
    return f"{number_format(round(rate, 1), 1)}{space}%"
