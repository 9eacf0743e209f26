from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from loyalty.programs.models import Program
from loyalty.subscriptions.querysets import LIVE, SubscriptionQuerySet
from members.models import Member

from .plan import Plan


class Subscription(models.Model):
    """One member's subscription. `due_date` is the next day on which something happens to it by itself: the end of the
    trial or of the paid period, the next attempt to collect, the end of grace, the end of a pause.

    Periods are counted from `anchor_date`, so that the 31st comes back after a short month. A subscription whose first
    payment has not come is `past_due` and has not begun: it gives no benefits yet.
    """

    class State(models.TextChoices):
        TRIALING = "trialing", _("free trial")
        ACTIVE = "active", _("paid up")
        PAST_DUE = "past_due", _("payment due")
        PAUSED = "paused", _("paused")
        CANCELLED = "cancelled", pgettext_lazy("subscription", "cancelled")
        EXPIRED = "expired", _("expired")

    class Ending(models.TextChoices):
        ASKED = "asked", _("cancelled on request")
        DECLINED = "declined", _("the first payment was declined")
        UNPAID = "unpaid", _("a payment stayed out")
        MEMBER = "member", _("the member is blocked or has left")
        CLOSED = "closed", _("the program is closing")

    program = models.ForeignKey(
        Program, models.PROTECT, related_name="subscriptions", db_index=False, verbose_name=_("program")
    )
    member = models.ForeignKey(Member, models.PROTECT, related_name="subscriptions", verbose_name=_("member"))
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="subscriptions", verbose_name=_("plan"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    currency = models.CharField(_("money"), max_length=3)
    price = models.PositiveBigIntegerField(_("price, in minor units"))
    gateway = models.CharField(_("paid through"), max_length=20)
    customer = models.CharField(_("customer at the payment provider"), max_length=120, blank=True)
    payment_method = models.CharField(_("means of payment at the payment provider"), max_length=120, blank=True)
    subscribed_at = models.DateTimeField(_("subscribed"))
    began_at = models.DateTimeField(_("benefits since"), null=True, blank=True)
    trial_end = models.DateField(_("end of the trial"), null=True, blank=True)
    anchor_date = models.DateField(_("periods counted from"))
    period_start = models.DateField(_("start of the period"))
    period_end = models.DateField(_("end of the period"), help_text=_("The first day after it."))
    due_date = models.DateField(_("next step on"), null=True, blank=True)
    failed_date = models.DateField(_("payment due since"), null=True, blank=True)
    paused_at = models.DateTimeField(_("paused since"), null=True, blank=True)
    paused_days = models.PositiveIntegerField(_("paid days left"), null=True, blank=True)
    ends_with_period = models.BooleanField(_("ends with the period"), default=False)
    next_plan = models.ForeignKey(
        Plan, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("plan from the next period on")
    )
    next_price = models.PositiveBigIntegerField(
        _("price from the next period on, in minor units"), null=True, blank=True
    )
    cancelled_at = models.DateTimeField(_("cancellation asked for"), null=True, blank=True)
    cancelled_reason = models.CharField(_("reason of the cancellation"), max_length=200, blank=True)
    ended_at = models.DateTimeField(pgettext_lazy("subscription", "ended"), null=True, blank=True)
    ending = models.CharField(_("why it ended"), max_length=10, choices=Ending.choices, blank=True)
    history = HistoricalRecords(verbose_name=_("history of the subscription"))

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(
                "program", "member", name="subscription_is_one_live_per_member", condition=Q(state__in=LIVE)
            ),
            models.UniqueConstraint(
                "program", "member", name="subscription_trial_is_one_per_person", condition=Q(trial_end__isnull=False)
            ),
            models.CheckConstraint(condition=Q(period_end__gt=F("period_start")), name="subscription_period_has_days"),
            models.CheckConstraint(
                condition=Q(state__in=LIVE, ended_at__isnull=True, ending="")
                | Q(state__in=["cancelled", "expired"], ended_at__isnull=False, due_date__isnull=True),
                name="subscription_ended_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(state="paused", paused_at__isnull=False, paused_days__isnull=False)
                | (~Q(state="paused") & Q(paused_at__isnull=True, paused_days__isnull=True)),
                name="subscription_pause_has_its_days",
            ),
            models.CheckConstraint(
                condition=Q(next_plan__isnull=True, next_price__isnull=True)
                | Q(next_plan__isnull=False, next_price__isnull=False),
                name="subscription_next_plan_has_its_price",
            ),
        ]
        indexes = [
            models.Index(fields=["program", "member"], name="subscription_member"),
            models.Index(fields=["program", "due_date"], name="subscription_due", condition=Q(due_date__isnull=False)),
        ]

    def __str__(self):
        return f"{self.member} · {self.plan}"

    @property
    def is_live(self):
        return self.state in LIVE

    @property
    def has_benefits(self):
        """While trialing, active or, once it has begun, within the days of grace."""
        return self.began_at is not None and self.state in ("trialing", "active", "past_due")
