"""The outbox. An `Event` says that something happened; it is written in the transaction in which it happened.

An event is not a message to anybody: consumers (campaigns, webhooks) read events in the order of `sequence`, which one
publisher gives after commit, so that a reader's `Cursor` never steps over an event of a slower transaction.
Program and member are plain values, because this floor knows neither.
"""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    kind = models.CharField(_("kind"), max_length=60)
    program_code = models.CharField(_("program"), max_length=50)
    member_id = models.BigIntegerField(_("member"), null=True, blank=True)
    payload = models.JSONField(_("content"), default=dict, encoder=DjangoJSONEncoder)
    occurred_at = models.DateTimeField(_("occurred"))
    recorded_at = models.DateTimeField(_("recorded"))
    sequence = models.BigIntegerField(_("sequence"), null=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["id"], name="event_unpublished", condition=models.Q(sequence__isnull=True)),
            models.Index(fields=["member_id", "id"], name="event_member"),
        ]

    def __str__(self):
        return f"{self.kind} #{self.pk}"


class Cursor(models.Model):
    """How far one consumer has read. The publisher has one too: the last number that it gave."""

    consumer = models.CharField(_("consumer"), max_length=60, unique=True)
    sequence = models.BigIntegerField(_("sequence"), default=0)

    class Meta:
        verbose_name = _("reading position")
        verbose_name_plural = _("reading positions")

    def __str__(self):
        return f"{self.consumer} @ {self.sequence}"
