from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from loyalty.programs.models import Program
from members.models import Member
from rewards.models import Voucher

from .programs import Ambassador
from .referral import Referral


class ReferralGift(models.Model):
    """What one side of a referral got. The points are in the ledger under `referral:<id>`, the voucher in rewards.

    An ambassador who is no member gets a fee: `cost` alone, paid outside the program.
    """

    class Side(models.TextChoices):
        REFERRER = "referrer", _("referrer")
        FRIEND = "friend", _("friend")

    class State(models.TextChoices):
        GIVEN = "given", pgettext_lazy("gift", "given")
        TAKEN_BACK = "taken_back", pgettext_lazy("gift", "taken back")
        KEPT = "kept", _("used before it could be taken back")

    fixed_columns = ("referral_id", "side", "points", "voucher_id", "cost", "given_at")

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="gifts", verbose_name=_("referral"))
    side = models.CharField(_("side"), max_length=10, choices=Side.choices)
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="referral_gifts", verbose_name=_("member")
    )
    points = models.PositiveIntegerField(_("points"), default=0)
    voucher = models.OneToOneField(
        Voucher, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("voucher")
    )
    cost = models.PositiveBigIntegerField(_("cost, in minor units"), default=0)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.GIVEN)
    given_at = models.DateTimeField(pgettext_lazy("moment", "given"))
    undone_at = models.DateTimeField(pgettext_lazy("moment", "undone"), null=True, blank=True)

    class Meta:
        verbose_name = _("gift of a referral")
        verbose_name_plural = _("gifts of referrals")
        constraints = [
            models.UniqueConstraint(
                "referral", "side", name="referral_gift_is_given_once", condition=~Q(state="taken_back")
            ),
            models.CheckConstraint(
                condition=Q(state="given", undone_at__isnull=True) | (~Q(state="given") & Q(undone_at__isnull=False)),
                name="referral_gift_undone_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=False) | Q(points=0, voucher__isnull=True),
                name="referral_gift_goes_to_a_member",
            ),
        ]

    def __str__(self):
        return f"{self.get_side_display()}: {self.points}"


class ReferralRevenue(models.Model):
    """One amount of the report, signed, in minor units: what a friend bought or gave back, what a gift cost."""

    class Kind(models.TextChoices):
        PURCHASE = "purchase", _("purchase")
        REFUND = "refund", _("refund")
        GIFT = "gift", _("cost of a gift")
        GIFT_UNDONE = "gift_undone", _("gift taken back")
        WRITTEN_OFF = "written_off", _("written off: no friend")

    append_only = True

    program = models.ForeignKey(Program, models.PROTECT, related_name="+", db_index=False, verbose_name=_("program"))
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="amounts", verbose_name=_("referral"))
    referrer = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("referrer")
    )
    ambassador = models.ForeignKey(
        Ambassador, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ambassador")
    )
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("friend"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    amount = models.BigIntegerField(_("amount, in minor units"))
    activity_id = models.BigIntegerField(_("activity"), null=True, blank=True)
    purchase_id = models.BigIntegerField(
        _("purchase"), null=True, blank=True, help_text=_("The activity that a refund is about.")
    )
    gift = models.ForeignKey(
        ReferralGift, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("gift")
    )
    occurred_at = models.DateTimeField(_("occurred"))
    month = models.DateField(_("month"), help_text=_("Its first day, in the program’s zone."))

    class Meta:
        verbose_name = _("amount of a referral")
        verbose_name_plural = _("amounts of referrals")
        constraints = [
            models.UniqueConstraint(
                "activity_id",
                name="referral_revenue_counts_an_activity_once",
                condition=Q(kind__in=["purchase", "refund"]),
            ),
            models.UniqueConstraint(
                "gift", "kind", name="referral_revenue_counts_a_gift_once", condition=Q(gift__isnull=False)
            ),
            models.CheckConstraint(
                condition=Q(kind="purchase", amount__gte=0)
                | Q(kind__in=["refund", "gift"], amount__lte=0)
                | Q(kind="gift_undone", amount__gte=0)
                | Q(kind="written_off"),
                name="referral_revenue_has_the_sign_of_its_kind",
            ),
        ]
        indexes = [models.Index(fields=["program", "month", "kind"], name="referral_revenue_month")]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.amount}"
