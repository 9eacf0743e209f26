from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from members.models import Member

from .connection import Connection


class Received(models.Model):
    """One delivery. The body is kept until it is dealt with; then only its digest stays.

    A delivery is the same one if its identifier or its body is: whoever replays it changes nothing.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("to be worked off")
        DONE = "done", _("done")
        PASSED = "passed", _("nothing to do")
        WAITING = "waiting", _("waits for the member")
        REFUSED = "refused", _("refused")

    connection = models.ForeignKey(Connection, models.PROTECT, related_name="received", verbose_name=_("connection"))
    delivery_id = models.CharField(_("delivery"), max_length=120)
    digest = models.CharField(_("digest"), max_length=64, editable=False)
    topic = models.CharField(_("topic"), max_length=60, blank=True)
    body = models.TextField(_("content"), blank=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RECEIVED)
    code = models.CharField(_("reason"), max_length=60, blank=True)
    detail = models.CharField(_("explanation"), max_length=300, blank=True)
    activities = models.JSONField(_("activities"), default=list, blank=True)
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("given to the member")
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    received_at = models.DateTimeField(_("received"))
    due_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("delivery received")
        verbose_name_plural = _("deliveries received")
        permissions = [("settle_received", gettext_noop("Can settle deliveries of connected systems"))]
        constraints = [
            models.UniqueConstraint("connection", "delivery_id", name="received_delivery_is_taken_once"),
            models.UniqueConstraint("connection", "digest", name="received_body_is_taken_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "waiting", "passed"]) | ~Q(code=""), name="received_has_its_reason"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["received", "waiting"], due_at__isnull=False, settled_at__isnull=True)
                | Q(state__in=["done", "passed", "refused"], due_at__isnull=True, settled_at__isnull=False),
                name="received_is_due_or_settled",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="received_due", condition=Q(due_at__isnull=False))]

    def __str__(self):
        return f"{self.connection} · {self.topic or self.delivery_id}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.RECEIVED, self.State.WAITING)
