"""Cards that fill up, one punch after the other, until a reward is given.

A `PunchCardProgram` is what staff define: what punches, how many punches fill a card, what a full card gives. A
`PunchCard` is one card in a member's hand, as it was promised when it was opened; a `Punch` is one or several holes
made in it at once, or taken back. Vouchers are not here: `rewards` gives them for a full card.
"""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from loyalty.lib.fields import TextListField
from loyalty.programs.kinds import Kind
from loyalty.programs.models import Program
from loyalty.punchcards import soundness
from loyalty.punchcards.querysets import PunchCardQuerySet
from members.models import Member
from rewards.models import Reward

MOST_PUNCHES = 100  # more holes than anybody would look at
MOST_REWARDS = 20


def visits() -> list[str]:
    """What counts as a visit unless somebody says otherwise."""
    return [Kind.PURCHASE.value, Kind.VISIT.value]


class PunchCardProgram(models.Model):
    """The definition of a card. A card that is open keeps the terms that it was opened with."""

    class PunchOn(models.TextChoices):
        VISIT = "visit", _("each visit")
        ITEM = "item", _("each item")
        AMOUNT = "amount", _("each full amount")

    class Expiry(models.TextChoices):
        NEVER = "never", pgettext_lazy("punch card", "never")
        DAYS = "days", _("days after it was opened")
        MONTHS = "months", _("months after it was opened")

    program = models.ForeignKey(Program, models.PROTECT, related_name="punch_card_programs", verbose_name=_("program"))
    code = models.SlugField(_("code"))
    name_fr = models.CharField(_("name in French"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)

    punch_on = models.CharField(_("a punch for"), max_length=10, choices=PunchOn.choices, default=PunchOn.VISIT)
    kinds = TextListField(
        _("activities that count"), default=visits, blank=False, help_text=_("Such as purchase, visit.")
    )
    categories = TextListField(
        _("categories"), help_text=_("A punch for each item of these categories; empty with the articles: every item.")
    )
    skus = TextListField(_("articles"), help_text=_("Article numbers, as the tills send them."))
    per_amount = models.PositiveBigIntegerField(_("for each full amount of, in minor units"), null=True, blank=True)

    stores = TextListField(_("stores"), help_text=_("Store codes; empty means all."))
    channels = TextListField(_("channels"), help_text=_("Such as store, web, app; empty means all."))
    minimum_amount = models.PositiveBigIntegerField(_("minimum amount, in minor units"), default=0)
    limit_per_visit = models.PositiveIntegerField(
        _("punches per visit, at most"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Of one purchase or visit; empty means without limit."),
    )
    limit_per_day = models.PositiveIntegerField(
        _("punches per day, at most"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Of one member; the store’s day counts; empty means without limit."),
    )

    punches_needed = models.PositiveIntegerField(
        _("punches to fill a card"),
        default=10,
        validators=[
            MinValueValidator(1, _("A card needs at least one hole to punch.")),
            MaxValueValidator(MOST_PUNCHES),
        ],
        help_text=_("A change holds for cards that are opened from now on."),
    )
    reward = models.ForeignKey(
        Reward, models.PROTECT, related_name="punch_card_programs", verbose_name=_("reward of a full card")
    )
    reward_quantity = models.PositiveIntegerField(
        _("how many of it"), default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_REWARDS)]
    )
    carries_over = models.BooleanField(
        _("carry over"),
        default=True,
        help_text=_("13 punches on a card of ten fill it and leave three on the next; without, those three are lost."),
    )
    expiry = models.CharField(_("a card expires"), max_length=10, choices=Expiry.choices, default=Expiry.NEVER)
    expires_after = models.PositiveSmallIntegerField(
        _("after how many"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(3650)]
    )
    valid_from = models.DateTimeField(_("valid from"), null=True, blank=True)
    valid_to = models.DateTimeField(_("valid to"), null=True, blank=True)
    is_active = models.BooleanField(pgettext_lazy("punch card", "active"), default=True)
    history = HistoricalRecords(verbose_name=_("history of the punch card"))

    class Meta:
        verbose_name = _("punch card")
        verbose_name_plural = _("punch cards")
        ordering = ["program", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "code"],
                name="punch_card_program_code_is_unique",
                violation_error_message=_("Another punch card of this program has this code."),
            ),
            models.CheckConstraint(
                condition=Q(punches_needed__gte=1, punches_needed__lte=MOST_PUNCHES),
                name="punch_card_program_has_holes",
            ),
            models.CheckConstraint(
                condition=Q(reward_quantity__gte=1, reward_quantity__lte=MOST_REWARDS),
                name="punch_card_program_gives_a_reward",
            ),
            models.CheckConstraint(
                condition=~Q(punch_on="amount") | Q(per_amount__isnull=False, per_amount__gte=1),
                name="punch_card_program_per_amount_has_its_amount",
                violation_error_message=_("Say for which amount a punch is given."),
            ),
            models.CheckConstraint(
                condition=Q(expiry="never") | Q(expires_after__isnull=False, expires_after__gte=1),
                name="punch_card_program_expiry_has_its_term",
                violation_error_message=_("Say after how many days or months a card expires."),
            ),
            models.CheckConstraint(
                condition=(Q(limit_per_visit__isnull=True) | Q(limit_per_visit__gte=1))
                & (Q(limit_per_day__isnull=True) | Q(limit_per_day__gte=1)),
                name="punch_card_program_limits_let_something_through",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="punch_card_program_ends_after_it_starts",
                violation_error_message=_("The end must come after the start."),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def name(self):
        """The name in the reader's language."""
        return self.name_fr if (get_language() or "").startswith("fr") else self.name_en

    def clean(self):
        if problems := soundness.problems(self):
            raise ValidationError(problems)

    def holds_at(self, moment):
        """Whether what happens at this moment punches."""
        begun = self.valid_from is None or moment >= self.valid_from
        return self.is_active and begun and (self.valid_to is None or moment < self.valid_to)


class PunchCard(models.Model):
    """One card of a member. `of`, the reward and the end stay what they were when it was opened.

    A card past `expires_at` has expired, whether or not the job has said so in `state`. A refund may open a full card
    again: `fillings` counts how often it was full, `rewards_given` how many of its rewards are in the member's hands,
    so that a card never gives more than its own.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("punch card", "open")
        COMPLETED = "completed", pgettext_lazy("punch card", "full")
        EXPIRED = "expired", pgettext_lazy("punch card", "expired")

    fixed_columns = (
        "program_id", "card_program_id", "of", "reward_id", "reward_quantity", "opened_at", "expires_at"
    )  # fmt: skip

    program = models.ForeignKey(Program, models.PROTECT, related_name="punch_cards", verbose_name=_("program"))
    card_program = models.ForeignKey(
        PunchCardProgram, models.PROTECT, related_name="cards", db_index=False, verbose_name=_("punch card")
    )
    member = models.ForeignKey(Member, models.PROTECT, related_name="punch_cards", verbose_name=_("member"))
    number = models.PositiveIntegerField(_("number"), help_text=_("The member’s first, second… card of this kind."))
    punches = models.PositiveIntegerField(_("punches"), default=0)
    of = models.PositiveIntegerField(_("punches to fill it"))
    reward = models.ForeignKey(Reward, models.PROTECT, related_name="+", verbose_name=_("reward"))
    reward_quantity = models.PositiveIntegerField(_("how many of it"), default=1)
    opened_at = models.DateTimeField(_("opened"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    completed_at = models.DateTimeField(pgettext_lazy("punch card", "filled"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    fillings = models.PositiveIntegerField(_("times filled"), default=0)
    rewards_given = models.PositiveIntegerField(_("rewards given"), default=0)

    objects = PunchCardQuerySet.as_manager()

    class Meta:
        verbose_name = _("member’s punch card")
        verbose_name_plural = _("members’ punch cards")
        permissions = [("stamp_punchcard", gettext_noop("Can punch cards by hand"))]
        constraints = [
            models.UniqueConstraint("card_program", "member", "number", name="punch_card_number_is_the_members_own"),
            models.CheckConstraint(condition=Q(of__gte=1), name="punch_card_has_holes"),
            models.CheckConstraint(condition=Q(punches__lte=F("of")), name="punch_card_holds_no_more_than_its_holes"),
            models.CheckConstraint(
                condition=Q(state="completed", punches=F("of"), completed_at__isnull=False)
                | (~Q(state="completed") & Q(punches__lt=F("of"), completed_at__isnull=True)),
                name="punch_card_is_completed_when_full",
            ),
            models.CheckConstraint(
                condition=Q(rewards_given__lte=F("reward_quantity")), name="punch_card_gives_no_second_reward"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("opened_at")),
                name="punch_card_ends_after_it_was_opened",
            ),
        ]
        indexes = [
            models.Index(fields=["program", "expires_at"], name="punch_card_open", condition=Q(state="open")),
            models.Index(
                fields=["program", "member"],
                name="punch_card_reward_missing",
                condition=Q(state="completed", rewards_given__lt=F("reward_quantity")),
            ),
        ]

    def __str__(self):
        return f"{self.card_program} {self.punches} / {self.of}"


class Punch(models.Model):
    """Holes made in a card by an activity or by hand; a negative one takes back what `undoes` had given.

    What one activity gave is one act: its first row, and a row for each further card that it reached (`part_of`). No
    foreign key leads up to the activity.
    """

    class GivenFor(models.TextChoices):
        VISIT = "visit", pgettext_lazy("punch", "visit")
        ITEM = "item", pgettext_lazy("punch", "items")
        AMOUNT = "amount", pgettext_lazy("punch", "amount")
        HAND = "hand", pgettext_lazy("punch", "by hand")

    append_only = True

    program = models.ForeignKey(Program, models.PROTECT, related_name="+", verbose_name=_("program"))
    card_program = models.ForeignKey(PunchCardProgram, models.PROTECT, related_name="+", verbose_name=_("punch card"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="punches", db_index=False, verbose_name=_("member"))
    card = models.ForeignKey(PunchCard, models.PROTECT, related_name="punched", verbose_name=_("card"))
    activity_id = models.BigIntegerField(_("activity"), null=True, blank=True)
    given_for = models.CharField(_("given for"), max_length=10, choices=GivenFor.choices)
    count = models.IntegerField(_("punches"))
    lost = models.PositiveIntegerField(
        _("lost"), default=0, help_text=_("What the full card had no room for, where nothing is carried over.")
    )
    day = models.DateField(_("day"), help_text=_("Of the store, for the limit per day."))
    occurred_at = models.DateTimeField(_("occurred"))
    recorded_at = models.DateTimeField(_("recorded"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    key = models.CharField(max_length=60, blank=True, editable=False)
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("goes on from")
    )
    undoes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="undone_by", verbose_name=_("undoes")
    )

    class Meta:
        verbose_name = _("punch")
        verbose_name_plural = _("punches")
        constraints = [
            models.CheckConstraint(
                condition=Q(undoes__isnull=True, count__gt=0) | Q(undoes__isnull=False, count__lt=0),
                name="punch_gives_or_undoes",
            ),
            models.CheckConstraint(
                condition=Q(activity_id__isnull=False) | ~Q(reason=""), name="punch_by_hand_has_its_reason"
            ),
            models.UniqueConstraint(
                "activity_id",
                "card_program",
                name="punch_of_an_activity_happens_once",
                condition=Q(activity_id__isnull=False, part_of__isnull=True, undoes__isnull=True),
            ),
            models.UniqueConstraint(
                "card_program",
                "key",
                name="punch_by_hand_happens_once",
                condition=~Q(key="") & Q(part_of__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["member", "card_program", "day"], name="punch_member_day")]

    def __str__(self):
        return f"{self.count:+d}"
