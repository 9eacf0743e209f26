"""A statement as the partner gets it: a CSV file for their systems and a PDF for their desks, in their language.

The CSV has the columns that a partner's own file is matched by (`reference,date,points,amount`), so that either side
can hold the other's against its own.
"""

import csv
from collections.abc import Iterator
from io import BytesIO
from unicodedata import normalize

from django.utils.formats import date_format, number_format
from django.utils.html import escape
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext
from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from loyalty.lib.money import money_text, to_decimal
from loyalty.lib.periods import local_date
from loyalty.lib.spreadsheets import spreadsheet_safe
from loyalty.partners.models import PartnerLine, Statement

COLUMNS = ("reference", "date", "points", "amount", "kind", "rate", "prepaid_points", "member", "corrects")
MOST_PRINTED = 5_000  # lines; beyond that the file is what can be worked with
GREY = colors.HexColor("#e5e7eb")
FRAME_PADDING = 6  # points that reportlab leaves inside the margins
EDGE = 18 * mm
WIDTH = A4[0] - 2 * EDGE
CELL = ParagraphStyle("cell", fontName="Helvetica", fontSize=8, leading=9.6, splitLongWords=True)

INSTEAD = str.maketrans({"\u2212": "-", "\u202f": "\xa0", "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "ı": "i"})


class _Echo:
    def write(self, line: str) -> str:
        return line


def csv_lines(statement: Statement) -> Iterator[str]:
    """Heading first, safe for spreadsheets; read as they are written."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)
    for line in lines_of(statement).iterator(chunk_size=2000):
        yield writer.writerow([spreadsheet_safe(cell) for cell in _cells(line, statement)])


def lines_of(statement: Statement):
    return statement.lines.select_related("undoes").order_by("occurred_at", "pk")


def _cells(line: PartnerLine, statement: Statement) -> list:
    day = local_date(line.occurred_at, statement.program.tzinfo)
    amount = to_decimal(line.amount, statement.currency)
    corrects = line.undoes.reference if line.undoes else ""
    rate = "" if line.rate is None else line.rate
    shared = [line.reference, day.isoformat(), line.points, amount]
    return [*shared, line.kind, rate, line.prepaid_points, line.public_id or "", corrects]


def pdf(statement: Statement) -> bytes:
    """The statement to be printed and kept."""
    with override(statement.partner.language):
        file = BytesIO()
        document = SimpleDocTemplate(
            file,
            pagesize=A4,
            leftMargin=EDGE - FRAME_PADDING,
            rightMargin=EDGE - FRAME_PADDING,
            topMargin=18 * mm,
            bottomMargin=20 * mm,
            title=title(statement),
            author=statement.program.name,
            lang=statement.partner.language,
        )
        document.build(_story(statement), canvasmaker=_numbered(title(statement)))
        return file.getvalue()


def title(statement: Statement) -> str:
    words = {"partner": statement.partner, "month": date_format(statement.month, "YEAR_MONTH_FORMAT")}
    return _("Statement %(partner)s, %(month)s") % words


def who_owes(statement: Statement) -> str:
    """The statement in a sentence."""
    words = {"partner": statement.partner, "program": statement.program}
    words["amount"] = money_text(abs(statement.closing), statement.currency)
    if statement.closing > 0:
        return _("%(partner)s owes %(program)s %(amount)s.") % words
    if statement.closing < 0:
        return _("%(program)s owes %(partner)s %(amount)s.") % words
    return _("Nobody owes anything.")


def summary(statement: Statement) -> list[tuple[str, str, str, str]]:
    """What it is, how many lines, points and amount: carried over, each kind of line, the balance."""
    shown = [(_("carried over"), "", "", _money(statement.opening, statement))]
    for kind in PartnerLine.Kind:
        if row := statement.totals.get(kind.value):
            amount = _money(row["amount"], statement)
            shown.append((str(kind.label), _number(row["count"]), _number(row["points"]), amount))
    shown.append((_("total of the month"), _number(statement.count), "", _money(statement.total, statement)))
    shown.append((_("balance"), "", "", _money(statement.closing, statement)))
    return shown


def has_prepaid(statement: Statement) -> bool:
    """Whether points were carried over, bought or used, be it to the last one."""
    moved = any(row["prepaid_points"] for row in statement.totals.values())
    return bool(moved or statement.prepaid_opening or statement.prepaid_closing)


def prepaid(statement: Statement) -> str:
    """How the prepaid points stand."""
    words = {"opening": _number(statement.prepaid_opening), "closing": _number(statement.prepaid_closing)}
    return _("Prepaid points: %(opening)s carried over, %(closing)s left.") % words


def small_print(statement: Statement) -> str:
    """When it was issued, and what its rates are in."""
    day = date_format(local_date(statement.issued_at, statement.program.tzinfo), "DATE_FORMAT")
    words = {"day": day, "currency": statement.currency}
    return _("Issued on %(day)s. Rates are in the smallest unit of %(currency)s for each point.") % words


def _story(statement: Statement) -> list:
    styles = getSampleStyleSheet()
    styles["Title"].alignment = TA_LEFT
    sentences = [who_owes(statement), *([prepaid(statement)] if has_prepaid(statement) else []), small_print(statement)]
    heading = [_("line"), _("number of lines"), _("points"), _("amount")]
    totals = Table([[_plain(capfirst(cell)) for cell in row] for row in [heading, *summary(statement)]], hAlign="LEFT")
    totals.setStyle(_style(numbers=3, bold=[-1, -2]))
    story = [
        _paragraph(title(statement), styles["Title"]),
        _paragraph(statement.program.name, styles["Heading4"]),
        *(_paragraph(sentence, styles["BodyText"]) for sentence in sentences),
        Spacer(1, 4 * mm),
        totals,
        Spacer(1, 8 * mm),
    ]
    if statement.count > MOST_PRINTED:
        words = {"count": _number(statement.count)}
        return [*story, _paragraph(_("The %(count)s lines are in the CSV file.") % words, styles["BodyText"])]
    return [*story, *([_table(statement)] if statement.count else [])]


def _paragraph(text: str, style) -> Paragraph:
    return Paragraph(escape(_plain(text)), style)


def _table(statement: Statement) -> LongTable:
    """The lines; with a column for prepaid points where there are any."""
    heading = [_("date"), _("kind"), _("reference"), _("points"), _("rate"), _("amount")]
    widths = [22 * mm, 38 * mm, 49 * mm, 20 * mm, 17 * mm, 28 * mm]
    with_prepaid = has_prepaid(statement)
    if with_prepaid:
        heading.insert(5, pgettext("points", "prepaid"))
        widths[2:3] = [29 * mm]
        widths.insert(5, 20 * mm)
    rows = [map(capfirst, heading), *(_printed(line, statement, with_prepaid) for line in lines_of(statement))]
    table = LongTable(
        [[_fitting(cell, width) for cell, width in zip(row, widths, strict=True)] for row in rows],
        colWidths=widths,
        repeatRows=1,
        hAlign="LEFT",
    )
    table.setStyle(_style(numbers=len(heading) - 3))
    return table


def _printed(line: PartnerLine, statement: Statement, with_prepaid: bool) -> list[str]:
    # The month in letters: which of two numbers is the day differs among those who read English.
    day = date_format(local_date(line.occurred_at, statement.program.tzinfo), pgettext("format of a date", "j M Y"))
    rate = "" if line.rate is None else number_format(line.rate.normalize(), use_l10n=True)
    cells = [day, capfirst(line.get_kind_display()), line.reference, _number(line.points), rate]
    drawn = [_number(line.prepaid_points)] if with_prepaid else []
    return [*cells, *drawn, _money(line.amount, statement)]


def _fitting(text: str, width: float) -> str | Paragraph:
    """The cell, on several lines only where it has to be: thousands of paragraphs would take their time."""
    fits = stringWidth(_plain(text), CELL.fontName, CELL.fontSize) <= width - 2 * FRAME_PADDING
    return _plain(text) if fits else _paragraph(text, CELL)


def _style(*, numbers: int, bold=()) -> TableStyle:
    """The last columns, as many as `numbers`, are figures."""
    commands = [
        ("FONTSIZE", (0, 0), (-1, -1), CELL.fontSize),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("BACKGROUND", (0, 0), (-1, 0), GREY),
        ("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, GREY),
        ("ALIGN", (-numbers, 0), (-1, -1), "RIGHT"),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
    ]
    return TableStyle([*commands, *(("FONTNAME", (0, row), (-1, row), "Helvetica-Bold") for row in bold)])


def _numbered(footer: str) -> type[Canvas]:
    """A canvas that knows at the end how many pages there are."""
    first_line = simpleSplit(_plain(footer), "Helvetica", 7, WIDTH - 25 * mm)[0]

    class Numbered(Canvas):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self._pages: list[dict] = []

        def showPage(self):  # noqa: N802
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self):
            for number, page in enumerate(self._pages, start=1):
                self.__dict__.update(page)
                self.setFont("Helvetica", 7)
                words = {"number": number, "pages": len(self._pages)}
                self.drawString(EDGE, 10 * mm, first_line)
                self.drawRightString(A4[0] - EDGE, 10 * mm, _plain(_("Page %(number)d of %(pages)d") % words))
                super().showPage()
            super().save()

    return Numbered


def _plain(text: str) -> str:
    """What the PDF's own fonts can draw: they have the letters of Western Europe, no true minus and no narrow space."""
    return "".join(sign if _has(sign) else normalize("NFKD", sign)[0] for sign in str(text).translate(INSTEAD))


def _has(sign: str) -> bool:
    return bool(sign.encode("cp1252", "ignore"))


def _number(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)


def _money(minor: int, statement: Statement) -> str:
    return money_text(minor, statement.currency)
