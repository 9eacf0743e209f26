from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from loyalty.programs.models import Store
from members.models import Member

from .voucher import Voucher


class VoucherUse(models.Model):
    """One time that a voucher was used, named by the sale (`source`, `external_id`) that used it.

    `worth` is what it took off the sale, empty where the sale did not say what was bought. A use that was undone with
    its sale keeps its row and has an `UndoneUse`.
    """

    append_only = True

    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="used_in", verbose_name=_("voucher"))
    source = models.CharField(_("source"), max_length=60)
    external_id = models.CharField(_("identifier"), max_length=120)
    member = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="voucher_uses",
        verbose_name=_("used by"),
        help_text=_("Whose sale it was, where it is known."),
    )
    worth = models.PositiveBigIntegerField(_("discount, in minor units"), null=True, blank=True)
    store = models.ForeignKey(Store, models.PROTECT, null=True, blank=True, verbose_name=_("store"))
    used_at = models.DateTimeField(pgettext_lazy("moment", "used"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("use of a voucher")
        verbose_name_plural = _("uses of vouchers")
        constraints = [
            models.UniqueConstraint("voucher", "source", "external_id", name="voucher_use_happens_once_per_sale")
        ]
        indexes = [models.Index(fields=["external_id", "source"], name="voucher_use_sale")]

    def __str__(self):
        return f"{self.source}:{self.external_id}"


class UndoneUse(models.Model):
    """The sale was undone and the voucher given back: this use no longer counts."""

    append_only = True

    use = models.OneToOneField(VoucherUse, models.PROTECT, related_name="undoing", verbose_name=_("use of a voucher"))
    undone_at = models.DateTimeField(_("given back"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("voucher given back")
        verbose_name_plural = _("vouchers given back")

    def __str__(self):
        return str(self.use)
