from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from loyalty.programs.models import Program, Store
from loyalty.subscriptions.querysets import ChargeQuerySet
from members.models import Member

from .plan import Plan
from .subscription import Subscription


class Charge(models.Model):
    """What one period of a subscription costs: exactly one row per subscription and period, written before anybody is
    asked to pay. (A change of plan in the middle begins another period, of the other plan.)

    `credit` is what the unused days of the charge `credits` pay of it; `credited` is what of this one paid a later
    one. The receipt has a number from the moment of payment on, without gaps within the program.
    """

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("charge", "pending")
        PAID = "paid", pgettext_lazy("charge", "paid")
        FAILED = "failed", pgettext_lazy("charge", "failed")
        REFUNDED = "refunded", pgettext_lazy("charge", "refunded")

    fixed_columns = (
        "program_id",
        "member_id",
        "subscription_id",
        "plan_id",
        "period_start",
        "period_end",
        "amount",
        "credit",
        "credits_id",
        "currency",
        "key",
        "created_at",
    )

    program = models.ForeignKey(
        Program, models.PROTECT, related_name="charges", db_index=False, verbose_name=_("program")
    )
    member = models.ForeignKey(Member, models.PROTECT, related_name="charges", verbose_name=_("member"))
    subscription = models.ForeignKey(
        Subscription, models.PROTECT, related_name="charges", db_index=False, verbose_name=_("subscription")
    )
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="charges", verbose_name=_("plan"))
    period_start = models.DateField(_("start of the period"))
    period_end = models.DateField(_("end of the period"), help_text=_("The first day after it."))
    amount = models.PositiveBigIntegerField(_("amount, in minor units"))
    credit = models.PositiveBigIntegerField(_("credit for unused days, in minor units"), default=0)
    credits = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="credited_to", verbose_name=_("credit from")
    )
    currency = models.CharField(_("money"), max_length=3)
    key = models.CharField(_("key"), max_length=40, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"))

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    attempted_at = models.DateTimeField(_("last asked for"), null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=60, blank=True)
    paid_through = models.CharField(_("paid through"), max_length=20, blank=True)
    reference = models.CharField(_("reference at the payment provider"), max_length=120, blank=True)
    paid_at = models.DateTimeField(pgettext_lazy("moment", "paid"), null=True, blank=True)
    receipt_number = models.PositiveBigIntegerField(_("receipt number"), null=True, blank=True)
    store = models.ForeignKey(Store, models.PROTECT, null=True, blank=True, verbose_name=_("store"))
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken by")
    )
    refunded = models.PositiveBigIntegerField(_("refunded, in minor units"), default=0)
    credited = models.PositiveBigIntegerField(_("credited to a later charge, in minor units"), default=0)

    objects = ChargeQuerySet.as_manager()

    class Meta:
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        constraints = [
            models.UniqueConstraint(
                "subscription", "period_start", "plan", name="charge_is_one_per_subscription_and_period"
            ),
            models.UniqueConstraint("program", "receipt_number", name="charge_receipt_number_is_used_once"),
            models.CheckConstraint(condition=Q(period_end__gt=F("period_start")), name="charge_period_has_days"),
            models.CheckConstraint(
                condition=Q(state__in=["paid", "refunded"], receipt_number__isnull=False, paid_at__isnull=False)
                | Q(state__in=["pending", "failed"], receipt_number__isnull=True, paid_at__isnull=True),
                name="charge_paid_has_its_receipt",
            ),
            models.CheckConstraint(
                condition=Q(refunded__lte=F("amount"), credited__lte=F("amount") + F("credit") - F("refunded")),
                name="charge_gives_back_no_more_than_it_took",
            ),
        ]
        indexes = [models.Index(fields=["program", "member"], name="charge_member")]

    def __str__(self):
        return f"{self.subscription} · {self.period_start}"

    @property
    def is_paid(self):
        return self.state in (self.State.PAID, self.State.REFUNDED)

    @property
    def price(self) -> int:
        """What the period costs, credit included."""
        return self.amount + self.credit

    @property
    def refundable(self) -> int:
        """What can still be given back."""
        return max(0, min(self.amount - self.refunded, self.price - self.credited - self.refunded))


class Attempt(models.Model):
    """One asking of the gateway, written before it is asked. While the answer is missing, asking again with the same
    key gets the answer that there is, and takes no money a second time."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked, no answer yet")
        PENDING = "pending", pgettext_lazy("charge", "pending")
        PAID = "paid", pgettext_lazy("charge", "paid")
        DECLINED = "declined", pgettext_lazy("charge", "declined")

    fixed_columns = ("charge_id", "number", "key", "asked_at")

    charge = models.ForeignKey(Charge, models.PROTECT, related_name="tries", db_index=False, verbose_name=_("charge"))
    number = models.PositiveSmallIntegerField(_("attempt"))
    key = models.CharField(_("key"), max_length=60, unique=True, editable=False)
    asked_at = models.DateTimeField(_("asked"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ASKED)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=60, blank=True)
    reference = models.CharField(_("reference at the payment provider"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("attempt to collect")
        verbose_name_plural = _("attempts to collect")
        ordering = ["charge", "number"]
        constraints = [models.UniqueConstraint("charge", "number", name="attempt_is_numbered_within_its_charge")]
        indexes = [models.Index(fields=["reference"], name="attempt_reference", condition=~Q(reference=""))]

    def __str__(self):
        return f"{self.number} · {self.get_state_display()}"


class ChargeRefund(models.Model):
    """Money given back, written before the gateway is asked to; its amount is reserved in the charge from then on."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked, no answer yet")
        DONE = "done", pgettext_lazy("refund", "done")
        FAILED = "failed", pgettext_lazy("refund", "failed")

    fixed_columns = ("program_id", "member_id", "charge_id", "amount", "key", "asked_at", "by_id")

    program = models.ForeignKey(
        Program, models.PROTECT, related_name="charge_refunds", db_index=False, verbose_name=_("program")
    )
    member = models.ForeignKey(Member, models.PROTECT, related_name="charge_refunds", verbose_name=_("member"))
    charge = models.ForeignKey(Charge, models.PROTECT, related_name="refunds", verbose_name=_("charge"))
    amount = models.PositiveBigIntegerField(_("amount, in minor units"))
    key = models.CharField(_("key"), max_length=40, unique=True, editable=False)
    reason = models.CharField(_("reason"), max_length=200)
    asked_at = models.DateTimeField(_("asked"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ASKED)
    done_at = models.DateTimeField(pgettext_lazy("refund", "done"), null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=60, blank=True)
    reference = models.CharField(_("reference at the payment provider"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("refund of a charge")
        verbose_name_plural = _("refunds of charges")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="charge_refund_gives_something")]
        indexes = [models.Index(fields=["program"], name="charge_refund_open", condition=Q(state="asked"))]

    def __str__(self):
        return f"{self.charge} · {self.asked_at:%Y-%m-%d}"


class ReceiptBook(models.Model):
    """The last receipt number of a program. Its row is held from the number's giving to the commit, so none is lost."""

    program = models.OneToOneField(Program, models.PROTECT, related_name="receipt_book", verbose_name=_("program"))
    last = models.PositiveBigIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("receipt book")
        verbose_name_plural = _("receipt books")

    def __str__(self):
        return f"{self.program} · {self.last}"
