from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from .badge import Badge
from .base import COUNT, Conditional, Dated, ForSome, Named, Rewarding, purchases

AMOUNT = "amount"


class Challenge(Named, Dated, ForSome, Conditional, Rewarding):
    """Something to reach in a time, and what a member gets who reaches it: “3 visits in March → 50 points”.

    `winners` counts who has won, all members together: it is raised by a conditional update, so that `most_winners`
    holds whoever comes at the same moment. Once a member is under way, what has to be reached is fixed.
    """

    class Goal(models.TextChoices):
        COUNT = "count", _("a number of activities")
        AMOUNT = AMOUNT, _("an amount spent")
        ITEMS = "items", _("a number of articles")
        NEW_CATEGORY = "new_category", _("categories never bought before")
        STREAK = "streak", _("days, weeks or months in a row")

    class Every(models.TextChoices):
        DAY = "day", _("days")
        WEEK = "week", _("weeks")
        MONTH = "month", _("months")

    class Period(models.TextChoices):
        WHOLE = "", _("over its whole time")
        WEEK = "week", _("anew each week")
        MONTH = "month", _("anew each month")

    goal = models.CharField(_("goal"), max_length=12, choices=Goal.choices, default=Goal.COUNT)
    target = models.PositiveIntegerField(_("how many"), null=True, blank=True, validators=COUNT)
    target_amount = models.PositiveBigIntegerField(
        _("amount to spend, in minor units"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    every = models.CharField(_("in a row"), max_length=5, choices=Every.choices, blank=True)
    period = models.CharField(
        _("counted"),
        max_length=5,
        choices=Period.choices,
        blank=True,
        default=Period.WHOLE,
        help_text=_("“Anew each month” begins at zero on the 1st; weeks begin on Monday."),
    )
    times = models.PositiveSmallIntegerField(
        _("times it can be won"),
        null=True,
        blank=True,
        default=1,
        validators=[MinValueValidator(1)],
        help_text=_("By each member, in each period; empty means without limit."),
    )
    is_opt_in = models.BooleanField(
        _("members must join"), default=False, help_text=_("What a member did before joining does not count.")
    )
    badge = models.ForeignKey(
        Badge,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="challenges",
        verbose_name=pgettext_lazy("distinction", "badge"),
    )
    most_winners = models.PositiveIntegerField(
        _("wins at most"),
        null=True,
        blank=True,
        validators=COUNT,
        help_text=_(
            "All members together; empty means without limit. 100 wins of 50 points cost at most 5,000 points."
        ),
    )
    winners = models.PositiveIntegerField(_("wins so far"), default=0, editable=False)
    is_active = models.BooleanField(pgettext_lazy("challenge", "active"), default=True)
    history = HistoricalRecords(verbose_name=_("history of the challenge"), excluded_fields=["winners"])

    class Meta(Named.Meta):
        abstract = False
        verbose_name = _("challenge")
        verbose_name_plural = _("challenges")
        ordering = ["program", "code"]
        constraints = [
            *Named.Meta.constraints,
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(goal=AMOUNT, target_amount__isnull=False, target_amount__gte=1)
                | (~Q(goal=AMOUNT) & Q(target__isnull=False, target__gte=1)),
                name="challenge_has_something_to_reach",
                violation_error_message=_("Say how much has to be reached."),
            ),
            models.CheckConstraint(
                condition=Q(points__isnull=False, points__gte=1) | Q(reward__isnull=False) | Q(badge__isnull=False),
                name="challenge_gives_something",
                violation_error_message=_("Give points, a reward or a badge."),
            ),
            models.CheckConstraint(
                condition=~Q(goal="streak") | ~Q(every=""),
                name="challenge_streak_is_of_something",
                violation_error_message=_("Choose days, weeks or months."),
            ),
            models.CheckConstraint(
                condition=~Q(goal="streak", every__in=["week", "month"]) | Q(period=""),
                name="challenge_streak_fits_its_period",
                violation_error_message=_("Weeks or months in a row are counted over the whole time."),
            ),
            models.CheckConstraint(
                condition=Q(most_winners__isnull=True) | Q(winners__lte=F("most_winners")),
                name="challenge_has_no_more_winners_than_allowed",
                violation_error_message=_("More have won already."),
            ),
        ]

    @property
    def needed(self) -> int:
        """What has to be reached: minor units where the goal is an amount."""
        return (self.target_amount if self.goal == self.Goal.AMOUNT else self.target) or 0

    def clean(self):
        """The same as the constraints, with each message at its field, and what only one program can say."""
        errors = self._target_errors() | self._streak_errors()
        if self.goal == self.Goal.NEW_CATEGORY and self.kinds != purchases():
            errors["kinds"] = _("Only purchases have categories.")
        if not (self.points or self.reward_id or self.badge_id):
            errors["points"] = _("Give points, a reward or a badge.")
        for field in ("reward", "badge"):
            given = getattr(self, field)
            if given and self.program_id and given.program_id != self.program_id:
                errors[field] = _("It belongs to another program.")
        if errors:
            raise ValidationError(errors)

    def _target_errors(self):
        field = "target_amount" if self.goal == self.Goal.AMOUNT else "target"
        return {} if self.needed else {field: _("Say how much has to be reached.")}

    def _streak_errors(self):
        if self.goal != self.Goal.STREAK:
            return {}
        if not self.every:
            return {"every": _("Choose days, weeks or months.")}
        if self.period and self.every != self.Every.DAY:
            return {"period": _("Weeks or months in a row are counted over the whole time.")}
        if self.period == self.Period.WEEK and self.needed > 7:
            return {"target": _("A week has seven days.")}
        if self.period == self.Period.MONTH and self.needed > 28:
            return {"target": _("At most 28, so that it can be done in February too.")}
        return {}
