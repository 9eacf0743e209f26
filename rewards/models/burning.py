from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from loyalty.ledger.currencies import Currency
from loyalty.lib.fields import TextListField
from loyalty.programs.models import Program, Store


class BurnRule(models.Model):
    """What points buy at the till: each full `points` pay `value`, up to a share of the basket.

    Of cash-back `points` are minor units, and as a rule 1 pays 1.
    """

    program = models.ForeignKey(Program, models.PROTECT, related_name="burn_rules", verbose_name=_("program"))
    name = models.CharField(_("name"), max_length=120)
    currency = models.CharField(
        _("currency"), max_length=20, choices=Currency.choices, default=Currency.POINTS, db_default=Currency.POINTS
    )
    points = models.PositiveIntegerField(_("points per step"), validators=[MinValueValidator(1)])
    value = models.PositiveBigIntegerField(_("amount per step, in minor units"), validators=[MinValueValidator(1)])
    minimum_points = models.PositiveIntegerField(
        _("minimum points"), default=0, help_text=_("Fewer points cannot be used at once.")
    )
    largest_share = models.DecimalField(
        _("largest share of the basket, %"),
        max_digits=5,
        decimal_places=2,
        default=100,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    categories = TextListField(_("categories"), help_text=_("Empty means all."))
    stores = models.ManyToManyField(
        Store, blank=True, related_name="burn_rules", verbose_name=_("stores"), help_text=_("Empty means all.")
    )
    valid_from = models.DateTimeField(_("valid from"), null=True, blank=True)
    valid_to = models.DateTimeField(_("valid to"), null=True, blank=True)
    is_active = models.BooleanField(pgettext_lazy("rule", "active"), default=True)
    history = HistoricalRecords(m2m_fields=[stores], verbose_name=_("history of the rule"))

    class Meta:
        verbose_name = _("rule for paying with points")
        verbose_name_plural = _("rules for paying with points")
        ordering = ["program", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(points__gte=1, value__gte=1), name="burn_rule_gives_value_for_points"),
            models.CheckConstraint(
                condition=Q(largest_share__gt=0, largest_share__lte=100),
                name="burn_rule_share_is_within_100",
                violation_error_message=_("The share must be above 0 and up to 100 percent."),
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="burn_rule_ends_after_it_starts",
                violation_error_message=_("The end must come after the start."),
            ),
        ]

    def __str__(self):
        return self.name
