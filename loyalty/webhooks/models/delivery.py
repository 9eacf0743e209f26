from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from loyalty.events.models import Event

from .endpoint import Endpoint


class Delivery(models.Model):
    """One event for one endpoint. `member_id` is a plain value, as in the event: it keeps a member's in order."""

    class State(models.TextChoices):
        WAITING = "waiting", _("to be delivered")
        DELIVERED = "delivered", _("delivered")
        DEAD = "dead", _("given up")
        SKIPPED = "skipped", _("not to be told any more")

    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="deliveries", verbose_name=_("endpoint"))
    event = models.ForeignKey(Event, models.PROTECT, related_name="deliveries", verbose_name=_("event"))
    member_id = models.BigIntegerField(_("member"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    status = models.PositiveIntegerField(_("last answer"), null=True, blank=True)
    code = models.CharField(_("reason"), max_length=60, blank=True)
    created_at = models.DateTimeField(_("created"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        permissions = [("replay_delivery", gettext_noop("Can send dead letters again"))]
        constraints = [
            models.UniqueConstraint("endpoint", "event", name="delivery_is_one_per_endpoint_and_event"),
            models.CheckConstraint(
                condition=Q(state="waiting", due_at__isnull=False, settled_at__isnull=True)
                | (~Q(state="waiting") & Q(due_at__isnull=True, settled_at__isnull=False)),
                name="delivery_is_due_or_settled",
            ),
        ]
        indexes = [
            models.Index(fields=["settled_at"], name="delivery_settled", condition=~Q(state="waiting")),
            models.Index(fields=["endpoint", "due_at"], name="delivery_due", condition=Q(state="waiting")),
            models.Index(
                fields=["endpoint", "member_id", "event"], name="delivery_order", condition=Q(state="waiting")
            ),
        ]

    def __str__(self):
        return f"{self.endpoint} · {self.event}"
