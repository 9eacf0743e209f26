from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .reward import Reward
from .voucher import Voucher, masked


class PartnerCode(models.Model):
    """A code of a partner's own system, bought ahead; each goes out with one voucher of the partner's reward.

    As many as are free is the reward's stock. One that went out does not come back: somebody has seen it.
    """

    fixed_columns = ("reward_id", "code")

    reward = models.ForeignKey(
        Reward, models.PROTECT, related_name="partner_codes", db_index=False, verbose_name=_("reward")
    )
    code = models.CharField(_("code"), max_length=60)
    voucher = models.OneToOneField(
        Voucher, models.PROTECT, null=True, blank=True, related_name="partner_code", verbose_name=_("voucher")
    )
    added_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("partner’s code")
        verbose_name_plural = _("partners’ codes")
        constraints = [models.UniqueConstraint("reward", "code", name="partner_code_is_known_once")]
        indexes = [
            models.Index(fields=["reward", "id"], name="partner_code_free", condition=Q(voucher__isnull=True)),
        ]

    def __str__(self):
        return masked(self.code)
