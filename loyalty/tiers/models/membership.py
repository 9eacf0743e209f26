from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from loyalty.lib.wording import named
from loyalty.programs.models import Program
from loyalty.tiers.rules import Reason
from members.models import Member

from .tier import Tier


class TierMembership(models.Model):
    """A stretch of a member's time in a tier, or in none again, and why it began. The open one is the present.

    `[measured_from, period_ends_at)` is what will be measured at its end, days of grace added; both are empty where
    the tier is kept for ever. A tier set by hand has only an end, or none until somebody ends it; `instead_of` is the
    stretch that it put aside. `gifts` holds the codes of the tiers whose reward was given, forgone because an earlier
    one had been used, withdrawn by a refund, or kept because it had been used.
    """

    class Reasons(models.TextChoices):
        REACHED = Reason.REACHED.value, pgettext_lazy("tier", "reached")
        RENEWED = Reason.RENEWED.value, pgettext_lazy("tier", "kept for another period")
        DROPPED = Reason.DROPPED.value, pgettext_lazy("tier", "not kept at the end of the period")
        REFUND = Reason.REFUND.value, pgettext_lazy("tier", "taken back by a refund")
        BY_HAND = Reason.BY_HAND.value, pgettext_lazy("tier", "set by hand")
        HAND_ENDED = Reason.HAND_ENDED.value, pgettext_lazy("tier", "the tier set by hand ended")
        THRESHOLD = Reason.THRESHOLD.value, pgettext_lazy("tier", "the thresholds changed")
        MERGED = Reason.MERGED.value, pgettext_lazy("tier", "two members became one")

    fixed_columns = (
        "program_id",
        "member_id",
        "tier_id",
        "starts_at",
        "reason",
        "activity_id",
        "measured_from",
        "period_ends_at",
        "measure",
        "gifts",
        "by_id",
    )

    program = models.ForeignKey(
        Program, models.PROTECT, related_name="tier_memberships", db_index=False, verbose_name=_("program")
    )
    member = models.ForeignKey(Member, models.PROTECT, related_name="tier_memberships", verbose_name=_("member"))
    tier = models.ForeignKey(
        Tier, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name=_("tier")
    )
    starts_at = models.DateTimeField(pgettext_lazy("moment", "from"))
    ends_at = models.DateTimeField(pgettext_lazy("moment", "until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=12, choices=Reasons.choices)
    measured_from = models.DateTimeField(_("measured from"), null=True, blank=True)
    period_ends_at = models.DateTimeField(_("end of the period"), null=True, blank=True)
    measure = models.BigIntegerField(_("what was measured"), null=True, blank=True)
    activity_id = models.BigIntegerField(_("activity"), null=True, blank=True)
    instead_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("instead of")
    )
    gifts = models.JSONField(_("rewards"), default=dict, blank=True)
    note = models.CharField(_("reason given"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("time in a tier")
        verbose_name_plural = _("times in tiers")
        permissions = [("set_tiermembership", gettext_noop("Can set tiers by hand"))]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "member"], name="tier_membership_is_one_at_a_time", condition=Q(ends_at__isnull=True)
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="tier_membership_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(reason__in=["reached", "refund"]) | Q(activity_id__isnull=False),
                name="tier_membership_names_its_activity",
            ),
            models.CheckConstraint(
                condition=~Q(reason="by_hand") | (~Q(note="") & Q(tier__isnull=False)),
                name="tier_membership_by_hand_says_why",
            ),
            models.CheckConstraint(
                condition=Q(measured_from__isnull=True) | Q(period_ends_at__gt=F("measured_from")),
                name="tier_membership_period_has_its_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["program", "period_ends_at"], name="tier_membership_due", condition=Q(ends_at__isnull=True)
            ),
            models.Index(fields=["member", "program", "id"], name="tier_membership_history"),
        ]

    def __str__(self):
        return named(self.get_reason_display(), self.tier or _("no tier"))
