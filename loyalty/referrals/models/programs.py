from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from loyalty.programs.models import Program
from loyalty.referrals import rules
from members.models import Member
from rewards.models import Reward

MOST_DAYS = 366


class Promise(models.Model):
    """What a new buyer brings: to whoever sent them, and to themselves. Amounts are in minor units.

    Each referral keeps the promise that held when the friend joined (`terms`); the budget is today's.
    """

    class When(models.TextChoices):
        SIGN_UP = "sign_up", _("when they join")
        FIRST_PURCHASE = "first_purchase", _("with their first purchase")

    referrer_points = models.PositiveIntegerField(
        _("points"), default=0, help_text=_("For each new buyer, such as 500. 0 for none.")
    )
    referrer_reward = models.ForeignKey(
        Reward,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reward"),
        help_text=_("From the catalogue; one voucher for each new buyer."),
    )
    referrer_cost = models.PositiveBigIntegerField(_("what it costs you, in minor units"), null=True, blank=True)
    friend_points = models.PositiveIntegerField(
        _("friend’s points"), default=0, help_text=_("Once, as a welcome, such as 200. 0 for none.")
    )
    friend_reward = models.ForeignKey(
        Reward, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("friend’s reward")
    )
    friend_cost = models.PositiveBigIntegerField(
        _("what the friend’s gift costs you, in minor units"), null=True, blank=True
    )
    friend_when = models.CharField(
        _("the friend gets it"), max_length=15, choices=When.choices, default=When.FIRST_PURCHASE
    )
    minimum_purchase = models.PositiveBigIntegerField(_("minimum purchase, in minor units"), default=0)
    return_days = models.PositiveSmallIntegerField(
        _("return window, days"),
        default=14,
        validators=[MaxValueValidator(MOST_DAYS)],
        help_text=_(
            "The reward is given when the goods can no longer be returned: bought on 1 March with 14 days, on "
            "15 March. 0 gives it at once."
        ),
    )
    buy_within_days = models.PositiveSmallIntegerField(
        _("days within which the friend must buy"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Counted from the day after they joined; empty means without limit."),
    )
    budget = models.PositiveIntegerField(
        _("most friends rewarded in all"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("The budget: 500 friends at a reward of 10.00 cost up to 5,000.00. Empty means without limit."),
    )
    valid_from = models.DateTimeField(_("valid from"), null=True, blank=True)
    valid_to = models.DateTimeField(_("valid to"), null=True, blank=True)
    is_active = models.BooleanField(pgettext_lazy("referral", "active"), default=True)

    class Meta:
        abstract = True

    def clean(self):
        for name in ("referrer_reward", "friend_reward"):
            reward = getattr(self, name)
            if reward and self.program_id and reward.program_id != self.program_id:
                raise ValidationError({name: _("This reward belongs to another program.")})

    @property
    def terms(self) -> rules.Terms:
        return rules.Terms(
            referrer_points=self.referrer_points,
            referrer_reward=self.referrer_reward_id,
            referrer_cost=_cost(self.referrer_cost, self.referrer_reward),
            friend_points=self.friend_points,
            friend_reward=self.friend_reward_id,
            friend_cost=_cost(self.friend_cost, self.friend_reward),
            friend_when=self.friend_when,
            minimum_purchase=self.minimum_purchase,
            return_days=self.return_days,
            buy_within_days=self.buy_within_days,
        )


def _cost(stated: int | None, reward: Reward | None) -> int:
    """What was stated, else what the voucher is worth; points alone cost what somebody states."""
    return stated if stated is not None else (reward.voucher_value or 0) if reward else 0


def ends_after_it_starts(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
        name=name,
        violation_error_message=_("The end must come after the start."),
    )


class ReferralProgram(Promise):
    """Members who bring new buyers. One per program; without it, codes mean nothing there."""

    program = models.OneToOneField(Program, models.PROTECT, related_name="referral_program", verbose_name=_("program"))
    cap_month = models.PositiveIntegerField(
        _("most per referrer and month"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Friends for whom one member is rewarded; empty means without limit."),
    )
    cap_year = models.PositiveIntegerField(
        _("most per referrer and year"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    cap_ever = models.PositiveIntegerField(
        _("most per referrer ever"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    history = HistoricalRecords(verbose_name=_("history of the referral program"))

    class Meta:
        verbose_name = _("referral program")
        verbose_name_plural = _("referral programs")
        constraints = [
            models.CheckConstraint(
                condition=Q(referrer_points__gt=0) | Q(referrer_reward__isnull=False),
                name="referral_program_rewards_the_referrer",
                violation_error_message=_("Say what the referrer gets: points, a reward, or both."),
            ),
            ends_after_it_starts("referral_program_ends_after_it_starts"),
        ]

    def __str__(self):
        return str(self.program)


class Ambassador(Promise):
    """Somebody who sends buyers under words of their own (ANNA10), with their own promise and their own report.

    Need not be a member: then the fee, paid outside the program, is all that a new buyer brings them.
    """

    program = models.ForeignKey(Program, models.PROTECT, related_name="ambassadors", verbose_name=_("program"))
    name = models.CharField(_("name"), max_length=120)
    member = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ambassadors",
        verbose_name=_("member"),
        help_text=_("Only members can get points and rewards."),
    )
    created_at = models.DateTimeField(_("created"))
    history = HistoricalRecords(verbose_name=_("history of the ambassador"))

    class Meta:
        verbose_name = _("ambassador")
        verbose_name_plural = _("ambassadors")
        constraints = [
            models.UniqueConstraint(
                "program",
                "name",
                name="ambassador_name_is_unique_in_its_program",
                violation_error_message=_("Another ambassador of this program has this name."),
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=False) | Q(referrer_points=0, referrer_reward__isnull=True),
                name="ambassador_without_an_account_gets_a_fee_alone",
                violation_error_message=_("Only a member can get points and rewards: choose the member, or pay a fee."),
            ),
            ends_after_it_starts("ambassador_ends_after_it_starts"),
        ]

    def __str__(self):
        return self.name
