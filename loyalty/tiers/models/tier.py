from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from rewards.models import Reward

from .program import TierProgram

MOST = 10**12


class Tier(models.Model):
    """One level: from `threshold` of the measure on (minor units where spend is measured). The higher, the better."""

    class Every(models.TextChoices):
        MONTH = "month", _("each month")
        QUARTER = "quarter", _("each quarter")
        YEAR = "year", _("each year")
        BIRTHDAY = "birthday", _("each birthday")

    tier_program = models.ForeignKey(
        TierProgram, models.PROTECT, related_name="tiers", verbose_name=_("program of tiers")
    )
    code = models.SlugField(_("code"), help_text=_("Short and for ever, such as gold."))
    name_fr = models.CharField(_("name in French"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)
    threshold = models.PositiveBigIntegerField(_("threshold"), validators=[MaxValueValidator(MOST)])
    multiplier = models.DecimalField(
        _("points times"),
        max_digits=6,
        decimal_places=3,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.001")), MaxValueValidator(100)],
        help_text=_("1.5 means half as many points again on everything that earns; 1 changes nothing."),
    )
    perks_fr = models.TextField(_("advantages in French"), blank=True)
    perks_en = models.TextField(_("advantages in English"), blank=True)
    reward = models.ForeignKey(
        Reward,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reward on reaching it"),
        help_text=_("Given once each time that a member rises into the tier."),
    )
    recurring_reward = models.ForeignKey(
        Reward, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reward again and again")
    )
    recurs = models.CharField(_("how often"), max_length=10, choices=Every.choices, blank=True)
    priority_support = models.BooleanField(_("priority support"), default=False)
    is_active = models.BooleanField(
        _("can be reached"), default=True, help_text=_("Who has it keeps it to the end of the period.")
    )
    history = HistoricalRecords(verbose_name=_("history of the tier"))

    class Meta:
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        ordering = ["tier_program", "threshold"]
        constraints = [
            models.UniqueConstraint(
                fields=["tier_program", "code"],
                name="tier_code_is_unique_in_its_program",
                violation_error_message=_("Another tier of this program has this code."),
            ),
            models.UniqueConstraint(
                fields=["tier_program", "threshold"],
                name="tier_thresholds_differ",
                violation_error_message=_("Another tier of this program begins here."),
            ),
            models.CheckConstraint(condition=Q(multiplier__gt=0), name="tier_multiplier_is_positive"),
            models.CheckConstraint(
                condition=Q(recurring_reward__isnull=True, recurs="")
                | (Q(recurring_reward__isnull=False) & ~Q(recurs="")),
                name="tier_recurring_reward_has_its_rhythm",
                violation_error_code="rhythm",
                violation_error_message=_("Choose both the reward and how often it is given, or neither."),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def name(self):
        """The name in the reader's language."""
        return self.name_fr if _reads_french() else self.name_en

    @property
    def perks(self):
        """The advantages in the reader's language."""
        return self.perks_fr if _reads_french() else self.perks_en


def _reads_french():
    return (get_language() or "").startswith("fr")
