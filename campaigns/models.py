"""What is said to members. A `Message` is one text for one member about one occasion, said at most once."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.programs.models import Program
from members.models import Member


class Message(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENT = "sent", _("sent")
        SKIPPED = "skipped", _("skipped")
        FAILED = "failed", _("failed")

    program = models.ForeignKey(Program, models.PROTECT, related_name="messages", verbose_name=_("program"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="messages", verbose_name=_("member"))
    occasion = models.CharField(_("occasion"), max_length=40)
    period = models.CharField(_("period"), max_length=20, blank=True)
    channel = models.CharField(_("channel"), max_length=10, default="email")
    language = models.CharField(_("language"), max_length=2)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    context = models.JSONField(_("figures"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(
                "program", "member", "occasion", "period", name="message_is_said_once_per_occasion"
            )
        ]
        indexes = [models.Index(fields=["state", "id"], name="message_queue")]

    def __str__(self):
        return f"{self.occasion} → {self.member}"
