"""What the members' pages keep: codes that prove an address, how often somebody asked, who asked to be forgotten.

Who is signed in is kept by Django's sessions, under a cookie of this room's own (`sessions.py`). Of somebody who began
to sign up and never entered the code, only the address that the code went to is kept, for a day.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from loyalty.programs.models import Program
from members.models import Member

TRIES = 5


class OneTimeCode(models.Model):
    """Six digits sent to an e-mail or a phone. `digest` is empty until they are sent: for an address that nobody here
    has, they never are, and nothing that can be asked from outside tells the difference."""

    class Intent(models.TextChoices):
        SIGN_IN = "sign_in", _("to sign in")
        SIGN_UP = "sign_up", _("to sign up")

    program = models.ForeignKey(Program, models.CASCADE, related_name="+", verbose_name=_("program"))
    address = models.CharField(_("sent to"), max_length=254)
    intent = models.CharField(_("what for"), max_length=10, choices=Intent.choices)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    digest = models.CharField(_("keyed hash"), max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    asked_at = models.DateTimeField(_("asked for"))
    expires_at = models.DateTimeField(_("expires"))
    used_at = models.DateTimeField(pgettext_lazy("moment", "used"), null=True, blank=True)

    class Meta:
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")
        constraints = [
            models.CheckConstraint(condition=Q(tries__lte=TRIES), name="one_time_code_has_few_tries"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("asked_at")), name="one_time_code_ends"),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | ~Q(digest=""), name="one_time_code_used_was_sent"
            ),
        ]

    def __str__(self):
        return f"{self.get_intent_display()} · {self.asked_at:%Y-%m-%d %H:%M}"


class Asked(models.Model):
    """How often one address, or one visitor, asked for something in one hour. Only a keyed hash says who."""

    digest = models.CharField(_("keyed hash"), max_length=64)
    hour = models.DateTimeField(_("hour"))
    times = models.PositiveIntegerField(_("times"), default=0)

    class Meta:
        verbose_name = _("count of requests")
        verbose_name_plural = _("counts of requests")
        constraints = [models.UniqueConstraint("digest", "hour", name="asked_is_counted_once_per_hour")]

    def __str__(self):
        return f"{self.hour:%Y-%m-%d %H:00} · {self.times}"


class ErasureRequest(models.Model):
    """A member asked to be forgotten. Until `due_at` they may think better of it; then it is done by itself."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="erasure_requests", verbose_name=_("member"))
    program = models.ForeignKey(Program, models.PROTECT, related_name="+", verbose_name=_("program"))
    requested_at = models.DateTimeField(_("asked for"))
    due_at = models.DateTimeField(_("to be erased from"))
    withdrawn_at = models.DateTimeField(pgettext_lazy("moment", "withdrawn"), null=True, blank=True)
    done_at = models.DateTimeField(pgettext_lazy("moment", "erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("request for erasure")
        verbose_name_plural = _("requests for erasure")
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                name="erasure_request_is_open_once",
                condition=Q(withdrawn_at__isnull=True, done_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(done_at__isnull=True),
                name="erasure_request_is_withdrawn_or_done",
            ),
            models.CheckConstraint(condition=Q(due_at__gt=F("requested_at")), name="erasure_request_leaves_time"),
        ]

    def __str__(self):
        return f"{self.member} · {self.requested_at:%Y-%m-%d}"
