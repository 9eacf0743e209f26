from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from loyalty.programs.models import Program
from members.models import Member
from rewards.querysets import VoucherQuerySet

from .batch import VoucherBatch
from .reward import Reward


class Voucher(models.Model):
    """A code worth something.

    `value` is in minor units of the program's money and empty for what has no amount. Expiry is no state: a voucher
    is usable at T when it is unused and `T < expires_at`, and a reservation counts only until `reserved_until`,
    whether or not the job that releases it has run. One that was granted, not bought, names its cause by `source` and
    `reference`: a cause grants once. A voucher of several rewards is exchanged for theirs, which name their `origin`.
    """

    class State(models.TextChoices):
        UNUSED = "unused", _("unused")
        RESERVED = "reserved", _("reserved")
        USED = "used", _("used")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXCHANGED = "exchanged", _("exchanged")

    fixed_columns = (
        "code",
        "program_id",
        "reward_id",
        "redemption_id",
        "batch_id",
        "origin_id",
        "source",
        "reference",
        "value",
        "uses_allowed",
        "issued_at",
    )

    code = models.CharField(_("code"), max_length=32, unique=True, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="vouchers", verbose_name=_("program"))
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="vouchers", verbose_name=_("member")
    )
    reward = models.ForeignKey(
        Reward, models.PROTECT, null=True, blank=True, related_name="vouchers", verbose_name=_("reward")
    )
    redemption = models.ForeignKey(
        "Redemption", models.PROTECT, null=True, blank=True, related_name="vouchers", verbose_name=_("redemption")
    )
    batch = models.ForeignKey(
        VoucherBatch,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="vouchers",
        verbose_name=_("batch of vouchers"),
    )
    origin = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="exchanged_for",
        verbose_name=_("exchanged from"),
    )
    source = models.CharField(
        _("source"), max_length=60, blank=True, default="", db_default="", help_text=_("What granted it.")
    )
    reference = models.CharField(_("reference"), max_length=120, blank=True, default="", db_default="")
    value = models.PositiveBigIntegerField(_("value, in minor units"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.UNUSED)
    uses = models.PositiveIntegerField(_("times used"), default=0)
    uses_allowed = models.PositiveIntegerField(_("times it may be used"), default=1)
    issued_at = models.DateTimeField(_("issued"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("issued by"),
    )
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    reserved_until = models.DateTimeField(_("reserved until"), null=True, blank=True)
    reserved_for = models.CharField(_("reserved for"), max_length=185, blank=True)
    used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(pgettext_lazy("moment", "withdrawn"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("withdrawn by"),
    )
    withdrawn_reason = models.CharField(_("reason of the withdrawal"), max_length=200, blank=True)

    objects = VoucherQuerySet.as_manager()

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        permissions = [("reveal_voucher", gettext_noop("Can read the codes of vouchers in full"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(uses__lte=F("uses_allowed")), name="voucher_is_not_used_more_often_than_allowed"
            ),
            models.CheckConstraint(condition=Q(uses_allowed__gte=1), name="voucher_can_be_used"),
            models.UniqueConstraint(
                "program", "source", "reference", name="voucher_is_granted_once", condition=~Q(source="")
            ),
            models.CheckConstraint(
                condition=Q(state="used", uses=F("uses_allowed")) | (~Q(state="used") & Q(uses__lt=F("uses_allowed"))),
                name="voucher_used_has_its_uses",
            ),
            models.CheckConstraint(
                condition=Q(state="reserved", reserved_until__isnull=False)
                | (~Q(state="reserved") & Q(reserved_until__isnull=True, reserved_for="")),
                name="voucher_reservation_has_its_end",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | (~Q(state="withdrawn") & Q(withdrawn_at__isnull=True)),
                name="voucher_withdrawn_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["program", "expires_at"], name="voucher_open", condition=Q(state__in=["unused", "reserved"])
            ),
            models.Index(fields=["origin"], name="voucher_origin", condition=Q(origin__isnull=False)),
            models.Index(fields=["batch", "state"], name="voucher_of_batch", condition=Q(batch__isnull=False)),
            models.Index(fields=["reserved_until"], name="voucher_reserved", condition=Q(state="reserved")),
        ]

    def __str__(self):
        return masked(self.code)


def masked(code: str) -> str:
    """A code as it may be shown to anybody: only its end, enough to recognise and too little to use."""
    return f"…{code[-4:]}"
