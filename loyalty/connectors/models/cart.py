from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import Member

from .connection import Connection


class Cart(models.Model):
    """A checkout that a member began. Left alone for an hour it is abandoned, which is announced once."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ORDERED = "ordered", _("ordered")
        ABANDONED = "abandoned", _("abandoned")

    connection = models.ForeignKey(Connection, models.PROTECT, related_name="carts", verbose_name=_("connection"))
    token = models.CharField(_("identifier"), max_length=120)
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="carts", verbose_name=_("member")
    )
    amount = models.BigIntegerField(_("amount, in minor units"), null=True, blank=True)
    url = models.CharField(_("address"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    seen_at = models.DateTimeField(_("last changed"))

    class Meta:
        verbose_name = _("cart")
        verbose_name_plural = _("carts")
        constraints = [models.UniqueConstraint("connection", "token", name="cart_is_known_once")]
        indexes = [models.Index(fields=["seen_at"], name="cart_open", condition=Q(state="open"))]

    def __str__(self):
        return f"{self.connection} · {self.token}"
