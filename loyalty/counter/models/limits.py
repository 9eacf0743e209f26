from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from loyalty.programs.models import Program, Store


class CounterLimits(models.Model):
    """What a clerk may do alone, in a program or in one of its stores, whose own limits come first."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="counter_limits", verbose_name=_("program"))
    store = models.OneToOneField(
        Store,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="counter_limits",
        verbose_name=_("store"),
        help_text=_("Empty: for all stores of the program that have no limits of their own."),
    )
    largest_sale = models.PositiveBigIntegerField(
        _("largest sale without a supervisor, in minor units"), null=True, blank=True, help_text=_("Empty: no limit.")
    )
    points_per_day = models.PositiveIntegerField(
        _("points by hand per clerk and day"), default=0, help_text=_("Zero: only with a supervisor.")
    )
    stamps_per_day = models.PositiveIntegerField(_("stamps by hand per clerk and day"), default=50)
    undo_seconds = models.PositiveIntegerField(_("time to undo, seconds"), default=120)
    idle_seconds = models.PositiveIntegerField(
        _("locked when idle for, seconds"), default=300, validators=[MinValueValidator(30)]
    )
    history = HistoricalRecords(verbose_name=_("history of the limits"))

    class Meta:
        verbose_name = _("limits at the counter")
        verbose_name_plural = _("limits at the counter")
        constraints = [
            models.UniqueConstraint(
                fields=["program"],
                condition=Q(store__isnull=True),
                name="counter_limits_are_one_per_program",
                violation_error_message=_("This program has limits already."),
            ),
            models.CheckConstraint(condition=Q(idle_seconds__gte=30), name="counter_lock_leaves_time_to_work"),
        ]

    def __str__(self):
        return str(self.store or self.program)

    def clean(self):
        if self.store_id and self.store.program_id != self.program_id:
            raise ValidationError({"store": _("This store belongs to another program.")})
