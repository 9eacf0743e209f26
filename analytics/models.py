"""Dated snapshots of what the numbers said.

The facts are elsewhere, and later ones may arrive late; a snapshot is never edited, a later one is added.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.refusal import explain
from analytics.retention import PeriodCounts
from loyalty.programs.models import Program
from members.models import Member


class RetentionSnapshot(models.Model):
    """One period of one program: the counts, from which the rates follow (see `retention.py`)."""

    class Every(models.TextChoices):
        MONTH = "month", _("month")
        QUARTER = "quarter", _("quarter")
        YEAR = "year", _("year")

    program = models.ForeignKey(Program, models.PROTECT, related_name="+", verbose_name=_("program"))
    every = models.CharField(_("period’s length"), max_length=10, choices=Every.choices)
    start_date = models.DateField(_("from"))
    end_date = models.DateField(_("to, not included"))
    at_start = models.PositiveIntegerField(_("active in the period before"))
    at_end = models.PositiveIntegerField(pgettext_lazy("members", "active"))
    new = models.PositiveIntegerField(_("new"))
    returned = models.PositiveIntegerField(_("bought again"))
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("retention snapshot")
        verbose_name_plural = _("retention snapshots")
        ordering = ["-start_date", "every"]
        constraints = [
            models.UniqueConstraint("program", "every", "start_date", name="retention_snapshot_is_one_per_period"),
            models.CheckConstraint(
                condition=models.Q(end_date__gt=models.F("start_date")), name="retention_snapshot_has_a_period"
            ),
            models.CheckConstraint(
                condition=models.Q(returned__lte=models.F("at_start"), new__lte=models.F("at_end")),
                name="retention_snapshot_counts_fit_together",
            ),
        ]

    def __str__(self):
        return f"{self.program} · {self.start_date} – {self.end_date}"

    @property
    def counts(self):
        return PeriodCounts(self.at_start, self.at_end, self.new, self.returned)


class ValueSnapshot(models.Model):
    """One fit of the value models on the purchases before `as_of_date`, or the reason why there is none."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="+", verbose_name=_("program"))
    as_of_date = models.DateField(_("as of"), help_text=_("Purchases before this day are known, those of the day not."))
    horizon_weeks = models.PositiveSmallIntegerField(_("horizon, weeks"))
    members = models.PositiveIntegerField(_("members"), default=0, help_text=_("Those with at least one purchase."))
    parameters = models.JSONField(_("parameters"), default=dict)
    historic_value = models.BigIntegerField(_("historic value, in minor units"), default=0)
    predicted_value = models.DecimalField(_("predicted value"), max_digits=16, decimal_places=2, null=True, blank=True)
    refusal = models.JSONField(_("refusal"), null=True, blank=True, help_text=_("Why there is no forecast."))
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("value snapshot")
        verbose_name_plural = _("value snapshots")
        ordering = ["-as_of_date"]
        constraints = [
            models.UniqueConstraint("program", "as_of_date", name="value_snapshot_is_one_per_day"),
            models.CheckConstraint(
                condition=models.Q(predicted_value__isnull=True) ^ models.Q(refusal__isnull=True),
                name="value_snapshot_has_a_forecast_or_a_reason",
            ),
        ]

    def __str__(self):
        return f"{self.program} · {self.as_of_date}"

    @property
    def refused(self):
        """The reason in the reader's language; empty where there is a forecast."""
        return explain(self.refusal) if self.refusal else ""


class MemberValue(models.Model):
    """What one member is expected to bring within the snapshot's horizon: a forecast, not money that anybody owes."""

    snapshot = models.ForeignKey(ValueSnapshot, models.CASCADE, related_name="values", verbose_name=_("snapshot"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    historic = models.BigIntegerField(_("spent so far, net of refunds, in minor units"))
    expected_purchases = models.FloatField(_("expected purchases"))
    probability_alive = models.FloatField(_("probability of still being a customer"))
    predicted = models.DecimalField(_("predicted value"), max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("member’s value")
        verbose_name_plural = _("members’ values")
        constraints = [
            models.UniqueConstraint("snapshot", "member", name="member_value_is_one_per_snapshot"),
            models.CheckConstraint(
                condition=models.Q(probability_alive__gte=0, probability_alive__lte=1),
                name="member_value_probability_is_one",
            ),
        ]
        indexes = [models.Index("snapshot", models.F("predicted").desc(), name="member_value_highest")]

    def __str__(self):
        return f"{self.member}: {self.predicted}"
