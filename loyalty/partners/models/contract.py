from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy
from simple_history.models import HistoricalRecords

from loyalty.lib.fields import TextListField
from loyalty.partners.querysets import ContractQuerySet
from loyalty.programs.models import Program

from .partner import Partner

# What lines were booked by is never edited: a new contract follows.
TERMS = ("valid_from", "accrual_rate", "redemption_rate", "rounding", "billing")


class Contract(models.Model):
    """What a partner and a program agreed for some days: what a point costs, and where it stops.

    Rates are minor units of the partner's money per point. The days are the program's. Of one partner and program no
    two contracts hold on the same day: see `loyalty.partners.overlap`.
    """

    class Rounding(models.TextChoices):
        FLOOR = "floor", _("down")
        ROUND = "round", _("to the nearest")
        HALF_EVEN = "half_even", _("to the nearest, halves to the even one")
        CEIL = "ceil", _("up")

    class Billing(models.TextChoices):
        POSTPAID = "postpaid", _("billed afterwards")
        PREPAID = "prepaid", _("from packs bought before")

    class OverBudget(models.TextChoices):
        TRIM = "trim", _("give what is left")
        REFUSE = "refuse", _("refuse the activity")

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="contracts", verbose_name=_("partner"))
    program = models.ForeignKey(Program, models.PROTECT, related_name="partner_contracts", verbose_name=_("program"))
    valid_from = models.DateField(_("first day"))
    valid_until = models.DateField(
        _("ends before"), null=True, blank=True, help_text=_("The first day on which it no longer holds.")
    )
    accrual_rate = models.DecimalField(
        _("the partner pays, per point earned there"),
        max_digits=12,
        decimal_places=6,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("In the smallest unit of the partner’s money: 0.85 is 0.85 cents a point."),
    )
    redemption_rate = models.DecimalField(
        _("the program pays, per point spent there"),
        max_digits=12,
        decimal_places=6,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("In the smallest unit of the partner’s money."),
    )
    rounding = models.CharField(_("rounding"), max_length=10, choices=Rounding.choices, default=Rounding.HALF_EVEN)
    kinds = TextListField(
        _("kinds of activity"), help_text=_("Such as purchase, visit; empty means every kind. Refunds always come in.")
    )
    can_redeem = models.BooleanField(_("points can be spent there"), default=True)
    billing = models.CharField(_("billing"), max_length=10, choices=Billing.choices, default=Billing.POSTPAID)
    budget_month = models.PositiveBigIntegerField(
        _("budget per month, points"), null=True, blank=True, help_text=_("Empty means without limit.")
    )
    budget_total = models.PositiveBigIntegerField(_("budget in all, points"), null=True, blank=True)
    over_budget = models.CharField(
        _("beyond the budget"), max_length=10, choices=OverBudget.choices, default=OverBudget.TRIM
    )
    created_at = models.DateTimeField(_("created"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    history = HistoricalRecords(verbose_name=_("history of the contract"))

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        ordering = ["partner", "program", "-valid_from"]
        permissions = [("book_contract", gettext_noop("Can book packs and payments of partners"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="contract_ends_after_it_starts",
                violation_error_message=_("The contract would end before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(accrual_rate__gte=0, redemption_rate__gte=0), name="contract_rates_are_not_negative"
            ),
        ]

    def __str__(self):
        return f"{self.partner} · {self.program} · {self.valid_from}"

    @property
    def is_limited(self) -> bool:
        return self.billing == self.Billing.PREPAID or self.budget_month is not None or self.budget_total is not None

    def holds_on(self, day) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)

    def clean(self):
        if not (self.partner_id and self.program_id and self.valid_from):
            return
        others = Contract.objects.filter(partner=self.partner_id, program=self.program_id).exclude(pk=self.pk)
        if others.overlapping(self.valid_from, self.valid_until).exists():
            raise ValidationError(
                {"valid_from": _("Another contract of this partner and program holds on some of these days.")}
            )
        if self.pk and self.lines.exists():
            self._keep_terms()

    def _keep_terms(self):
        before = Contract.objects.get(pk=self.pk)
        changed = [name for name in TERMS if getattr(self, name) != getattr(before, name)]
        if changed:
            message = _("Points were booked under this contract: end it, and let another one follow.")
            raise ValidationError(dict.fromkeys(changed, message))


class BudgetUse(models.Model):
    """The points that were earned under a contract in a month, less refunds; kept where it is limited."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="used", verbose_name=_("contract"))
    month = models.DateField(pgettext_lazy("calendar", "month"))
    points = models.BigIntegerField(_("points"), default=0)

    class Meta:
        verbose_name = _("use of a budget")
        verbose_name_plural = _("uses of budgets")
        constraints = [models.UniqueConstraint("contract", "month", name="budget_use_is_counted_once")]

    def __str__(self):
        return f"{self.month:%Y-%m}: {self.points}"


class PrepaidPack(models.Model):
    """Points that a partner bought in advance, for a program. Drawn in the order in which they were bought."""

    fixed_columns = ("partner_id", "program_id", "points", "price", "reference", "bought_at")

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="packs", verbose_name=_("partner"))
    program = models.ForeignKey(Program, models.PROTECT, related_name="+", verbose_name=_("program"))
    points = models.PositiveBigIntegerField(_("points bought"), validators=[MinValueValidator(1)])
    price = models.PositiveBigIntegerField(_("price, in minor units"))
    left = models.PositiveBigIntegerField(_("points left"), editable=False)
    reference = models.CharField(_("reference"), max_length=120)
    bought_at = models.DateTimeField(_("bought"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("prepaid pack")
        verbose_name_plural = _("prepaid packs")
        constraints = [
            models.UniqueConstraint("partner", "program", "reference", name="prepaid_pack_is_bought_once"),
            models.CheckConstraint(condition=Q(points__gte=1), name="prepaid_pack_holds_points"),
            models.CheckConstraint(
                condition=Q(left__gte=0, left__lte=F("points")), name="prepaid_pack_is_not_overdrawn"
            ),
        ]

    def __str__(self):
        return self.reference
