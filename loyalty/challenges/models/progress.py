from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.models import Member
from rewards.models import Voucher

from .challenge import Challenge


class Participation(models.Model):
    """A member who joined a challenge that has to be joined."""

    fixed_columns = ("challenge_id", "joined_at")

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="participations", verbose_name=_("challenge"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    joined_at = models.DateTimeField(_("joined"))

    class Meta:
        verbose_name = _("participation in a challenge")
        verbose_name_plural = _("participations in challenges")
        constraints = [models.UniqueConstraint("challenge", "member", name="challenge_is_joined_once")]

    def __str__(self):
        return f"{self.member} · {self.challenge}"


class ChallengeProgress(models.Model):
    """How far a member is, in a period: the sum of the steps, or the last streak. The steps are what counts."""

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="progresses", verbose_name=_("challenge"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="challenges", verbose_name=_("member"))
    period = models.CharField(
        _("period"), max_length=8, blank=True, help_text=_("2026-03, 2026-W10; empty where it is counted as a whole.")
    )
    count = models.BigIntegerField(_("reached"), default=0)
    completions = models.PositiveIntegerField(_("times won"), default=0)
    updated_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("progress in a challenge")
        verbose_name_plural = _("progress in challenges")
        constraints = [
            models.UniqueConstraint("challenge", "member", "period", name="challenge_progress_is_kept_once"),
            models.CheckConstraint(condition=Q(count__gte=0), name="challenge_progress_is_not_negative"),
        ]

    def __str__(self):
        return f"{self.member} · {self.challenge} {self.period}".strip()


class ChallengeStep(models.Model):
    """What one activity adds, or what a refund takes of it (`undoes` names the activity that had added it).

    It follows the person when two members become one; what it adds is fixed.
    """

    fixed_columns = ("activity_id", "undoes", "day", "category", "value", "amount")

    progress = models.ForeignKey(ChallengeProgress, models.PROTECT, related_name="steps", verbose_name=_("progress"))
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("member")
    )
    activity_id = models.BigIntegerField(_("activity"))
    undoes = models.BigIntegerField(_("takes back what this activity added"), null=True, blank=True)
    day = models.DateField(_("day"), help_text=_("In the program’s time zone."))
    category = models.CharField(_("category"), max_length=60, blank=True)
    value = models.BigIntegerField(_("adds"))
    amount = models.BigIntegerField(_("money that counted, in minor units"), default=0)

    class Meta:
        verbose_name = _("step of a challenge")
        verbose_name_plural = _("steps of challenges")
        constraints = [
            models.UniqueConstraint("progress", "activity_id", "category", name="challenge_step_is_made_once"),
            models.CheckConstraint(
                condition=Q(value__gt=0, undoes__isnull=True) | Q(value__lt=0, undoes__isnull=False),
                name="challenge_step_adds_or_undoes",
            ),
        ]
        indexes = [
            models.Index(fields=["activity_id"], name="challenge_step_activity"),
            models.Index(fields=["undoes"], name="challenge_step_undoes", condition=Q(undoes__isnull=False)),
        ]

    def __str__(self):
        return f"{self.value:+d}"


class ChallengeCompletion(models.Model):
    """One time that a member won, and what that gave.

    `ordinal` counts the wins within the progress. A refund may undo one (`undone_at`); a reward that was used by then
    stays (`is_reward_kept`), and the same win, reached again (`attempt`), does not give it a second time.
    """

    fixed_columns = ("attempt", "activity_id", "completed_at")

    progress = models.ForeignKey(ChallengeProgress, models.PROTECT, related_name="wins", verbose_name=_("progress"))
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="challenge_wins", db_constraint=False, verbose_name=_("member")
    )
    ordinal = models.PositiveIntegerField(_("which time"))
    attempt = models.PositiveIntegerField(_("attempt"), default=1)
    activity_id = models.BigIntegerField(_("activity"))
    points = models.PositiveIntegerField(_("points"), default=0)
    voucher = models.ForeignKey(
        Voucher, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("voucher")
    )
    completed_at = models.DateTimeField(pgettext_lazy("challenge", "won"))
    undone_at = models.DateTimeField(pgettext_lazy("moment", "undone"), null=True, blank=True)
    undone_by = models.BigIntegerField(_("undone by the activity"), null=True, blank=True)
    is_reward_kept = models.BooleanField(
        _("reward kept"), default=False, help_text=_("It had been used when the challenge was undone.")
    )

    class Meta:
        verbose_name = _("challenge won")
        verbose_name_plural = _("challenges won")
        constraints = [
            models.UniqueConstraint("progress", "ordinal", "attempt", name="challenge_attempt_is_won_once"),
            models.UniqueConstraint(
                fields=["progress", "ordinal"], name="challenge_is_won_once", condition=Q(undone_at__isnull=True)
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True, is_reward_kept=False)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="challenge_undone_has_its_cause",
            ),
        ]

    def __str__(self):
        return f"{self.progress} · {self.ordinal}"

    @property
    def reference(self) -> str:
        """The name of this win for points and vouchers."""
        return str(self.pk)
