"""The picture of a card: a hole for each punch, drawn on the server, told to who cannot see it."""

from typing import NamedTuple

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from loyalty.punchcards import sentences

register = template.Library()

STEP, RADIUS, MARGIN = 40, 14, 26
WIDEST = 10


class Hole(NamedTuple):
    x: int
    y: int
    is_punched: bool


@register.simple_tag
def punch_card(card) -> SafeString:
    """The picture of a `queries.HeldCard`."""
    return picture(
        name=card.name,
        punches=card.punches,
        of=card.of,
        key=f"{card.program}-{card.number}",
        more=sentences.more(card.punch_on, card.missing),
    )


def picture(*, name: str, punches: int, of: int, key: str, more: str = "") -> SafeString:
    """`key` sets the picture apart from others of the same page; `more` says what is missing."""
    columns = _columns(of)
    rows = -(-of // columns)
    holes = [
        Hole(MARGIN + STEP * (number % columns), MARGIN + STEP * (number // columns), number < punches)
        for number in range(of)
    ]
    context = {
        "name": name,
        "punches": punches,
        "of": of,
        "more": more,
        "key": key,
        "holes": holes,
        "radius": RADIUS,
        "width": 2 * MARGIN + STEP * (columns - 1),
        "height": 2 * MARGIN + STEP * (rows - 1),
    }
    return SafeString(render_to_string("punchcards/card.html", context))


def _columns(of: int) -> int:
    """Rows of equal length as far as can be: five and five rather than eight and two."""
    rows = -(-of // WIDEST) if of > WIDEST else 1 if of <= 6 else 2
    return -(-of // rows)
