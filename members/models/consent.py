from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.lib.wording import named
from members.querysets import ConsentQuerySet

from .member import Member


class Consent(models.Model):
    """One answer of a member about one channel. Append-only; the latest per channel holds, none means no."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        SMS = "sms", _("SMS")
        POST = "post", _("post")

    append_only = True

    member = models.ForeignKey(Member, models.PROTECT, related_name="consents", verbose_name=_("member"))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    given = models.BooleanField(_("given"))
    wording = models.TextField(_("wording shown"), blank=True)
    source = models.CharField(_("source"), max_length=60)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    recorded_at = models.DateTimeField(_("recorded"))

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [models.Index(fields=["member", "channel", "-recorded_at", "-id"], name="consent_latest")]

    def __str__(self):
        return named(self.get_channel_display(), _("yes") if self.given else _("no"))
