"""What points become.

A `Reward` is an item of the catalogue; a `Voucher` is a code that somebody can use once or several times; a
`Redemption` is points exchanged for rewards; a `BurnRule` says what points buy at the till; an `IssuanceRule` turns
full steps of points into vouchers each month and an `Issuance` is one member's month.
"""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from loyalty.programs.models import Program, Store
from members.models import Member


class Reward(models.Model):
    class Kind(models.TextChoices):
        DISCOUNT_PERCENT = "discount_percent", _("discount in %")
        DISCOUNT_AMOUNT = "discount_amount", _("discount of an amount")
        FREE_PRODUCT = "free_product", _("free product")
        FREE_DELIVERY = "free_delivery", _("free delivery")
        EXPERIENCE = "experience", _("experience")
        CASH_BACK = "cash_back", _("cash-back")

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
    product = models.CharField(_("article given"), max_length=60, blank=True)
    points_price = models.PositiveIntegerField(
        _("price in points"), null=True, blank=True, help_text=_("Empty: cannot be bought with points.")
    )
    stock = models.PositiveIntegerField(_("stock"), null=True, blank=True, help_text=_("Empty means without limit."))
    per_member_limit = models.PositiveIntegerField(_("limit per member"), null=True, blank=True)
    valid_from = models.DateTimeField(_("available from"), null=True, blank=True)
    valid_to = models.DateTimeField(_("available to"), null=True, blank=True)
    voucher_days = models.PositiveIntegerField(
        _("voucher’s validity, days"), null=True, blank=True, help_text=_("From its issue; empty means for ever.")
    )
    stores = models.ManyToManyField(
        Store, blank=True, related_name="rewards", verbose_name=_("stores"), help_text=_("Empty means all.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords(m2m_fields=[stores], verbose_name=_("history of the reward"))

    class Meta:
        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        ordering = ["program", "points_price", "code"]
        constraints = [
            models.UniqueConstraint("program", "code", name="reward_code_is_unique_in_its_program"),
            models.CheckConstraint(
                condition=~Q(kind="discount_percent") | Q(percent__gt=0, percent__lte=100),
                name="reward_percentage_is_within_100",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["discount_amount", "cash_back"]) | Q(amount__gt=0),
                name="reward_amount_is_positive",
            ),
            models.CheckConstraint(
                condition=Q(points_price__isnull=True) | Q(points_price__gt=0), name="reward_price_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="reward_ends_after_it_starts",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def name(self):
        """The name in the reader's language."""
        return self.name_fr if (get_language() or "").startswith("fr") else self.name_en


class Voucher(models.Model):
    """A code worth something. `value` is in minor units of the program's money and empty for what has no amount."""

    class State(models.TextChoices):
        UNUSED = "unused", _("unused")
        RESERVED = "reserved", _("reserved")
        USED = "used", _("used")
        WITHDRAWN = "withdrawn", _("withdrawn")

    code = models.CharField(_("code"), max_length=32, unique=True, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="vouchers", verbose_name=_("program"))
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="vouchers", verbose_name=_("member")
    )
    reward = models.ForeignKey(
        Reward, models.PROTECT, null=True, blank=True, related_name="vouchers", verbose_name=_("reward")
    )
    redemption = models.ForeignKey(
        "Redemption", models.PROTECT, null=True, blank=True, related_name="vouchers", verbose_name=_("redemption")
    )
    value = models.PositiveBigIntegerField(_("value, in minor units"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.UNUSED)
    uses = models.PositiveIntegerField(_("times used"), default=0)
    uses_allowed = models.PositiveIntegerField(_("times it may be used"), default=1)
    issued_at = models.DateTimeField(_("issued"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    reserved_until = models.DateTimeField(_("reserved until"), null=True, blank=True)
    used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    store = models.ForeignKey(Store, models.PROTECT, null=True, blank=True, verbose_name=_("used in"))
    reference = models.CharField(_("reference of its use"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        constraints = [
            models.CheckConstraint(
                condition=Q(uses__lte=F("uses_allowed")), name="voucher_is_not_used_more_often_than_allowed"
            ),
            models.CheckConstraint(condition=Q(uses_allowed__gte=1), name="voucher_can_be_used"),
            models.CheckConstraint(
                condition=~Q(state="used") | Q(uses=F("uses_allowed")), name="voucher_used_has_its_uses"
            ),
            models.CheckConstraint(
                condition=Q(state="reserved", reserved_until__isnull=False)
                | (~Q(state="reserved") & Q(reserved_until__isnull=True)),
                name="voucher_reservation_has_its_end",
            ),
        ]
        indexes = [models.Index(fields=["program", "state", "expires_at"], name="voucher_program_state")]

    def __str__(self):
        return self.code


class Redemption(models.Model):
    """Points exchanged for a reward. The points are in the ledger under the cause `redemption:<id>`."""

    class State(models.TextChoices):
        DONE = "done", _("done")
        ROLLED_BACK = "rolled_back", _("rolled back")

    program = models.ForeignKey(Program, models.PROTECT, related_name="redemptions", verbose_name=_("program"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="redemptions", verbose_name=_("member"))
    source = models.CharField(_("source"), max_length=60)
    external_id = models.CharField(_("identifier"), max_length=120)
    reward = models.ForeignKey(Reward, models.PROTECT, related_name="redemptions", verbose_name=_("reward"))
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    points = models.PositiveBigIntegerField(_("points"))
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DONE)
    store = models.ForeignKey(Store, models.PROTECT, null=True, blank=True, verbose_name=_("store"))
    redeemed_at = models.DateTimeField(_("redeemed"))
    rolled_back_at = models.DateTimeField(_("rolled back"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("redemption")
        verbose_name_plural = _("redemptions")
        constraints = [
            models.UniqueConstraint("program", "source", "external_id", name="redemption_happens_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="redemption_has_a_quantity"),
        ]
        indexes = [models.Index(fields=["member", "reward", "state"], name="redemption_member_reward")]

    def __str__(self):
        return f"{self.quantity} × {self.reward}"


class BurnRule(models.Model):
    """What points buy at the till: `points` pay `value`, in steps, up to a share of the basket."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="burn_rules", verbose_name=_("program"))
    name = models.CharField(_("name"), max_length=120)
    points = models.PositiveIntegerField(_("points"), validators=[MinValueValidator(1)])
    value = models.PositiveBigIntegerField(_("pay, in minor units"), validators=[MinValueValidator(1)])
    minimum_points = models.PositiveIntegerField(_("minimum points"), default=0)
    largest_share = models.DecimalField(
        _("largest share of the basket, %"),
        max_digits=5,
        decimal_places=2,
        default=100,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    categories = models.JSONField(_("categories"), default=list, blank=True, help_text=_("Empty means all."))
    stores = models.ManyToManyField(
        Store, blank=True, related_name="burn_rules", verbose_name=_("stores"), help_text=_("Empty means all.")
    )
    valid_from = models.DateTimeField(_("valid from"), null=True, blank=True)
    valid_to = models.DateTimeField(_("valid to"), null=True, blank=True)
    history = HistoricalRecords(m2m_fields=[stores], verbose_name=_("history of the rule"))

    class Meta:
        verbose_name = _("rule for paying with points")
        verbose_name_plural = _("rules for paying with points")
        constraints = [
            models.CheckConstraint(condition=Q(points__gte=1, value__gte=1), name="burn_rule_gives_value_for_points"),
            models.CheckConstraint(
                condition=Q(largest_share__gt=0, largest_share__lte=100), name="burn_rule_share_is_within_100"
            ),
        ]

    def __str__(self):
        return self.name


class IssuanceRule(models.Model):
    """Each month, on day 1, each full `points` of the balance becomes `value`: 100 → 5.00. One per program."""

    program = models.OneToOneField(
        Program, models.PROTECT, related_name="issuance_rule", verbose_name=_("program")
    )
    points = models.PositiveIntegerField(_("for each full"), validators=[MinValueValidator(1)])
    value = models.PositiveBigIntegerField(_("a voucher worth, in minor units"), validators=[MinValueValidator(1)])
    voucher_days = models.PositiveIntegerField(_("voucher’s validity, days"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords(verbose_name=_("history of the rule"))

    class Meta:
        verbose_name = _("monthly issuance rule")
        verbose_name_plural = _("monthly issuance rules")
        constraints = [
            models.CheckConstraint(condition=Q(points__gte=1, value__gte=1), name="issuance_rule_gives_value"),
        ]

    def __str__(self):
        return f"{self.points} → {self.value / 100:.2f}"


class Issuance(models.Model):
    """One member's month: the points that became a voucher. Exactly one per member, program and month."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="issuances", verbose_name=_("program"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="issuances", verbose_name=_("member"))
    month = models.DateField(_("month"), help_text=_("Its first day, the day of the issuance."))
    points = models.PositiveBigIntegerField(_("points"))
    value = models.PositiveBigIntegerField(_("value, in minor units"))
    voucher = models.OneToOneField(Voucher, models.PROTECT, related_name="issuance", verbose_name=_("voucher"))

    class Meta:
        verbose_name = _("monthly issuance")
        verbose_name_plural = _("monthly issuances")
        constraints = [
            models.UniqueConstraint("program", "member", "month", name="issuance_is_one_per_member_and_month"),
            models.CheckConstraint(condition=Q(points__gt=0, value__gt=0), name="issuance_gives_value_for_points"),
        ]

    def __str__(self):
        return f"{self.member} {self.month:%Y-%m}"
