from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from loyalty.lib.fields import TextListField
from loyalty.programs.models import Program
from loyalty.tiers.rules import Metric, Window

LONGEST_GRACE = 180


class TierProgram(models.Model):
    """What is measured, over which window, and how gently members come down. One per program."""

    class Metrics(models.TextChoices):
        POINTS = Metric.POINTS.value, _("points earned by activities")
        SPEND = Metric.SPEND.value, _("spend")
        VISITS = Metric.VISITS.value, _("visits and purchases")
        COUNT = Metric.COUNT.value, _("number of chosen activities")

    class Windows(models.TextChoices):
        YEAR = Window.YEAR.value, _("the calendar year")
        ROLLING = Window.ROLLING.value, _("the last months")
        LIFETIME = Window.LIFETIME.value, _("since ever")

    class Jump(models.TextChoices):
        LANDED = "landed", _("the tier landed on")
        EACH = "each", _("each tier passed")

    program = models.OneToOneField(Program, models.PROTECT, related_name="tier_program", verbose_name=_("program"))
    metric = models.CharField(
        _("what is measured"),
        max_length=10,
        choices=Metrics.choices,
        default=Metrics.POINTS,
        help_text=_("Never the balance: points that were spent still count."),
    )
    kinds = TextListField(
        _("activities that count"), help_text=_("Kinds of activity, separated by commas, such as review, survey.")
    )
    window = models.CharField(
        _("measured over"),
        max_length=10,
        choices=Windows.choices,
        default=Windows.YEAR,
        help_text=_("A tier reached in a calendar year is kept to the end of the next one."),
    )
    months = models.PositiveSmallIntegerField(
        _("how many months"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_("12 means the last twelve months; a tier reached is kept for as long."),
    )
    soft_landing = models.BooleanField(
        _("soft landing"), default=False, help_text=_("At the end of a period members come down one tier at most.")
    )
    grace_days = models.PositiveSmallIntegerField(
        _("days of grace"),
        default=0,
        validators=[MaxValueValidator(LONGEST_GRACE)],
        help_text=_(
            "After the end of a period the tier is kept this much longer, and what members do in these days still "
            "counts for keeping it."
        ),
    )
    jump = models.CharField(
        _("who jumps over tiers gets the reward of"), max_length=10, choices=Jump.choices, default=Jump.LANDED
    )
    changed_at = models.DateTimeField(
        _("thresholds changed"), null=True, editable=False, help_text=_("Members who now reach more rise at night.")
    )
    history = HistoricalRecords(verbose_name=_("history of the tiers"), excluded_fields=["changed_at"])

    class Meta:
        verbose_name = _("program of tiers")
        verbose_name_plural = _("programs of tiers")
        constraints = [
            models.CheckConstraint(
                condition=~Q(window="rolling") | Q(months__isnull=False, months__gte=1),
                name="tier_program_rolling_has_its_months",
            ),
            models.CheckConstraint(
                condition=Q(grace_days__lte=LONGEST_GRACE), name="tier_program_grace_is_shorter_than_half_a_year"
            ),
        ]

    def __str__(self):
        return str(self.program)

    def clean(self):
        errors = {}
        if self.window == Window.ROLLING and not self.months:
            errors["months"] = _("Say how many months are measured.")
        if self.metric == Metric.COUNT and not self.kinds:
            errors["kinds"] = _("Name the activities that count.")
        if errors:
            raise ValidationError(errors)
