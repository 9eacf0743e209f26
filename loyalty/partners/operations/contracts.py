"""What is agreed with partners, and what they buy in advance or pay."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from loyalty.lib.saving import save_checked
from loyalty.partners.models import BudgetUse, Contract, Partner, PartnerLine, PrepaidPack
from loyalty.programs.models import Program

from .errors import PartnersError
from .partners import create_partner

COUNTED = (PartnerLine.Kind.ACCRUAL, PartnerLine.Kind.REFUND)


@transaction.atomic
def add_contract(*, program: Program, partner: Partner, at: datetime, by=None, **terms: Any) -> Contract:
    """A contract; `terms` are columns of `Contract`. Raises `ValidationError`, for days that another one holds too."""
    return save_contract(Contract(program=program, partner=partner, created_at=at, by=by, **terms), at=at, by=by)


@transaction.atomic
def save_contract(contract: Contract, *, at: datetime, by=None) -> Contract:
    """Checked, and with its budgets counted: they may begin long after the contract did."""
    save_checked(contract, by=by, at=at)
    if contract.is_limited:
        _count_anew(contract)
    return contract


def _count_anew(contract: Contract) -> None:
    """What was earned under the contract by month of the program."""
    zone = contract.program.tzinfo
    lines = PartnerLine.objects.filter(contract=contract, kind__in=COUNTED)
    own = lines.filter(undoes__isnull=True).annotate(month=TruncMonth("occurred_at", tzinfo=zone))
    back = lines.filter(undoes__isnull=False).annotate(month=TruncMonth("undoes__occurred_at", tzinfo=zone))
    sums: dict = {}
    for rows in (own, back):
        for month, points in rows.order_by().values("month").annotate(sum=Sum("points")).values_list("month", "sum"):
            day = month.astimezone(zone).date()
            sums[day] = sums.get(day, 0) + points
    for month, points in sums.items():
        BudgetUse.objects.update_or_create(contract=contract, month=month, defaults={"points": points})


@transaction.atomic
def join_partner(
    *, program: Program, code: str, name: str, at: datetime, by=None, currency: str = "", **terms: Any
) -> Contract:
    """The partner of this code, made where nobody has it, with a contract in the program."""
    partner = Partner.objects.filter(code=code).first() or create_partner(
        code=code,
        name=name,
        currency=currency or program.money_currency,
        language=program.language,
        at=at,
        by=by,
    )
    return add_contract(program=program, partner=partner, at=at, by=by, **terms)


@transaction.atomic
def buy_pack(
    *, program: Program, partner: Partner, points: int, price: int, reference: str, at: datetime, by=None
) -> PrepaidPack:
    """The partner buys points in advance, at `price` in minor units. The same reference again changes nothing.

    Raises `ValidationError`, `PartnersError` where the reference stands for another pack.
    """
    who = {"program": program, "partner": partner, "reference": reference}
    if known := PrepaidPack.objects.filter(**who).first():
        return _same(known, points, price)
    pack = PrepaidPack(**who, points=points, price=price, left=points, bought_at=at, by=by)
    pack.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            pack.save()
    except IntegrityError:
        return _same(PrepaidPack.objects.get(**who), points, price)
    PartnerLine.objects.create(
        program=program,
        partner=partner,
        kind=PartnerLine.Kind.PACK,
        amount=price,
        prepaid_points=points,
        reference=reference,
        cause=f"pack:{pack.pk}",
        occurred_at=at,
        recorded_at=at,
        by=by,
    )
    return pack


def _same(known: PrepaidPack, points: int, price: int) -> PrepaidPack:
    if (known.points, known.price) != (points, price):
        raise PartnersError(_("This reference stands for another pack."), "reference_reused")
    return known


@transaction.atomic
def record_payment(
    *, program: Program, partner: Partner, amount: int, reference: str, occurred_at: datetime, at: datetime, by=None
) -> PartnerLine:
    """Money that changed hands: above zero the partner paid, below zero it was paid. A retry changes nothing.

    Raises `PartnersError`.
    """
    if not amount or not reference.strip():
        raise PartnersError(_("A payment has an amount and a reference."), "payment_invalid")
    line, _created = PartnerLine.objects.get_or_create(
        program=program,
        partner=partner,
        kind=PartnerLine.Kind.PAYMENT,
        cause=f"payment:{reference}"[:60],
        defaults={
            "amount": -amount,
            "reference": reference,
            "occurred_at": occurred_at,
            "recorded_at": at,
            "by": by,
        },
    )
    if line.amount != -amount:
        raise PartnersError(_("This reference stands for another payment."), "reference_reused")
    return line
