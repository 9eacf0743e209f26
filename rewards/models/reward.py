from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from loyalty.lib.fields import TextListField
from loyalty.programs.models import Program, Store
from members.models import Member

from .audience import ForSome


class Reward(ForSome):
    """An item of the catalogue. Who redeems it gets vouchers; without a price in points it is given, never bought."""

    class Kind(models.TextChoices):
        DISCOUNT_PERCENT = "discount_percent", _("discount in %")
        DISCOUNT_AMOUNT = "discount_amount", _("discount of an amount")
        FREE_PRODUCT = "free_product", _("free product")
        FREE_DELIVERY = "free_delivery", _("free delivery")
        EXPERIENCE = "experience", _("experience")
        CASH_BACK = "cash_back", _("cash-back")
        FREE_UPGRADE = "free_upgrade", _("free upgrade")
        PARTNER = "partner", _("partner’s reward")
        BUNDLE = "bundle", _("several at once")
        CHOICE = "choice", _("one of several")

    OF_PARTS = (Kind.BUNDLE, Kind.CHOICE)
    WORTH_AN_AMOUNT = (Kind.DISCOUNT_AMOUNT, Kind.CASH_BACK)

    program = models.ForeignKey(Program, models.PROTECT, related_name="rewards", verbose_name=_("program"))
    code = models.SlugField(_("code"))
    name_fr = models.CharField(_("name in French"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    description_fr = models.TextField(_("description in French"), blank=True)
    description_en = models.TextField(_("description in English"), blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    percent = models.DecimalField(
        _("percentage"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    amount = models.PositiveBigIntegerField(_("amount, in minor units"), null=True, blank=True)
    product = models.CharField(
        _("article given"),
        max_length=60,
        blank=True,
        help_text=_("Its number, as the tills send it; empty: the cheapest of the goods below."),
    )
    partner_name = models.CharField(
        _("partner"), max_length=80, blank=True, help_text=_("Where it is enjoyed, such as Cinéma Lumière.")
    )
    points_price = models.PositiveIntegerField(
        _("price in points"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: cannot be bought with points."),
    )
    stock = models.PositiveIntegerField(_("stock"), null=True, blank=True, help_text=_("Empty means without limit."))
    per_member_limit = models.PositiveIntegerField(
        _("limit per member"), null=True, blank=True, help_text=_("Empty means without limit.")
    )
    valid_from = models.DateTimeField(_("available from"), null=True, blank=True)
    valid_to = models.DateTimeField(
        _("available to"), null=True, blank=True, help_text=_("From this moment on it is no longer available.")
    )
    voucher_days = models.PositiveIntegerField(
        _("voucher’s validity, days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("The day of issue is the first; empty means for ever."),
    )
    voucher_uses = models.PositiveIntegerField(
        _("times a voucher may be used"), default=1, validators=[MinValueValidator(1)]
    )
    funded_by = models.CharField(
        _("paid for by the brand"),
        max_length=60,
        blank=True,
        db_index=True,
        help_text=_("The brand that refunds what its vouchers take off; it gets a statement. Empty: ourselves."),
    )
    minimum_basket = models.PositiveBigIntegerField(
        _("minimum basket, in minor units"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    categories = TextListField(
        _("categories"), help_text=_("Of the goods that its vouchers count for: wine, cheese. Empty means all.")
    )
    skus = TextListField(
        _("articles"), help_text=_("Numbers of articles that its vouchers count for, too, as the tills send them.")
    )
    is_stackable = models.BooleanField(
        _("together with other vouchers"), default=True, help_text=_("Whether a sale may use it beside others.")
    )
    exclusive_group = models.CharField(
        _("one per sale of the group"),
        max_length=40,
        blank=True,
        help_text=_("Of vouchers of one group, such as birthday, a sale takes one only."),
    )
    stores = models.ManyToManyField(
        Store, blank=True, related_name="rewards", verbose_name=_("stores"), help_text=_("Empty means all.")
    )
    is_active = models.BooleanField(pgettext_lazy("reward", "active"), default=True)
    history = HistoricalRecords(m2m_fields=[stores], verbose_name=_("history of the reward"))

    class Meta:
        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        ordering = ["program", "points_price", "code"]
        constraints = [
            models.UniqueConstraint("program", "code", name="reward_code_is_unique_in_its_program"),
            models.CheckConstraint(
                condition=~Q(kind="discount_percent") | Q(percent__isnull=False, percent__gt=0, percent__lte=100),
                name="reward_percentage_is_within_100",
                violation_error_message=_("A discount in percent needs a percentage above 0 and up to 100."),
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["discount_amount", "cash_back"]) | Q(amount__isnull=False, amount__gt=0),
                name="reward_amount_is_positive",
                violation_error_message=_("A discount of an amount and cash-back need an amount above zero."),
            ),
            models.CheckConstraint(
                condition=Q(points_price__isnull=True) | Q(points_price__gt=0), name="reward_price_is_positive"
            ),
            models.CheckConstraint(condition=Q(voucher_uses__gte=1), name="reward_voucher_can_be_used"),
            models.CheckConstraint(
                condition=~Q(kind="partner") | ~Q(partner_name=""),
                name="reward_of_a_partner_names_him",
                violation_error_message=_("Name the partner."),
            ),
            models.CheckConstraint(
                condition=Q(early_from__isnull=True) | Q(valid_from__isnull=False, early_from__lt=F("valid_from")),
                name="reward_early_access_comes_before_its_first_day",
                violation_error_message=_("Early access needs a first day, and must begin before it."),
            ),
            models.CheckConstraint(
                condition=Q(minimum_basket__isnull=True) | Q(minimum_basket__gt=0), name="reward_minimum_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="reward_ends_after_it_starts",
                violation_error_message=_("The end must come after the start."),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def name(self):
        """The name in the reader's language."""
        return self.name_fr if (get_language() or "").startswith("fr") else self.name_en

    @property
    def voucher_value(self):
        """What one voucher is worth, in minor units; None for what has no amount."""
        return self.amount if self.kind in self.WORTH_AN_AMOUNT else None


class RewardUsage(models.Model):
    """How many of a reward a member has now. A counter row, so that the limit is one conditional update."""

    reward = models.ForeignKey(Reward, models.PROTECT, related_name="usages", verbose_name=_("reward"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="reward_usages", verbose_name=_("member"))
    taken = models.PositiveIntegerField(_("taken"), default=0)

    class Meta:
        verbose_name = _("use of a reward")
        verbose_name_plural = _("uses of rewards")
        constraints = [
            models.UniqueConstraint("reward", "member", name="reward_usage_is_counted_once"),
            models.CheckConstraint(condition=Q(taken__gte=0), name="reward_usage_is_not_negative"),
        ]

    def __str__(self):
        return f"{self.member} · {self.reward}: {self.taken}"
