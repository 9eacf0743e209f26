from django.db import models
from django.utils.translation import gettext_lazy as _

from .charge import Charge


class GatewayNotice(models.Model):
    """What a payment provider told us by itself, each notice once: a second delivery changes nothing."""

    append_only = True

    class Result(models.TextChoices):
        APPLIED = "applied", _("applied")
        IGNORED = "ignored", _("nothing to do")
        SURPLUS = "surplus", _("paid twice: give one back at the payment provider")

    gateway = models.CharField(_("payment provider"), max_length=20)
    notice_id = models.CharField(_("identifier"), max_length=120)
    kind = models.CharField(_("kind"), max_length=60)
    charge = models.ForeignKey(
        Charge, models.PROTECT, null=True, blank=True, related_name="notices", verbose_name=_("charge")
    )
    result = models.CharField(_("result"), max_length=10, choices=Result.choices)
    received_at = models.DateTimeField(_("received"))

    class Meta:
        verbose_name = _("notice of a payment provider")
        verbose_name_plural = _("notices of payment providers")
        constraints = [models.UniqueConstraint("gateway", "notice_id", name="gateway_notice_is_taken_once")]

    def __str__(self):
        return f"{self.gateway}:{self.notice_id}"
