from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy
from simple_history.models import HistoricalRecords

from loyalty.programs.models import Program
from members.models import Member
from rewards.models import Voucher

from .base import COUNT, Dated, Named, Rewarding

MOST_CODES = 100_000


class CodeBatch(Named, Dated, Rewarding):
    """Single-use codes that members enter, each worth the same: printed on products, on receipts, in mailings."""

    quantity = models.PositiveIntegerField(
        _("quantity"),
        validators=[MinValueValidator(1), MaxValueValidator(MOST_CODES)],
        help_text=_("Up to 100,000; they are made in the background."),
    )
    per_member_limit = models.PositiveIntegerField(
        _("limit per member"),
        null=True,
        blank=True,
        validators=COUNT,
        help_text=_("Codes of this batch that one member may enter in all; empty means without limit."),
    )
    per_day_limit = models.PositiveIntegerField(
        _("limit per member and day"),
        null=True,
        blank=True,
        validators=COUNT,
        help_text=_("Empty means without limit."),
    )
    created_at = models.DateTimeField(_("created"), editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("by")
    )
    downloaded_at = models.DateTimeField(_("downloaded"), null=True, blank=True, editable=False)
    downloaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("downloaded by"),
    )
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True, editable=False)
    history = HistoricalRecords(verbose_name=_("history of the batch"))

    class Meta(Named.Meta):
        abstract = False
        verbose_name = _("batch of codes")
        verbose_name_plural = _("batches of codes")
        permissions = [("download_codebatch", gettext_noop("Can download the codes of a batch, once"))]
        constraints = [
            *Named.Meta.constraints,
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(points__isnull=False, points__gte=1) | Q(reward__isnull=False),
                name="code_batch_gives_something",
                violation_error_message=_("Give points or a reward."),
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1, quantity__lte=MOST_CODES), name="code_batch_has_codes"),
        ]

    def clean(self):
        errors = {}
        if not (self.points or self.reward_id):
            errors["points"] = _("Give points or a reward.")
        if self.reward and self.program_id and self.reward.program_id != self.program_id:
            errors["reward"] = _("It belongs to another program.")
        if errors:
            raise ValidationError(errors)


class EntryCode(models.Model):
    """One code, free until an activity has claimed it. Only its keyed hash and its end are kept."""

    fixed_columns = ("batch_id", "digest", "ending")

    batch = models.ForeignKey(CodeBatch, models.PROTECT, related_name="codes", verbose_name=_("batch of codes"))
    digest = models.CharField(_("keyed hash"), max_length=32, unique=True)
    ending = models.CharField(_("ends with"), max_length=4)
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("entered by")
    )
    activity_id = models.BigIntegerField(_("activity"), null=True, blank=True)
    used_at = models.DateTimeField(_("entered"), null=True, blank=True)

    class Meta:
        verbose_name = _("code to enter")
        verbose_name_plural = _("codes to enter")
        constraints = [
            models.CheckConstraint(
                condition=Q(member__isnull=True, activity_id__isnull=True, used_at__isnull=True)
                | Q(member__isnull=False, activity_id__isnull=False, used_at__isnull=False),
                name="entry_code_used_says_by_whom_and_when",
            )
        ]

    def __str__(self):
        return f"…{self.ending}"


class CodeUse(models.Model):
    """A code that a member entered and what it gave; a refund of the activity undoes it and frees the code."""

    fixed_columns = ("code_id", "batch_id", "activity_id", "used_at")

    code = models.ForeignKey(EntryCode, models.PROTECT, related_name="uses", verbose_name=_("code to enter"))
    batch = models.ForeignKey(CodeBatch, models.PROTECT, related_name="uses", verbose_name=_("batch of codes"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="codes_entered", verbose_name=_("member"))
    activity_id = models.BigIntegerField(_("activity"), unique=True)
    points = models.PositiveIntegerField(_("points"), default=0)
    voucher = models.ForeignKey(
        Voucher, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("voucher")
    )
    used_at = models.DateTimeField(_("entered"))
    undone_at = models.DateTimeField(pgettext_lazy("moment", "undone"), null=True, blank=True)
    is_reward_kept = models.BooleanField(
        _("reward kept"), default=False, help_text=_("It had been used when the code was taken back.")
    )

    class Meta:
        verbose_name = _("code entered")
        verbose_name_plural = _("codes entered")
        constraints = [
            models.UniqueConstraint(
                fields=["code"], name="entry_code_is_used_once", condition=Q(undone_at__isnull=True)
            )
        ]
        indexes = [models.Index(fields=["member", "batch", "used_at"], name="code_use_member")]

    def __str__(self):
        return str(self.code)


class CodeAttempts(models.Model):
    """How many wrong codes a member tried on a day: after too many of them the member waits until tomorrow."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="+", verbose_name=_("program"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    day = models.DateField(_("day"))
    failures = models.PositiveIntegerField(_("wrong codes"), default=0)

    class Meta:
        verbose_name = _("wrong codes of a day")
        verbose_name_plural = _("wrong codes")
        constraints = [models.UniqueConstraint("member", "program", "day", name="code_attempts_are_counted_once")]

    def __str__(self):
        return f"{self.day}: {self.failures}"
