"""Dated snapshots of what the numbers said. The facts are elsewhere; a snapshot is never edited, a later one is added."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.programs.models import Program
from members.models import Member


class RetentionSnapshot(models.Model):
    """One period of one program: the counts, from which the rates follow (see `retention.py`)."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="+", verbose_name=_("program"))
    every = models.CharField(_("period’s length"), max_length=10)
    start_date = models.DateField(_("from"))
    end_date = models.DateField(_("to, not included"))
    at_start = models.PositiveIntegerField(_("active in the period before"))
    at_end = models.PositiveIntegerField(_("active"))
    new = models.PositiveIntegerField(_("new"))
    returned = models.PositiveIntegerField(_("bought again"))
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("retention snapshot")
        verbose_name_plural = _("retention snapshots")
        constraints = [
            models.UniqueConstraint("program", "every", "start_date", name="retention_snapshot_is_one_per_period")
        ]


class ValueSnapshot(models.Model):
    """One fit of the value models on the purchases up to `as_of_date`, or the reason why there is none."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="+", verbose_name=_("program"))
    as_of_date = models.DateField(_("as of"))
    horizon_weeks = models.PositiveSmallIntegerField(_("horizon, weeks"))
    members = models.PositiveIntegerField(_("members"), default=0)
    parameters = models.JSONField(_("parameters"), default=dict)
    historic_value = models.BigIntegerField(_("historic value, in minor units"), default=0)
    predicted_value = models.DecimalField(
        _("predicted value"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    refused = models.CharField(_("reason of the refusal"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("value snapshot")
        verbose_name_plural = _("value snapshots")
        constraints = [models.UniqueConstraint("program", "as_of_date", name="value_snapshot_is_one_per_day")]


class MemberValue(models.Model):
    """What one member is expected to bring within the snapshot's horizon."""

    snapshot = models.ForeignKey(ValueSnapshot, models.CASCADE, related_name="values", verbose_name=_("snapshot"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    historic = models.BigIntegerField(_("spent so far, in minor units"))
    expected_purchases = models.FloatField(_("expected purchases"), help_text=_("A forecast, not money."))
    probability_alive = models.FloatField(_("probability of still being a customer"))
    predicted = models.DecimalField(_("predicted value"), max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("member’s value")
        verbose_name_plural = _("members’ values")
        constraints = [models.UniqueConstraint("snapshot", "member", name="member_value_is_one_per_snapshot")]
