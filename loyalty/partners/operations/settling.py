"""A month between a partner and a program becomes a statement: once, whoever asks and how often.

A statement takes up every line that happened before its month's end and stands on no other: what was recorded late, or
corrects an earlier month, falls into the next one.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from loyalty.lib import sql
from loyalty.lib.periods import Every, add_months, period_start, start_of_day
from loyalty.partners.models import Contract, Partner, PartnerLine, Statement
from loyalty.programs.models import Program

from .errors import PartnersError

SUMMED = ("points", "amount", "prepaid_points")
SUMS = [Sum(name) for name in SUMMED]


@transaction.atomic
def settle(*, program: Program, partner: Partner, month: date, at: datetime, by=None, reason: str = "") -> Statement:
    """The statement of the month that holds the day, issued if it is not there. Raises `PartnersError`."""
    month = period_start(month, Every.MONTH)
    end = start_of_day(add_months(month, 1), program.tzinfo)
    if at < end:
        raise PartnersError(_("This month is not over."), "month_not_over")
    partner = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)  # one at a time
    issued = Statement.objects.filter(program=program, partner=partner)
    if known := issued.filter(month=month).first():
        return known
    last = issued.order_by("-month").first()
    if last and last.month > month:
        raise PartnersError(_("A later month was issued already."), "later_month_issued")
    (number,) = sql.reserve({Statement: 1})[Statement]
    _take_up(program, partner, end, number)
    totals = _totals(number)
    facts = {"program": program, "partner": partner, "month": month, "issued_at": at, "by": by, "reason": reason}
    return _issue(number, last, totals, **facts)


def _take_up(program: Program, partner: Partner, end: datetime, number: int) -> None:
    """Lines first, and the sums over these: a line that comes at this very moment waits for the next month."""
    open_lines = PartnerLine.objects.filter(program=program, partner=partner, statement__isnull=True)
    open_lines.filter(occurred_at__lt=end).update(statement=number)


def _totals(number: int) -> dict[str, dict[str, int]]:
    lines = PartnerLine.objects.filter(statement=number).order_by("kind").values("kind")
    rows = lines.annotate(Count("id"), *SUMS).values_list("kind", "id__count", *(f"{name}__sum" for name in SUMMED))
    return {kind: dict(zip(("count", *SUMMED), sums, strict=True)) for kind, *sums in rows}


def _issue(number: int, last: Statement | None, totals: dict[str, dict[str, int]], **facts: Any) -> Statement:
    sums = {name: sum(row[name] for row in totals.values()) for name in ("count", *SUMMED)}
    opening, prepaid = (last.closing, last.prepaid_closing) if last else (0, 0)
    return Statement.objects.create(
        pk=number,
        currency=facts["partner"].currency,
        opening=opening,
        total=sums["amount"],
        closing=opening + sums["amount"],
        prepaid_opening=prepaid,
        prepaid_change=sums["prepaid_points"],
        prepaid_closing=prepaid + sums["prepaid_points"],
        count=sums["count"],
        totals=totals,
        **facts,
    )


def settle_all(*, program: Program, month: date, at: datetime, by=None) -> int:
    """Every partner of the program with something to state in that month. Returns the number of statements issued."""
    partners = Partner.objects.filter(pk__in=Contract.objects.filter(program=program).values("partner"))
    issued = 0
    for partner in partners.order_by("pk"):
        known = Statement.objects.filter(program=program, partner=partner)
        if not known.filter(month__gte=month).exists() and _has_something(program, partner, month):
            settle(program=program, partner=partner, month=month, at=at, by=by)
            issued += 1
    return issued


def _has_something(program: Program, partner: Partner, month: date) -> bool:
    """A contract in that month, a line that waits, or a balance to carry on."""
    contracts = Contract.objects.filter(program=program, partner=partner)
    if contracts.overlapping(month, add_months(month, 1)).exists():
        return True
    if PartnerLine.objects.filter(program=program, partner=partner, statement__isnull=True).exists():
        return True
    last = Statement.objects.filter(program=program, partner=partner).order_by("-month").first()
    return last is not None and bool(last.closing or last.prepaid_closing)
