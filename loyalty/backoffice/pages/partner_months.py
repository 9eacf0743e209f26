"""A partner's months: what it was billed, what it was owed, what is in dispute; each number opens its list."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from loyalty.backoffice.charts import Chart, Series
from loyalty.lib.admin import grouped
from loyalty.lib.money import money_text, to_decimal
from loyalty.partners import queries
from loyalty.partners.models import Partner
from loyalty.partners.queries import BILLED, OWED, Month

MONTHS = 12


@dataclass(frozen=True)
class Cell:
    value: str
    link: str = ""


def context(partner: Partner) -> dict[str, Any]:
    months = queries.months(partner=partner, most=MONTHS)
    return {"partner": partner, "chart": chart(partner, months), "rows": [row(each) for each in reversed(months)]}


def chart(partner: Partner, months: list[Month]) -> Chart:
    """One bar for each month, whatever the number of programs; statements in another money are in the table alone."""
    same_money = [each for each in months if each.statement.currency == partner.currency]
    by_month = [(month, list(each)) for month, each in groupby(same_money, key=lambda each: each.statement.month)]

    def amounts(name):
        sums = (sum(getattr(each, name) for each in found) for _month, found in by_month)
        return [float(to_decimal(amount, partner.currency)) for amount in sums]

    return Chart(
        title=_("Billed and owed by month"),
        help=_(
            "Above the line what the partner was billed, below it what it was owed; in dispute is what its file says."
        ),
        labels=[date_format(month, "M Y") for month, _found in by_month],
        series=[
            Series(_("billed"), amounts("billed"), "blue"),
            Series(_("owed to the partner"), amounts("owed"), "orange"),
            Series(_("in dispute"), amounts("disputed"), "red"),
        ],
        kind="bar",
    )


def row(month: Month) -> list[Cell]:
    statement = month.statement

    def money(amount):
        return money_text(amount, statement.currency)

    own = reverse("admin:partners_statement_change", args=[statement.pk])
    return [
        Cell(date_format(statement.month, "F Y"), own),
        Cell(str(statement.program)),
        Cell(money(month.billed), _lines(month, BILLED)),
        Cell(money(month.owed), _lines(month, OWED)),
        Cell(money(month.rest), _lines(month)),
        Cell(money(statement.closing), own),
        Cell(grouped(month.disputes), _disputes(month)),
    ]


def _lines(month: Month, kinds=()) -> str:
    asked = {"statement__exact": month.statement.pk} | ({"kind__in": ",".join(kinds)} if kinds else {})
    return f"{reverse('admin:partners_partnerline_changelist')}?{urlencode(asked)}"


def _disputes(month: Month) -> str:
    asked = {"matched__upload__statement__exact": month.statement.pk, "state__exact": "open"}
    return f"{reverse('admin:partners_dispute_changelist')}?{urlencode(asked)}"
