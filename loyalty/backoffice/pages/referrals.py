"""What referrals bring: net revenue by month, by referrer and by ambassador; each number opens its list."""

import csv
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from loyalty.backoffice.charts import Chart, Figure, Series
from loyalty.lib.admin import grouped
from loyalty.lib.money import money_text, to_decimal
from loyalty.lib.periods import Every, add_months, local_date, period_start
from loyalty.lib.spreadsheets import spreadsheet_safe
from loyalty.programs.models import Program
from loyalty.referrals import queries
from loyalty.referrals.queries import Revenue

MONTHS = 12
EVERYTHING = "all"
PURCHASES, REFUNDS, COST, WRITTEN_OFF = ["purchase"], ["refund"], ["gift", "gift_undone"], ["written_off"]
COLUMNS = (
    (_("purchases"), "purchases", PURCHASES),
    (_("given back"), "refunds", REFUNDS),
    (_("cost of gifts"), "cost", COST),
    (_("written off"), "written_off", WRITTEN_OFF),
    (_("net revenue"), "net", []),
)


@dataclass(frozen=True)
class Cell:
    value: str
    link: str


@dataclass(frozen=True)
class Row:
    """A line of a table: what it is about, the new buyers, and each amount with its list."""

    title: str
    buyers: str
    cells: list[Cell]


@dataclass(frozen=True)
class Asked:
    """The program and the months of the page."""

    program: Program
    first_month: date | None

    @property
    def months(self) -> dict[str, date | None]:
        return {"first_month": self.first_month}

    def list_of(self, kinds: list[str] | None = None, **more: Any) -> str:
        """The address of the amounts behind a number."""
        wanted: dict[str, Any] = {"program__id__exact": self.program.pk}
        if self.first_month and "month__exact" not in more:
            wanted["month__gte"] = self.first_month.isoformat()
        if kinds:
            wanted["kind__in"] = ",".join(kinds)
        return f"{reverse('admin:referrals_referralrevenue_changelist')}?{urlencode(wanted | more)}"

    def referrals(self, **more: Any) -> str:
        wanted = {"program__id__exact": self.program.pk} | more
        return f"{reverse('admin:referrals_referral_changelist')}?{urlencode(wanted)}"


def asked(request, programs: list[Program]) -> Asked:
    """The program asked for, else the first that has referrals; twelve months unless everything is asked for."""
    program = next((each for each in programs if each.code == request.GET.get("program")), programs[0])
    if request.GET.get("months") == EVERYTHING:
        return Asked(program, None)
    this_month = period_start(local_date(timezone.now(), program.tzinfo), Every.MONTH)
    return Asked(program, add_months(this_month, 1 - MONTHS))


def with_referrals() -> list[Program]:
    return list(Program.objects.filter(referral_program__isnull=False))


def context(request) -> dict[str, Any]:
    programs = with_referrals()
    if not programs:
        return {"programs": []}
    question = asked(request, programs)
    months = by_month(question)
    return {
        "program": question.program,
        "programs": switch(programs, question),
        "periods": periods(question),
        "figures": figures(question),
        "chart": chart(question),
        "columns": [title for title, _name, _kinds in COLUMNS],
        "months": months,
        "sources": by_source(question),
        "ambassadors": by_ambassador(question),
        "export": f"?{urlencode(chosen(question))}&csv=",
    }


def chosen(question: Asked) -> dict[str, str]:
    months = {} if question.first_month else {"months": EVERYTHING}
    return {"program": question.program.code} | months


def switch(programs, question):
    return [
        {
            "title": each.name,
            "link": f"?{urlencode(chosen(Asked(each, question.first_month)))}",
            "active": each == question.program,
        }
        for each in programs
    ]


def periods(question):
    code = {"program": question.program.code}
    return [
        {"title": _("Last twelve months"), "link": f"?{urlencode(code)}", "active": bool(question.first_month)},
        {
            "title": _("Everything"),
            "link": f"?{urlencode(code | {'months': EVERYTHING})}",
            "active": not question.first_month,
        },
    ]


def figures(question: Asked) -> list[Figure]:
    total = queries.revenue(question.program, **question.months)
    stand = queries.stats(question.program)
    money = question.program.money_currency
    return [
        Figure(
            _("Net revenue from referrals"),
            money_text(total.net, money),
            _("What friends bought, less what they gave back, less the cost of the gifts."),
            question.list_of(),
        ),
        Figure(
            _("Friends’ purchases"),
            money_text(total.purchases, money),
            _("All purchases of friends since they came, not their first alone."),
            question.list_of(PURCHASES),
        ),
        Figure(
            _("Cost of gifts"),
            money_text(total.cost, money),
            _("Of referrers, ambassadors and friends, less what was taken back."),
            question.list_of(COST),
        ),
        Figure(
            _("Friends who bought"),
            grouped(total.buyers),
            _("New buyers with a purchase in these months."),
            question.list_of(PURCHASES),
        ),
        Figure(
            _("Rewards that wait"),
            grouped(stand.qualified),
            _("The return window of the friend’s purchase has not passed yet."),
            question.referrals(state__exact="qualified"),
        ),
        Figure(
            _("Held for review"),
            grouped(stand.held),
            _("Pairs who may be one person: somebody has to look."),
            question.referrals(state__exact="held"),
        ),
    ]


def chart(question: Asked) -> Chart:
    rows = queries.revenue_by_month(question.program, **question.months)
    currency = question.program.money_currency

    def amounts(name):
        return [float(to_decimal(getattr(revenue, name), currency)) for _month, revenue in rows]

    return Chart(
        title=_("Revenue from referrals by month"),
        help=_("Above the line what friends bought, below it what was given back and what the gifts cost."),
        labels=[date_format(month, "M Y") for month, _revenue in rows],
        series=[
            Series(_("purchases"), amounts("purchases"), "green"),
            Series(_("given back"), amounts("refunds"), "orange"),
            Series(_("cost of gifts"), amounts("cost"), "red"),
        ],
        kind="bar",
    )


def by_month(question: Asked) -> list[Row]:
    return [
        row(question, date_format(month, "F Y"), revenue, {"month__exact": month.isoformat()})
        for month, revenue in reversed(queries.revenue_by_month(question.program, **question.months))
    ]


def by_source(question: Asked) -> list[Row]:
    return [
        row(question, str(each), each.revenue, of_source(each))
        for each in queries.revenue_by_source(question.program, **question.months)
    ]


def by_ambassador(question: Asked) -> list[Row]:
    return [
        row(question, str(each), each.revenue, of_source(each))
        for each in queries.revenue_by_ambassador(question.program, **question.months)
    ]


def of_source(source) -> dict[str, Any]:
    if source.ambassador:
        return {"ambassador__id__exact": source.ambassador.pk}
    return {"referrer__id__exact": source.referrer.pk, "ambassador__isnull": "True"}


def row(question: Asked, title: str, revenue: Revenue, more: dict[str, Any]) -> Row:
    currency = question.program.money_currency
    cells = [
        Cell(money_text(getattr(revenue, name), currency), question.list_of(kinds, **more))
        for _title, name, kinds in COLUMNS
    ]
    return Row(title, grouped(revenue.buyers), cells)


def as_csv(request, what: str) -> str:
    """The months or the referrers of the page as CSV, safe for spreadsheets; amounts in the program's money."""
    programs = with_referrals()
    question = asked(request, programs)
    if what == "months":
        found = [
            (month.strftime("%Y-%m"), revenue)
            for month, revenue in queries.revenue_by_month(question.program, **question.months)
        ]
    else:
        found = [
            (str(each), each.revenue)
            for each in queries.revenue_by_source(question.program, limit=100_000, **question.months)
        ]
    file = StringIO()
    writer = csv.writer(file)
    titles = [_("month") if what == "months" else _("brought by"), _("new buyers"), *(each[0] for each in COLUMNS)]
    writer.writerow([spreadsheet_safe(str(title)) for title in titles])
    currency = question.program.money_currency
    for title, revenue in found:
        amounts = [to_decimal(getattr(revenue, name), currency) for _title, name, _kinds in COLUMNS]
        writer.writerow([spreadsheet_safe(cell) for cell in (title, revenue.buyers, *amounts)])
    return "\ufeff" + file.getvalue()
