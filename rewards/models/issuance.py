from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from loyalty.ledger.currencies import Currency
from loyalty.programs.models import Program
from members.models import Member

from .voucher import Voucher


class IssuanceRule(models.Model):
    """Each month, on day 1, each full `points` of the balance becomes `value`: 100 → 5.00. One per currency.

    Of cash-back `points` are minor units: 1 → 1 pays it out as a voucher. Who has less than `minimum` waits.
    """

    program = models.ForeignKey(Program, models.PROTECT, related_name="issuance_rules", verbose_name=_("program"))
    currency = models.CharField(
        _("currency"), max_length=20, choices=Currency.choices, default=Currency.POINTS, db_default=Currency.POINTS
    )
    points = models.PositiveIntegerField(_("points per step"), validators=[MinValueValidator(1)])
    value = models.PositiveBigIntegerField(_("amount per step, in minor units"), validators=[MinValueValidator(1)])
    minimum = models.PositiveIntegerField(
        _("minimum"), default=0, db_default=0, help_text=_("Who has less keeps it until a later month.")
    )
    voucher_days = models.PositiveIntegerField(
        _("voucher’s validity, days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("The day of issue is the first; empty means for ever."),
    )
    is_active = models.BooleanField(pgettext_lazy("rule", "active"), default=True)
    history = HistoricalRecords(verbose_name=_("history of the rule"))

    class Meta:
        verbose_name = _("monthly issuance rule")
        verbose_name_plural = _("monthly issuance rules")
        constraints = [
            models.CheckConstraint(condition=Q(points__gte=1, value__gte=1), name="issuance_rule_gives_value"),
            models.UniqueConstraint(
                "program",
                "currency",
                name="issuance_rule_is_one_per_currency",
                violation_error_message=_("The program has a monthly issuance of this currency already."),
            ),
        ]

    def __str__(self):
        return str(self.program)


class Issuance(models.Model):
    """One member's month: the points that became a voucher. Exactly one per member, program, currency and month."""

    append_only = True

    program = models.ForeignKey(
        Program, models.PROTECT, related_name="issuances", db_index=False, verbose_name=_("program")
    )
    member = models.ForeignKey(Member, models.PROTECT, related_name="issuances", verbose_name=_("member"))
    month = models.DateField(_("month"), help_text=_("Its first day, the day of the issuance."))
    currency = models.CharField(
        _("currency"), max_length=20, choices=Currency.choices, default=Currency.POINTS, db_default=Currency.POINTS
    )
    points = models.PositiveBigIntegerField(_("points"))
    value = models.PositiveBigIntegerField(_("value, in minor units"))
    voucher = models.OneToOneField(Voucher, models.PROTECT, related_name="issuance", verbose_name=_("voucher"))

    class Meta:
        verbose_name = _("monthly issuance")
        verbose_name_plural = _("monthly issuances")
        constraints = [
            # The month comes before the member: totals per month read this index too.
            models.UniqueConstraint(
                "program", "month", "member", "currency", name="issuance_is_one_per_member_and_month"
            ),
            models.CheckConstraint(condition=Q(points__gt=0, value__gt=0), name="issuance_gives_value_for_points"),
        ]

    def __str__(self):
        return f"{self.member} {self.month:%Y-%m}"
