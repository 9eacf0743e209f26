from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from loyalty.programs.models import Program, Store
from members.models import Member

from .action import CounterAction
from .device import Device


class Conflict(models.Model):
    """A form that a till had kept while it was without the server, and that was refused when it arrived.

    It waits for a manager of the store, who records it after all, by the form's `key`, or sets it aside with a reason.
    What was typed and why it was refused stay as they came.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("conflict", "open")
        RECORDED = "recorded", pgettext_lazy("conflict", "recorded after all")
        SET_ASIDE = "set_aside", pgettext_lazy("conflict", "set aside")

    fixed_columns = (
        *("key", "program_id", "store_id", "device_id", "clerk_id", "sent_by_id", "journey", "member_id"),
        *("typed", "code", "refusal", "confirmed_at", "arrived_at"),
    )

    key = models.UUIDField(_("key"), unique=True, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="+", verbose_name=_("program"))
    store = models.ForeignKey(Store, models.PROTECT, related_name="counter_conflicts", verbose_name=_("store"))
    device = models.ForeignKey(Device, models.PROTECT, related_name="conflicts", verbose_name=_("till or tablet"))
    clerk = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("clerk"))
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("sent by"))
    journey = models.CharField(_("what was to be done"), max_length=10, choices=CounterAction.Journey.choices)
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="counter_conflicts", verbose_name=_("member")
    )
    typed = models.JSONField(_("what was typed"), default=dict)
    code = models.CharField(_("code of the refusal"), max_length=60)
    refusal = models.TextField(_("why it was refused"))
    confirmed_at = models.DateTimeField(_("confirmed on the till"))
    arrived_at = models.DateTimeField(_("arrived"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    decided_at = models.DateTimeField(pgettext_lazy("conflict", "decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    note = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("conflict of a till")
        verbose_name_plural = _("conflicts of tills")
        ordering = ["confirmed_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="conflict_decided_says_when_and_by_whom",
            ),
            models.CheckConstraint(condition=~Q(state="set_aside") | ~Q(note=""), name="conflict_set_aside_says_why"),
        ]
        indexes = [
            models.Index(fields=["store", "confirmed_at"], name="counter_conflict_open", condition=Q(state="open"))
        ]

    def __str__(self):
        return f"{self.get_journey_display()} · {self.store}"
