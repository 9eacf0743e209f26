"""What members do and what it earned them.

An `Activity` is one thing that a member did; an `ActivityLine` is one article of a purchase. An `EarningRule` says
what earns. A `Decision` is the stored answer to one activity: every rule's outcome with its reason, what was desired
and what was granted. A refund undoes the decision, never today's rules. Points are not here: they are in `ledger`.
"""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from loyalty.ledger.currencies import Currency
from loyalty.programs.kinds import Kind
from loyalty.programs.models import Program, Store
from members.models import Member
from rewards.models import Reward

# What is recorded of members without their having come by: it does not make them active.
QUIET_KINDS = frozenset([Kind.SIGN_UP.value, Kind.CONSENT.value, Kind.BIRTHDAY.value])


class Activity(models.Model):
    append_only = True

    program = models.ForeignKey(Program, models.PROTECT, related_name="activities", verbose_name=_("program"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="activities", verbose_name=_("member"))
    source = models.CharField(_("source"), max_length=60)
    external_id = models.CharField(_("identifier"), max_length=120)
    fingerprint = models.CharField(max_length=32, editable=False)
    kind = models.CharField(_("kind"), max_length=30)
    occurred_at = models.DateTimeField(_("occurred"))
    recorded_at = models.DateTimeField(_("recorded"))
    amount = models.BigIntegerField(_("amount, in minor units"), default=0)
    currency = models.CharField(_("money"), max_length=3)
    store = models.ForeignKey(Store, models.PROTECT, null=True, blank=True, verbose_name=_("store"))
    channel = models.CharField(_("channel"), max_length=30, blank=True)
    brand = models.CharField(_("brand"), max_length=60, blank=True)
    paid_with = models.JSONField(
        _("paid with"), default=list, blank=True, help_text=_("Tenders with the amount of each, in minor units.")
    )
    refunds = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="refunded_by", verbose_name=_("refunds")
    )
    is_history = models.BooleanField(_("loaded as history"), default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        permissions = [("import_activity", gettext_noop("Can import activities"))]
        constraints = [
            models.UniqueConstraint("program", "source", "external_id", name="activity_is_recorded_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="activity_amount_is_not_negative"),
            models.CheckConstraint(
                condition=Q(refunds__isnull=True) | Q(kind="refund"), name="activity_only_refunds_refund"
            ),
        ]
        indexes = [
            models.Index(fields=["program", "kind", "occurred_at"], name="activity_program_kind_when"),
            models.Index(fields=["member", "program", "occurred_at"], name="activity_member_when"),
        ]

    def __str__(self):
        return f"{dict(Kind.choices).get(self.kind, self.kind)} {self.external_id}"


class ActivityLine(models.Model):
    append_only = True

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="lines", verbose_name=_("activity"))
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("member")
    )
    sku = models.CharField(_("article"), max_length=60, blank=True)
    category = models.CharField(_("category"), max_length=60, blank=True)
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    unit_price = models.BigIntegerField(_("unit price, in minor units"), null=True, blank=True)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="activity_line_has_a_quantity"),
            models.CheckConstraint(
                condition=Q(unit_price__isnull=True) | Q(unit_price__gte=0), name="activity_line_price_is_not_negative"
            ),
        ]

    def __str__(self):
        return f"{self.quantity} × {self.sku or self.category}"


class EarningRule(models.Model):
    """One sentence of the program: which activity earns how many points, how much cash-back, or which reward.

    Of cash-back all figures in points are minor units of the program's money.
    A version that was used is never edited.
    """

    class Effect(models.TextChoices):
        PER_AMOUNT = "per_amount", _("points per full amount")
        PER_ITEM = "per_item", _("points per item")
        FIXED = "fixed", _("fixed points")
        PERCENTAGE = "percentage", _("percentage of the amount")
        MULTIPLIER = "multiplier", _("multiplier of the base points")
        REWARD = "reward", _("a reward")

    program = models.ForeignKey(Program, models.PROTECT, related_name="earning_rules", verbose_name=_("program"))
    code = models.SlugField(_("code"))
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind of activity"), max_length=30, default=Kind.PURCHASE)

    effect = models.CharField(_("effect"), max_length=12, choices=Effect.choices, default=Effect.PER_AMOUNT)
    currency = models.CharField(
        _("currency"),
        max_length=20,
        choices=Currency.choices,
        default=Currency.POINTS,
        help_text=_("Cash-back is money that the member collects; its figures are amounts."),
    )
    points = models.PositiveIntegerField(
        _("points"), null=True, blank=True, help_text=_("For each full amount, each item, or once.")
    )
    per_amount = models.PositiveBigIntegerField(_("for each full amount of, in minor units"), null=True, blank=True)
    factor = models.DecimalField(
        _("percentage or multiplier"),
        max_digits=9,
        decimal_places=4,
        null=True,
        blank=True,
        # xgettext:no-python-format
        help_text=_("5 means 5 % for a percentage, 2 means double for a multiplier."),
    )
    reward = models.ForeignKey(
        Reward,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="earning_rules",
        verbose_name=_("reward"),
        help_text=_("Each time the rule holds, the member gets a voucher of it."),
    )

    stores = models.JSONField(_("stores"), default=list, blank=True, help_text=_("Store codes; empty means all."))
    categories = models.JSONField(_("categories"), default=list, blank=True)
    skus = models.JSONField(_("articles"), default=list, blank=True)
    excluded_categories = models.JSONField(_("excluded categories"), default=list, blank=True)
    excluded_skus = models.JSONField(_("excluded articles"), default=list, blank=True)
    tenders = models.JSONField(_("tenders"), default=list, blank=True)
    channels = models.JSONField(_("channels"), default=list, blank=True)
    brands = models.JSONField(_("brands"), default=list, blank=True)
    member_tags = models.JSONField(_("member’s tags"), default=list, blank=True)
    tiers = models.JSONField(_("tiers"), default=list, blank=True)
    plans = models.JSONField(_("plans"), default=list, blank=True)
    weekdays = models.JSONField(_("days of the week"), default=list, blank=True, help_text=_("1 Monday … 7 Sunday."))
    hour_from = models.PositiveSmallIntegerField(
        _("from hour"), null=True, blank=True, validators=[MaxValueValidator(23)]
    )
    hour_to = models.PositiveSmallIntegerField(
        _("to hour"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(24)]
    )
    minimum_amount = models.PositiveBigIntegerField(_("minimum amount, in minor units"), default=0)

    cap_per_activity = models.PositiveIntegerField(_("cap per activity"), null=True, blank=True)
    cap_per_day = models.PositiveIntegerField(_("cap per member and day"), null=True, blank=True)
    cap_per_month = models.PositiveIntegerField(_("cap per member and month"), null=True, blank=True)
    cap_per_member = models.PositiveIntegerField(_("cap per member"), null=True, blank=True)
    budget = models.PositiveBigIntegerField(
        _("budget, points"), null=True, blank=True, help_text=_("All members together.")
    )

    priority = models.IntegerField(_("priority"), default=0, help_text=_("The highest wins in an exclusive group."))
    exclusive_group = models.SlugField(_("exclusive group"), blank=True)
    activation_delay_days = models.PositiveSmallIntegerField(_("days until the points can be used"), default=0)
    valid_from = models.DateTimeField(_("valid from"), null=True, blank=True)
    valid_to = models.DateTimeField(_("valid to"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("earning rule")
        verbose_name_plural = _("earning rules")
        ordering = ["program", "code", "version"]
        constraints = [
            models.UniqueConstraint("program", "code", "version", name="earning_rule_version_is_unique"),
            models.CheckConstraint(
                condition=Q(effect="per_amount", points__gte=1, per_amount__gte=1)
                | Q(effect__in=["per_item", "fixed"], points__gte=1)
                | Q(effect__in=["percentage", "multiplier"], factor__gt=0)
                | Q(effect="reward", reward__isnull=False),
                name="earning_rule_effect_has_its_figures",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="earning_rule_ends_after_it_starts",
            ),
        ]

    def __str__(self):
        return self.name


class RuleUsage(models.Model):
    """What a capped or budgeted rule has granted so far, per period; `member` is empty on the budget's row."""

    rule_code = models.SlugField(_("rule"))
    program = models.ForeignKey(Program, models.PROTECT, related_name="+", verbose_name=_("program"))
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+", verbose_name=_("member"))
    period = models.CharField(_("period"), max_length=10, help_text=_("A day, a month, or empty for ever."), blank=True)
    points = models.BigIntegerField(_("points"), default=0)

    class Meta:
        verbose_name = _("use of a rule")
        verbose_name_plural = _("uses of rules")
        constraints = [
            models.UniqueConstraint("program", "rule_code", "member", "period", name="rule_usage_is_counted_once"),
            models.UniqueConstraint(
                "program", "rule_code", "period", name="rule_budget_is_counted_once", condition=Q(member__isnull=True)
            ),
            models.CheckConstraint(condition=Q(points__gte=0), name="rule_usage_is_not_negative"),
        ]

    def __str__(self):
        return f"{self.rule_code} {self.period}: {self.points}"


class Decision(models.Model):
    append_only = True

    activity = models.OneToOneField(
        Activity, models.PROTECT, primary_key=True, related_name="decision", verbose_name=_("activity")
    )
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("member")
    )
    granted = models.BigIntegerField(_("granted"), help_text=_("Points; negative where a refund took them back."))
    also = models.JSONField(
        _("also granted"),
        default=dict,
        db_default=Value({}, models.JSONField()),
        blank=True,
        help_text=_("The same of other currencies, by their names."),
    )
    outcomes = models.JSONField(
        _("rules"), default=list, help_text=_("Every rule with its outcome, its reason, points desired and granted.")
    )
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")

    def __str__(self):
        return f"{self.granted:+d}"
