from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .reward import Reward

MOST_OF_ONE = 20


class RewardItem(models.Model):
    """A part of a reward: a bundle gives all of its parts, a choice one of them. Parts have no parts of their own."""

    reward = models.ForeignKey(
        Reward, models.PROTECT, related_name="items", db_index=False, verbose_name=_("reward of several")
    )
    item = models.ForeignKey(Reward, models.PROTECT, related_name="part_of", verbose_name=_("reward"))
    quantity = models.PositiveSmallIntegerField(
        _("quantity"), default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_OF_ONE)]
    )

    class Meta:
        verbose_name = _("part of a reward")
        verbose_name_plural = _("parts of a reward")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["reward", "item"],
                name="reward_item_is_named_once",
                violation_error_message=_("This part is named twice: give its quantity."),
            ),
            models.CheckConstraint(condition=~Q(item=F("reward")), name="reward_is_no_part_of_itself"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="reward_item_is_given_once_at_least"),
        ]

    def __str__(self):
        return f"{self.quantity} × {self.item}" if self.quantity > 1 else str(self.item)

    def clean(self):
        if self.reward_id is not None and self.item_id is not None:
            check_part(self.reward, self.item)


def check_part(reward: Reward, item: Reward) -> None:
    """Raise a `ValidationError` where that reward cannot have this part."""
    if reward.kind not in Reward.OF_PARTS:
        raise ValidationError(_("Only several at once and one of several have parts."))
    if item.kind in Reward.OF_PARTS or item == reward:
        raise ValidationError({"item": _("A part is a single reward.")})
    if item.program_id != reward.program_id:
        raise ValidationError({"item": _("Choose a reward of the same program.")})
    if reward.kind == Reward.Kind.BUNDLE and item.kind == Reward.Kind.PARTNER:
        raise ValidationError({"item": _("A partner’s codes may run out: they can be chosen, not be bundled.")})
