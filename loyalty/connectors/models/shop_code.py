from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rewards.models import Voucher

from .connection import Connection


class ShopCode(models.Model):
    """A voucher as a discount code of a shop: to be made there, usable there, taken away again once it is used up."""

    class State(models.TextChoices):
        WAITING = "waiting", _("to be made")
        LIVE = "live", _("usable")
        ENDING = "ending", _("to be taken away")
        ENDED = "ended", _("taken away")
        FAILED = "failed", _("refused by the shop")

    connection = models.ForeignKey(Connection, models.PROTECT, related_name="shop_codes", verbose_name=_("connection"))
    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="shop_codes", verbose_name=_("voucher"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    remote_id = models.CharField(_("the shop’s identifier"), max_length=120, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    code = models.CharField(_("reason"), max_length=60, blank=True)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("discount code of a shop")
        verbose_name_plural = _("discount codes of shops")
        constraints = [
            models.UniqueConstraint("connection", "voucher", name="shop_code_is_made_once"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "ending"], due_at__isnull=False)
                | (~Q(state__in=["waiting", "ending"]) & Q(due_at__isnull=True)),
                name="shop_code_is_due_or_settled",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="shop_code_due", condition=Q(due_at__isnull=False))]

    def __str__(self):
        return f"{self.connection} · {self.voucher}"
