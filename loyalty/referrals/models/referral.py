from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from loyalty.programs.models import Program
from loyalty.referrals import rules
from members.models import Member

from .codes import ReferralCode
from .programs import Ambassador

DEAD = sorted(str(reason) for reason in rules.NO_FRIEND)


class Referral(models.Model):
    """One friend who came with a code.

    `purchase_id` is the activity of the first purchase that is kept so far. Rows change under the lock of the
    program's `ReferralProgram` alone; each change leaves a `ReferralStep`.
    """

    class State(models.TextChoices):
        JOINED = "joined", pgettext_lazy("referral", "joined")
        QUALIFIED = "qualified", pgettext_lazy("referral", "bought")
        REWARDED = "rewarded", pgettext_lazy("referral", "rewarded")
        REFUSED = "refused", pgettext_lazy("referral", "refused")
        HELD = "held", _("held for review")
        UNDONE = "undone", pgettext_lazy("referral", "undone")

    fixed_columns = ("program_id", "code_id", "ambassador_id", "terms", "joined_at", "joined_by")

    program = models.ForeignKey(Program, models.PROTECT, related_name="referrals", verbose_name=_("program"))
    code = models.ForeignKey(ReferralCode, models.PROTECT, related_name="referrals", verbose_name=_("code"))
    referrer = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="referrals", verbose_name=_("referrer")
    )
    ambassador = models.ForeignKey(
        Ambassador, models.PROTECT, null=True, blank=True, related_name="referrals", verbose_name=_("ambassador")
    )
    friend = models.ForeignKey(Member, models.PROTECT, related_name="referred_by", verbose_name=_("friend"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    reason = models.CharField(_("reason"), max_length=30, blank=True)
    suspicions = models.JSONField(_("suspicions"), default=list, blank=True)
    cleared = models.JSONField(_("suspicions cleared by a person"), default=list, blank=True)
    terms = models.JSONField(_("what was promised"), default=dict)
    joined_at = models.DateTimeField(pgettext_lazy("moment", "joined"))
    joined_by = models.BigIntegerField(_("activity of joining"))
    buy_by = models.DateTimeField(
        _("must buy before"), null=True, blank=True, help_text=_("From this moment on it is too late.")
    )
    purchase_id = models.BigIntegerField(_("activity of the first purchase"), null=True, blank=True)
    purchased_at = models.DateTimeField(_("first purchase"), null=True, blank=True)
    purchase_net = models.BigIntegerField(_("first purchase less refunds, in minor units"), null=True, blank=True)
    due_at = models.DateTimeField(_("reward due"), null=True, blank=True)
    decided_at = models.DateTimeField(_("last decided"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    rewarded_at = models.DateTimeField(pgettext_lazy("moment", "rewarded"), null=True, blank=True)

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        constraints = [
            models.UniqueConstraint(
                "friend",
                "program",
                name="referral_friend_has_one_referrer",
                condition=~Q(state="refused", reason__in=DEAD),
            ),
            models.CheckConstraint(
                condition=Q(referrer__isnull=False) | Q(ambassador__isnull=False),
                name="referral_has_somebody_to_thank",
            ),
            models.CheckConstraint(
                condition=Q(referrer__isnull=True) | ~Q(referrer=models.F("friend")) | Q(state="refused"),
                name="referral_is_not_of_oneself",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "held", "undone"]) | ~Q(reason=""), name="referral_says_why_not"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["qualified", "rewarded"])
                | Q(purchase_id__isnull=False, purchased_at__isnull=False, due_at__isnull=False),
                name="referral_bought_has_its_purchase",
            ),
            models.CheckConstraint(
                condition=~Q(state="rewarded") | Q(rewarded_at__isnull=False), name="referral_rewarded_has_its_moment"
            ),
        ]
        indexes = [
            models.Index(fields=["program", "due_at"], name="referral_due", condition=Q(state="qualified")),
            models.Index(fields=["program", "buy_by"], name="referral_lapsing", condition=Q(state="joined")),
            models.Index(fields=["program", "state", "joined_at"], name="referral_state"),
            models.Index(fields=["referrer", "program", "rewarded_at"], name="referral_referrer"),
        ]

    def __str__(self):
        return f"{self.ambassador or self.referrer} → {self.friend}"

    @property
    def is_dead(self) -> bool:
        """Refused in a way that leaves the friend free to come with somebody else's code."""
        return self.state == self.State.REFUSED and self.reason in DEAD

    @property
    def promise(self) -> rules.Terms:
        return rules.Terms(**self.terms)

    @property
    def party(self) -> int:
        """Whose caps it counts for: the member, or (negative) the ambassador."""
        return -self.ambassador_id if self.ambassador_id else self.referrer_id or 0


class ReferralStep(models.Model):
    """One thing that was decided about a referral: by an activity, by a night, or by a person."""

    append_only = True

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="steps", verbose_name=_("referral"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("friend"))
    state = models.CharField(_("state"), max_length=10, choices=Referral.State.choices)
    reason = models.CharField(_("reason"), max_length=30)
    note = models.CharField(_("note"), max_length=200, blank=True)
    activity_id = models.BigIntegerField(_("activity"), null=True, blank=True)
    at = models.DateTimeField(pgettext_lazy("moment", "decided"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("step of a referral")
        verbose_name_plural = _("steps of referrals")
        ordering = ["id"]

    def __str__(self):
        return f"{self.get_state_display()}: {self.reason}"
