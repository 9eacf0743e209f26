from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from loyalty.counter.querysets import ActionQuerySet
from loyalty.programs.models import Program, Store
from members.models import Member

from .device import Device


class CounterAction(models.Model):
    """One thing that a clerk confirmed: who, where, on which device, for whom, and what came of it.

    The `key` was drawn when the form was shown: whoever sends the form again gets this row's receipt. `outcome` is what
    the receipt shows, as plain values; `source` and `reference` name what it caused in the rooms below. Never changed
    but for the undoing, which has its own moment.
    """

    class Journey(models.TextChoices):
        SELL = "sell", pgettext_lazy("at the counter", "purchase")
        STAMP = "stamp", pgettext_lazy("at the counter", "stamp")
        REDEEM = "redeem", pgettext_lazy("at the counter", "reward")
        VOUCHER = "voucher", pgettext_lazy("at the counter", "voucher")
        GIVE = "give", pgettext_lazy("at the counter", "points by hand")
        REFUND = "refund", pgettext_lazy("at the counter", "refund")
        ENROL = "enrol", pgettext_lazy("at the counter", "enrolment")
        CARD = "card", pgettext_lazy("at the counter", "card replaced")
        CODE = "code", pgettext_lazy("at the counter", "code entered")
        CHARGE = "charge", pgettext_lazy("at the counter", "subscription paid")
        SUBSCRIBE = "subscribe", pgettext_lazy("at the counter", "subscription sold")

    fixed_columns = (
        *("key", "program_id", "store_id", "device_id", "clerk_id", "supervisor_id", "journey", "member_id"),
        *("receipt", "by_hand", "digest", "outcome", "source", "reference", "day", "at"),
        *("arrived_at", "sent_by_id"),
    )

    key = models.UUIDField(_("key"), unique=True, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="+", verbose_name=_("program"))
    store = models.ForeignKey(Store, models.PROTECT, related_name="counter_actions", verbose_name=_("store"))
    device = models.ForeignKey(Device, models.PROTECT, related_name="actions", verbose_name=_("till or tablet"))
    clerk = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="counter_actions", verbose_name=_("clerk")
    )
    supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("supervisor"),
        help_text=_("Who confirmed with a PIN what is above the clerk’s limit."),
    )
    journey = models.CharField(_("what was done"), max_length=10, choices=Journey.choices)
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="counter_actions", verbose_name=_("member")
    )
    receipt = models.CharField(_("receipt number"), max_length=40, blank=True)
    by_hand = models.PositiveIntegerField(
        _("given by hand"), default=0, help_text=_("Points or stamps that count against the clerk’s limit of the day.")
    )
    digest = models.CharField(_("digest of what was sent"), max_length=64, editable=False)
    outcome = models.JSONField(_("what came of it"), default=dict)
    source = models.CharField(_("source"), max_length=60, blank=True)
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    day = models.DateField(_("day"), help_text=_("In the store’s time zone."))
    at = models.DateTimeField(pgettext_lazy("moment", "confirmed"))
    arrived_at = models.DateTimeField(
        _("arrived"), null=True, blank=True, help_text=_("Where the till kept it while it was without the server.")
    )
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sent by"),
        help_text=_("Who was signed in at the till when it arrived."),
    )
    undone_at = models.DateTimeField(pgettext_lazy("moment", "undone"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("undone by"),
    )

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("action at the counter")
        verbose_name_plural = _("actions at the counter")
        permissions = [
            ("serve_counteraction", gettext_noop("Can serve members at the counter")),
            ("supervise_counteraction", gettext_noop("Can confirm what is above a clerk’s limit")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="counter_action_undone_says_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(arrived_at__isnull=True, sent_by__isnull=True)
                | Q(arrived_at__isnull=False, sent_by__isnull=False),
                name="counter_action_that_came_late_says_by_whom",
            ),
            # A till may begin anew with its numbers every day.
            models.UniqueConstraint(
                fields=["store", "day", "receipt"],
                condition=Q(journey="sell", undone_at__isnull=True) & ~Q(receipt=""),
                name="counter_sale_has_its_receipt_once_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["clerk", "day", "journey"], name="counter_action_of_clerk"),
            models.Index(fields=["store", "at"], name="counter_action_of_store"),
            models.Index(fields=["store", "receipt"], name="counter_action_receipt", condition=~Q(receipt="")),
        ]

    def __str__(self):
        return f"{self.get_journey_display()} · {self.store}"
