from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from campaigns import rules
from loyalty.programs.models import Program
from members.models import Member

DAYS_BEFORE = 30


class Occasion(models.TextChoices):
    WELCOME = "welcome", _("welcome")
    POINTS_EXPIRING = "points_expiring", _("points expire soon")


def validate_placeholders(text):
    unknown = rules.unknown_placeholders(text)
    if unknown:
        raise ValidationError(
            _("“%(unknown)s” cannot be filled in; write %(known)s."),
            params={
                "unknown": ", ".join(f"{{{name}}}" for name in unknown),
                "known": ", ".join(f"{{{name}}}" for name in rules.PLACEHOLDERS),
            },
        )


PLACEHOLDER_HELP = _(
    "Empty means the standard text. {first_name}, {program}, {points}, {currency} and {date} are filled in."
)


class EmailSetting(models.Model):
    """How one program treats one occasion."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="email_settings", verbose_name=_("program"))
    occasion = models.CharField(_("occasion"), max_length=40, choices=Occasion.choices)
    is_active = models.BooleanField(_("is sent"), default=True)
    days_before = models.PositiveSmallIntegerField(
        _("days before the expiry"),
        default=DAYS_BEFORE,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_("How many days before points expire their owner is told."),
    )
    subject_en = models.CharField(
        _("subject in English"),
        max_length=150,
        blank=True,
        help_text=PLACEHOLDER_HELP,
        validators=[validate_placeholders],
    )
    subject_fr = models.CharField(
        _("subject in French"),
        max_length=150,
        blank=True,
        help_text=PLACEHOLDER_HELP,
        validators=[validate_placeholders],
    )
    intro_en = models.TextField(
        _("opening text in English"),
        max_length=2000,
        blank=True,
        help_text=PLACEHOLDER_HELP,
        validators=[validate_placeholders],
    )
    intro_fr = models.TextField(
        _("opening text in French"),
        max_length=2000,
        blank=True,
        help_text=PLACEHOLDER_HELP,
        validators=[validate_placeholders],
    )
    history = HistoricalRecords(verbose_name=_("history of the e-mail’s settings"))

    class Meta:
        verbose_name = _("e-mail setting")
        verbose_name_plural = _("e-mail settings")
        ordering = ["program", "occasion"]
        permissions = [("test_emailsetting", gettext_noop("Can send a test e-mail"))]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "occasion"],
                name="email_setting_is_one_per_occasion",
                violation_error_message=_("This program already has settings for this occasion."),
            ),
            models.CheckConstraint(
                condition=Q(days_before__gte=1, days_before__lte=365), name="email_setting_days_are_within_a_year"
            ),
        ]

    def __str__(self):
        return f"{self.program} · {self.get_occasion_display()}"

    @property
    def subject(self):
        """In the reader's language."""
        return self.subject_fr if (get_language() or "").startswith("fr") else self.subject_en

    @property
    def intro(self):
        """In the reader's language."""
        return self.intro_fr if (get_language() or "").startswith("fr") else self.intro_en


class Message(models.Model):
    """queued → sending → sent, failed or queued again; or skipped, with the reason.

    `period` tells messages of one occasion apart: for points that expire, the month in which they do (`2026-03`), so
    that a member who bought every week is written to once a month and not once a week.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        SKIPPED = "skipped", _("skipped")
        FAILED = "failed", _("failed")

    class Reason(models.TextChoices):
        PAST_DAY = "past_day", _("the day was already past")
        SWITCHED_OFF = "switched_off", _("the e-mail is switched off")
        NOT_ACTIVE = "not_active", _("the member is not active")
        NO_EMAIL = "no_email", _("the member has no e-mail")
        NO_CONSENT = "no_consent", _("the member has not agreed to e-mails")
        NOTHING_TO_SAY = "nothing_to_say", _("no points expire any more")
        TOO_LATE = "too_late", _("it could not be sent in time")
        NOT_ACCEPTED = "not_accepted", _("the mail server did not accept it")
        INTERRUPTED = "interrupted", _("interrupted while being sent; it may have gone out")

    program = models.ForeignKey(Program, models.PROTECT, related_name="messages", verbose_name=_("program"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="messages", verbose_name=_("member"))
    occasion = models.CharField(_("occasion"), max_length=40, choices=Occasion.choices)
    period = models.CharField(_("period"), max_length=20, blank=True)
    channel = models.CharField(_("channel"), max_length=10, default="email")
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices, blank=True)
    error = models.CharField(_("answer of the mail server"), max_length=300, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    context = models.JSONField(_("figures"), default=dict, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("created"))
    due_at = models.DateTimeField(_("to be sent from"))
    claimed_at = models.DateTimeField(_("last attempt"), null=True, blank=True)
    sent_at = models.DateTimeField(pgettext_lazy("moment", "sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        permissions = [("retry_message", gettext_noop("Can send a failed message again"))]
        constraints = [
            models.UniqueConstraint(
                "program", "member", "occasion", "period", name="message_is_said_once_per_occasion"
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="message_sent_says_when"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["skipped", "failed"]) | ~Q(reason=""), name="message_not_sent_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="message_state"),
            models.Index(fields=["due_at", "id"], name="message_queue", condition=Q(state="queued")),
        ]

    def __str__(self):
        return f"{self.get_occasion_display()} → {self.member}"
