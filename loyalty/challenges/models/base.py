"""What the definitions of this room share: their names, who may take part, which activities count."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from loyalty.lib.fields import TextListField
from loyalty.programs.models import Program
from rewards.models import Reward

# A count that people mean: one at least, and no typing error that the database could not hold.
COUNT = [MinValueValidator(1), MaxValueValidator(1_000_000_000)]


class Named(models.Model):
    """Something of a program that members see, by a code for machines and a name in each language."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="+", verbose_name=_("program"))
    code = models.SlugField(_("code"))
    name_fr = models.CharField(_("name in French"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    description_fr = models.TextField(_("description in French"), blank=True)
    description_en = models.TextField(_("description in English"), blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["program", "code"],
                name="%(class)s_code_is_unique_in_its_program",
                violation_error_message=_("This code is taken in this program."),
            )
        ]

    def __str__(self):
        return self.name

    @property
    def name(self):
        """The name in the reader's language."""
        return self.name_fr if (get_language() or "").startswith("fr") else self.name_en

    @property
    def description(self):
        return self.description_fr if (get_language() or "").startswith("fr") else self.description_en


class Dated(models.Model):
    valid_from = models.DateTimeField(_("valid from"), null=True, blank=True)
    valid_to = models.DateTimeField(_("valid to"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="%(class)s_ends_after_it_starts",
                violation_error_message=_("The end must come after the start."),
            )
        ]


class ForSome(models.Model):
    """Who may take part: a member who has one of the tiers, one of the plans and one of the tags that are named."""

    tiers = TextListField(_("tiers"), help_text=_("Codes of tiers, such as gold; empty means everybody."))
    plans = TextListField(_("plans"), help_text=_("Codes of plans; empty means everybody."))
    member_tags = TextListField(
        _("member’s tags"), help_text=_("Only members with one of these tags; empty means everybody.")
    )

    class Meta:
        abstract = True


def purchases() -> list[str]:
    return ["purchase"]


class Conditional(models.Model):
    """Which activities count."""

    kinds = TextListField(_("kinds of activity"), default=purchases, blank=False)
    stores = TextListField(_("stores"), help_text=_("Store codes; empty means all."))
    channels = TextListField(_("channels"), help_text=_("Such as store, web, app; empty means all."))
    brands = TextListField(_("brands"), help_text=_("Empty means all."))
    categories = TextListField(
        _("categories"), help_text=_("Only these categories of goods, as the tills send them; empty means all.")
    )
    skus = TextListField(_("articles"), help_text=_("Only these article numbers, or the categories above."))
    minimum_amount = models.PositiveBigIntegerField(_("minimum amount, in minor units"), default=0)

    class Meta:
        abstract = True


class Rewarding(models.Model):
    """What there is to gain."""

    points = models.PositiveIntegerField(_("points"), null=True, blank=True, validators=COUNT)
    reward = models.ForeignKey(
        Reward, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reward")
    )

    class Meta:
        abstract = True


class Prize(Rewarding):
    """What can be won by chance, in words too, and the rules that the law asks for."""

    prize_fr = models.CharField(_("prize in French"), max_length=200, blank=True)
    prize_en = models.CharField(_("prize in English"), max_length=200, blank=True)
    legal_fr = models.TextField(_("rules of the game in French"), blank=True)
    legal_en = models.TextField(
        _("rules of the game in English"), blank=True, help_text=_("The legal text that members can read.")
    )

    class Meta:
        abstract = True

    @property
    def prize(self):
        text = self.prize_fr if (get_language() or "").startswith("fr") else self.prize_en
        return text or str(self.reward or "")

    def prize_errors(self):
        errors = {}
        if not (self.points or self.reward_id or self.prize_fr):
            errors["prize_fr"] = _("Say what can be won.")
        if bool(self.prize_fr) != bool(self.prize_en):
            errors["prize_en" if self.prize_fr else "prize_fr"] = _("Say it in both languages.")
        if self.reward and self.program_id and self.reward.program_id != self.program_id:
            errors["reward"] = _("It belongs to another program.")
        return errors
