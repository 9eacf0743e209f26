from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from loyalty.lib.fields import TextListFormField
from loyalty.programs.models import Program, currency_code
from loyalty.subscriptions import rules
from rewards.models import Reward


class DaysFormField(TextListFormField):
    """Numbers of days, separated by commas."""

    def to_python(self, value):
        try:
            return [int(item) for item in super().to_python(value)]
        except (TypeError, ValueError):
            raise ValidationError(_("Write numbers of days, separated by commas: 1, 3, 5, 7.")) from None


class DaysField(models.JSONField):
    """A short list of numbers of days: JSON in the table, separated by commas in a form."""

    def formfield(self, **kwargs):
        return models.Field.formfield(self, **{"form_class": DaysFormField, **kwargs})


def usual_retries() -> list[int]:
    return [1, 3, 5, 7]


class Plan(models.Model):
    """What can be subscribed to. The benefits that a subscriber has follow the plan; what it costs does not: a price
    is kept with each subscription."""

    class Every(models.TextChoices):
        MONTH = "month", _("month")
        QUARTER = "quarter", _("quarter")
        YEAR = "year", _("year")

    class Rhythm(models.TextChoices):
        MONTH = "month", _("each month")
        QUARTER = "quarter", _("each quarter")
        YEAR = "year", _("each year")
        BIRTHDAY = "birthday", _("each birthday")

    program = models.ForeignKey(Program, models.PROTECT, related_name="plans", verbose_name=_("program"))
    code = models.SlugField(_("code"))
    name_fr = models.CharField(_("name in French"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    every = models.CharField(_("paid every"), max_length=10, choices=Every.choices, default=Every.YEAR)
    trial_days = models.PositiveSmallIntegerField(
        _("free trial, days"), default=0, help_text=_("Once per person; 0 means none. No longer than one period.")
    )
    grace_days = models.PositiveSmallIntegerField(
        _("days of grace"),
        default=7,
        validators=[MaxValueValidator(60)],
        help_text=_("How long the benefits stay after a payment has failed; then the subscription expires."),
    )
    retry_days = DaysField(
        _("try again after, days"),
        default=usual_retries,
        blank=True,
        help_text=_("Days after the failed payment, within the days of grace: 1, 3, 5, 7. Empty: never."),
    )
    multiplier = models.DecimalField(
        _("points are multiplied by"),
        max_digits=6,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.01"))],
        help_text=_("2 doubles what the program’s rules give; 1 changes nothing."),
    )
    perks_fr = models.TextField(_("advantages in French"), blank=True, help_text=_("One per line."))
    perks_en = models.TextField(_("advantages in English"), blank=True, help_text=_("One per line."))
    priority_support = models.BooleanField(_("priority support"), default=False)
    joining_reward = models.ForeignKey(
        Reward,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("gift on joining"),
        help_text=_("Given once per member, with the first payment and not for a trial."),
    )
    recurring_reward = models.ForeignKey(
        Reward, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recurring gift")
    )
    recurs = models.CharField(pgettext_lazy("gift", "given"), max_length=10, choices=Rhythm.choices, blank=True)
    is_active = models.BooleanField(
        pgettext_lazy("plan", "on offer"),
        default=True,
        help_text=_("Nobody can subscribe to a plan that is not on offer; subscriptions to it go on."),
    )
    history = HistoricalRecords(verbose_name=_("history of the plan"))

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["program", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "code"],
                name="plan_code_is_unique_in_its_program",
                violation_error_message=_("Another plan of this program has this code."),
            ),
            models.CheckConstraint(
                condition=Q(every="month", trial_days__lte=31)
                | Q(every="quarter", trial_days__lte=92)
                | Q(every="year", trial_days__lte=366),
                name="plan_trial_is_no_longer_than_its_period",
                violation_error_message=_("The free trial is longer than the period that it is a trial of."),
            ),
            models.CheckConstraint(condition=Q(multiplier__gt=0), name="plan_multiplier_is_positive"),
            models.CheckConstraint(
                condition=Q(recurring_reward__isnull=True, recurs="")
                | (Q(recurring_reward__isnull=False) & ~Q(recurs="")),
                name="plan_recurring_gift_has_its_rhythm",
                violation_error_message=_("A recurring gift needs both: what is given, and when."),
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        faults = rules.plan_faults(
            every=self.every, trial_days=self.trial_days, grace_days=self.grace_days, retry_days=self.retry_days
        )
        for name in ("joining_reward", "recurring_reward"):
            reward = getattr(self, name)
            if reward is not None and self.program_id and reward.program_id != self.program_id:
                faults[name] = _("This reward belongs to another program.")
        if faults:
            raise ValidationError(faults)

    @property
    def _is_french(self):
        return (get_language() or "").startswith("fr")

    @property
    def name(self):
        """The name in the reader's language."""
        return self.name_fr if self._is_french else self.name_en

    @property
    def perks(self) -> list[str]:
        """The advantages in the reader's language, one by one."""
        text = self.perks_fr if self._is_french else self.perks_en
        return [line.strip() for line in text.splitlines() if line.strip()]


class PlanPrice(models.Model):
    """What a period costs from now on; who has subscribed keeps the price of that day."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="prices", verbose_name=_("plan"))
    currency = models.CharField(_("money"), max_length=3, validators=[currency_code])
    amount = models.PositiveBigIntegerField(_("price, in minor units"))
    history = HistoricalRecords(verbose_name=_("history of the price"))

    class Meta:
        verbose_name = _("price of a plan")
        verbose_name_plural = _("prices of plans")
        ordering = ["plan", "currency"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "currency"],
                name="plan_price_is_one_per_currency",
                violation_error_message=_("The plan has a price in this currency already."),
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="plan_price_is_not_negative"),
        ]

    def __str__(self):
        return f"{self.plan} · {self.currency}"
