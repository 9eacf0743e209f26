from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from loyalty.ledger.currencies import Currency
from loyalty.programs.models import Program, Store
from members.models import Member

from .burning import BurnRule
from .reward import Reward


class Redemption(models.Model):
    """Points exchanged for a reward, or by a burn rule (which may spend cash-back) for `value` off a basket.

    The points are in the ledger under the cause `redemption:<id>`. A retry of the same (`source`, `external_id`)
    finds this row and changes nothing.
    """

    class State(models.TextChoices):
        DONE = "done", pgettext_lazy("redemption", "done")
        ROLLED_BACK = "rolled_back", _("rolled back")

    fixed_columns = ("program_id", "source", "external_id", "reward_id", "quantity", "burn_rule_id", "value", "points")
    fixed_columns += ("currency",)

    program = models.ForeignKey(Program, models.PROTECT, related_name="redemptions", verbose_name=_("program"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="redemptions", verbose_name=_("member"))
    source = models.CharField(_("source"), max_length=60)
    external_id = models.CharField(_("identifier"), max_length=120)
    reward = models.ForeignKey(
        Reward, models.PROTECT, null=True, blank=True, related_name="redemptions", verbose_name=_("reward")
    )
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    burn_rule = models.ForeignKey(
        BurnRule,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="redemptions",
        verbose_name=_("rule for paying with points"),
    )
    value = models.PositiveBigIntegerField(_("paid, in minor units"), null=True, blank=True)
    points = models.PositiveBigIntegerField(_("points"))
    currency = models.CharField(
        _("currency"), max_length=20, choices=Currency.choices, default=Currency.POINTS, db_default=Currency.POINTS
    )
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DONE)
    store = models.ForeignKey(Store, models.PROTECT, null=True, blank=True, verbose_name=_("store"))
    redeemed_at = models.DateTimeField(_("redeemed"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    rolled_back_at = models.DateTimeField(pgettext_lazy("moment", "rolled back"), null=True, blank=True)
    rolled_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("rolled back by"),
    )
    rolled_back_reason = models.CharField(_("reason of the roll-back"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("redemption")
        verbose_name_plural = _("redemptions")
        constraints = [
            models.UniqueConstraint("program", "source", "external_id", name="redemption_happens_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1, points__gte=1), name="redemption_takes_points"),
            models.CheckConstraint(
                condition=Q(reward__isnull=False, burn_rule__isnull=True, value__isnull=True)
                | Q(reward__isnull=True, burn_rule__isnull=False, value__isnull=False),
                name="redemption_is_for_a_reward_or_pays_a_basket",
            ),
            models.CheckConstraint(
                condition=Q(state="done", rolled_back_at__isnull=True)
                | Q(state="rolled_back", rolled_back_at__isnull=False),
                name="redemption_rolled_back_has_its_moment",
            ),
        ]
        indexes = [models.Index(fields=["member", "reward", "state"], name="redemption_member_reward")]

    def __str__(self):
        return f"{self.quantity} × {self.reward}" if self.reward else str(self.burn_rule)
