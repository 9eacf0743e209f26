"""What a brand gets to see of the rewards that it pays for, by month in the program's zone. Nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce, TruncMonth

from loyalty.lib.periods import Every, periods, start_of_day
from loyalty.programs.models import Program
from rewards.models import Reward, Voucher, VoucherUse


@dataclass(frozen=True, slots=True)
class BrandMonth:
    """`[start, end)` is the month as moments; `outstanding` is how many vouchers were open at its end, or are now."""

    month: date
    start: datetime
    end: datetime
    issued: int
    used: int
    value_used: int
    outstanding: int


def brands(*, program: Program) -> list[str]:
    """The brands that pay for rewards of the program."""
    funded = Reward.objects.filter(program=program).exclude(funded_by="")
    return list(funded.order_by("funded_by").values_list("funded_by", flat=True).distinct())


def years(*, program: Program, brand: str, at: datetime) -> list[int]:
    """The years in which the brand's vouchers were given out, and this one; the latest first."""
    first = vouchers(program=program, brand=brand).order_by("issued_at").values_list("issued_at", flat=True).first()
    this = at.astimezone(program.tzinfo).year
    since = first.astimezone(program.tzinfo).year if first else this
    return list(range(this, since - 1, -1))


def brand_statement(*, program: Program, brand: str, year: int, at: datetime) -> list[BrandMonth]:
    """The months of a year up to `at`. What a use took off is what it said; where the sale did not tell its basket,
    the voucher's amount. Uses of sales that were undone do not count."""
    months = [
        (first, start_of_day(first, program.tzinfo), min(start_of_day(end, program.tzinfo), at))
        for first, end in periods(date(year, 1, 1), date(year + 1, 1, 1), Every.MONTH)
        if start_of_day(first, program.tzinfo) < at
    ]
    issued = _by_month(program, vouchers(program=program, brand=brand), "issued_at", months, given=Count("id"))
    used = _by_month(
        program,
        uses(program=program, brand=brand),
        "used_at",
        months,
        times=Count("id"),
        value=Sum(Coalesce("worth", "voucher__value", 0)),
    )
    mine = vouchers(program=program, brand=brand)
    return [
        BrandMonth(
            first,
            start,
            end,
            issued.get(first, {}).get("given", 0),
            used.get(first, {}).get("times", 0),
            used.get(first, {}).get("value", 0),
            mine.open_at(end).count(),
        )
        for first, start, end in months
    ]


def vouchers(*, program: Program, brand: str):
    """Those that were exchanged for others are not counted beside them."""
    return Voucher.objects.filter(program=program, reward__funded_by=brand).exclude(state=Voucher.State.EXCHANGED)


def uses(*, program: Program, brand: str):
    return VoucherUse.objects.filter(voucher__program=program, voucher__reward__funded_by=brand, undoing__isnull=True)


def _by_month(program: Program, rows, moment: str, months: Sequence[tuple[date, datetime, datetime]], **totals) -> dict:
    if not months:
        return {}
    within = rows.filter(**{f"{moment}__gte": months[0][1], f"{moment}__lt": months[-1][2]})
    grouped = within.order_by().annotate(month=TruncMonth(moment, tzinfo=program.tzinfo)).values("month")
    return {row["month"].astimezone(program.tzinfo).date(): row for row in grouped.annotate(**totals)}
