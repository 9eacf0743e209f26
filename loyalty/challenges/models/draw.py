from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from members.models import Member
from rewards.models import Voucher

from .base import COUNT, Conditional, Dated, ForSome, Named, Prize

MOST_WINNERS = 1000


class Draw(Named, Dated, ForSome, Conditional, Prize):
    """A prize draw: activities are tickets, and once, on its day, winners and substitutes are drawn among them.

    `commitment` is the hash of a secret seed, fixed when the draw is made and shown from then on; the seed follows from
    `nonce` and the server's key, so that the database alone does not tell it. With the draw the seed is shown, and
    anybody who has it and the tickets can draw again and must find the same winners (`queries.verify_draw`).
    """

    per_amount = models.PositiveBigIntegerField(
        _("a ticket for each full amount of, in minor units"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: one ticket for each activity."),
    )
    most_tickets = models.PositiveIntegerField(
        _("tickets per member at most"),
        null=True,
        blank=True,
        validators=COUNT,
        help_text=_("Empty means without limit."),
    )
    winners = models.PositiveIntegerField(
        _("winners"), default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_WINNERS)]
    )
    substitutes = models.PositiveIntegerField(
        _("substitutes"),
        default=0,
        validators=[MaxValueValidator(MOST_WINNERS)],
        help_text=_("Drawn after the winners: the first one moves up when a winner is disqualified."),
    )
    draw_date = models.DateField(
        _("day of the draw"), help_text=_("It is drawn in the night before this day begins, after the last day.")
    )
    nonce = models.CharField(max_length=32, editable=False)
    commitment = models.CharField(
        _("commitment"),
        max_length=64,
        editable=False,
        help_text=_("SHA-256 of the seed, fixed before the first ticket. Publish it with the rules of the draw."),
    )
    created_at = models.DateTimeField(_("created"), editable=False)
    drawn_at = models.DateTimeField(_("drawn"), null=True, editable=False)
    seed = models.CharField(_("seed"), max_length=64, blank=True, editable=False)
    tickets_digest = models.CharField(_("hash of the tickets"), max_length=64, blank=True, editable=False)
    is_active = models.BooleanField(pgettext_lazy("draw", "active"), default=True)
    history = HistoricalRecords(verbose_name=_("history of the draw"), excluded_fields=["nonce"])

    class Meta(Named.Meta):
        abstract = False
        verbose_name = _("prize draw")
        verbose_name_plural = _("prize draws")
        ordering = ["program", "code"]
        constraints = [
            *Named.Meta.constraints,
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=Q(winners__gte=1), name="draw_has_a_winner"),
            models.CheckConstraint(
                condition=Q(drawn_at__isnull=True, seed="", tickets_digest="")
                | (Q(drawn_at__isnull=False) & ~Q(seed="") & ~Q(tickets_digest="")),
                name="draw_drawn_shows_its_seed",
            ),
        ]

    def clean(self):
        errors = self.prize_errors()
        if self.valid_to is None:
            errors["valid_to"] = _("A draw needs a last day for its tickets.")
        elif (
            self.draw_date and self.program_id and self.draw_date < self.valid_to.astimezone(self.program.tzinfo).date()
        ):
            errors["draw_date"] = _("It can be drawn from the day after the last day on.")
        if errors:
            raise ValidationError(errors)


class DrawEntry(models.Model):
    """The tickets of one activity. `drawn` are those that were in the drum; empty before the draw, or if too late."""

    fixed_columns = ("draw_id", "activity_id", "tickets", "entered_at")

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="entries", verbose_name=_("prize draw"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="draw_entries", verbose_name=_("member"))
    activity_id = models.BigIntegerField(_("activity"))
    tickets = models.PositiveIntegerField(_("tickets"))
    taken = models.PositiveIntegerField(_("taken back by refunds"), default=0)
    drawn = models.PositiveIntegerField(_("in the drum"), null=True)
    entered_at = models.DateTimeField(pgettext_lazy("draw", "entered"))

    class Meta:
        verbose_name = _("tickets of a draw")
        verbose_name_plural = _("tickets of draws")
        constraints = [
            models.UniqueConstraint("draw", "activity_id", name="draw_entry_is_made_once"),
            models.CheckConstraint(condition=Q(tickets__gte=1, taken__lte=F("tickets")), name="draw_entry_has_tickets"),
        ]
        indexes = [models.Index(fields=["activity_id"], name="draw_entry_activity")]

    def __str__(self):
        return f"{self.member} · {self.tickets}"


class DrawWin(models.Model):
    """Who was drawn, in the order of the draw."""

    class State(models.TextChoices):
        WON = "won", pgettext_lazy("draw", "won")
        SUBSTITUTE = "substitute", _("substitute")
        DISQUALIFIED = "disqualified", _("disqualified")

    fixed_columns = ("draw_id", "entry_id", "rank")

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="wins", verbose_name=_("prize draw"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="draws_won", verbose_name=_("member"))
    entry = models.ForeignKey(DrawEntry, models.PROTECT, related_name="+", verbose_name=_("tickets of a draw"))
    rank = models.PositiveIntegerField(_("rank"))
    state = models.CharField(_("state"), max_length=12, choices=State.choices)
    points = models.PositiveIntegerField(_("points"), default=0)
    voucher = models.ForeignKey(
        Voucher, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("voucher")
    )
    disqualified_at = models.DateTimeField(pgettext_lazy("moment", "disqualified"), null=True, blank=True)
    disqualified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("disqualified by"),
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("member drawn")
        verbose_name_plural = _("members drawn")
        ordering = ["draw", "rank"]
        constraints = [
            models.UniqueConstraint("draw", "rank", name="draw_rank_is_one_members"),
            models.UniqueConstraint("draw", "member", name="draw_member_is_drawn_once"),
            models.CheckConstraint(
                condition=(Q(state="disqualified", disqualified_at__isnull=False) & ~Q(reason=""))
                | (~Q(state="disqualified") & Q(disqualified_at__isnull=True)),
                name="draw_disqualified_says_when_and_why",
            ),
        ]

    def __str__(self):
        return f"{self.rank}. {self.member}"
