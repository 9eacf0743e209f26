from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from members.models import Member
from rewards.models import Voucher

from .base import COUNT, Conditional, Dated, ForSome, Named, Prize


class InstantWin(Named, Dated, ForSome, Conditional, Prize):
    """A game whose every play is decided at once, with the stated chance: `chance_wins` in `chance_of`, exactly.

    `stock` is what is left to be won; the last piece has one winner. Without it a play that hits wins nothing.
    """

    chance_wins = models.PositiveIntegerField(_("chance: wins"), default=1, validators=COUNT)
    chance_of = models.PositiveIntegerField(
        _("in so many plays"), validators=COUNT, help_text=_("1 in 50 means two of a hundred plays.")
    )
    stock = models.PositiveIntegerField(
        _("prizes left"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(1_000_000_000)],
        help_text=_("Empty means without limit."),
    )
    plays_per_day = models.PositiveIntegerField(
        _("plays per member and day"),
        null=True,
        blank=True,
        validators=COUNT,
        help_text=_("Empty means without limit."),
    )
    is_active = models.BooleanField(pgettext_lazy("game", "active"), default=True)
    history = HistoricalRecords(verbose_name=_("history of the game"), excluded_fields=["stock"])

    class Meta(Named.Meta):
        abstract = False
        verbose_name = _("instant win")
        verbose_name_plural = _("instant wins")
        ordering = ["program", "code"]
        constraints = [
            *Named.Meta.constraints,
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(chance_wins__gte=1, chance_of__gte=F("chance_wins")),
                name="instant_win_chance_is_up_to_one",
                violation_error_message=_("There cannot be more wins than plays."),
            ),
            models.CheckConstraint(
                condition=Q(points__isnull=False, points__gte=1) | Q(reward__isnull=False),
                name="instant_win_gives_something",
                violation_error_message=_("Give points or a reward."),
            ),
        ]

    def clean(self):
        errors = self.prize_errors()
        if not (self.points or self.reward_id):
            errors["points"] = _("Give points or a reward.")
        if self.chance_wins and self.chance_of and self.chance_wins > self.chance_of:
            errors["chance_of"] = _("There cannot be more wins than plays.")
        if errors:
            raise ValidationError(errors)


class InstantPlay(models.Model):
    """One play and what was drawn: it hits where `drawn` is below `chance_wins`."""

    fixed_columns = ("game_id", "activity_id", "drawn", "chance_wins", "chance_of", "is_won", "played_at")

    game = models.ForeignKey(InstantWin, models.PROTECT, related_name="plays", verbose_name=_("instant win"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="instant_plays", verbose_name=_("member"))
    activity_id = models.BigIntegerField(_("activity"))
    drawn = models.PositiveIntegerField(_("number drawn"), help_text=_("From 0 to the number of plays less one."))
    chance_wins = models.PositiveIntegerField(_("chance: wins"))
    chance_of = models.PositiveIntegerField(_("in so many plays"))
    is_won = models.BooleanField(pgettext_lazy("game", "won"), help_text=_("A hit that still found a prize."))
    points = models.PositiveIntegerField(_("points"), default=0)
    voucher = models.ForeignKey(
        Voucher, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("voucher")
    )
    played_at = models.DateTimeField(_("played"))
    undone_at = models.DateTimeField(pgettext_lazy("moment", "undone"), null=True, blank=True)
    is_reward_kept = models.BooleanField(
        _("reward kept"), default=False, help_text=_("It had been used when the activity was refunded.")
    )

    class Meta:
        verbose_name = _("play of an instant win")
        verbose_name_plural = _("plays of instant wins")
        constraints = [
            models.UniqueConstraint("game", "activity_id", name="instant_play_is_made_once"),
            models.CheckConstraint(
                condition=Q(drawn__lt=F("chance_of")) & (Q(is_won=False) | Q(drawn__lt=F("chance_wins"))),
                name="instant_play_wins_only_where_it_hits",
            ),
        ]
        indexes = [models.Index(fields=["activity_id"], name="instant_play_activity")]

    def __str__(self):
        return f"{self.member} · {self.game}"

    @property
    def reference(self) -> str:
        return str(self.pk)
