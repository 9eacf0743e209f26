"""QR codes: a card's number alone, so that any scanner types it; an address that a phone opens."""

from io import BytesIO

import segno
from django.utils.safestring import SafeString, mark_safe

LOOK = {"scale": 4, "border": 4, "light": "#fff", "omitsize": True}  # it fills its box


def qr_svg(text: str) -> SafeString:
    """An SVG to stand in a page."""
    return mark_safe(_code(text).svg_inline(**LOOK))  # noqa: S308  segno's own


def qr_file(text: str) -> bytes:
    """The same as a picture of its own, for an address that a page shows when it gets to it."""
    file = BytesIO()
    _code(text).save(file, kind="svg", nl=False, **LOOK)
    return file.getvalue()


def _code(text: str) -> segno.QRCode:
    """Never a Micro QR, which many scanners of tills reject; M mends 15 % of dirt."""
    return segno.make_qr(text, error="m")
