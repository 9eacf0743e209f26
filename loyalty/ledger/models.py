"""The record of every point.

An `Account` is a member's purse in one currency of a program (`currencies.py`). An `Entry` is one signed movement on it
and is never edited or deleted. A credit opens a `Lot`: points with a birth, a start and an end. A debit consumes lots,
soonest to expire first, and an `Allocation` says which lot gave how much. A `PostingKey` names the cause, so that the
same cause can never take effect twice. An activation and the repayment of a debt move points between the account's
columns and are not entries: the sum of the account does not change.

    Σ entries = available + pending          available = Σ remaining of active lots − debt
    pending = Σ remaining of pending lots    remaining = points − Σ allocations, for every lot
"""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy
from simple_history.models import HistoricalRecords

from loyalty.ledger import currencies
from loyalty.ledger.currencies import Currency
from loyalty.programs.models import Program
from members.models import Member

LIMIT_HELP = _("What one member gives away; empty means without limit.")


class Account(models.Model):
    fixed_columns = ("member_id", "program_id", "currency")

    member = models.ForeignKey(Member, models.PROTECT, related_name="accounts", verbose_name=_("member"))
    program = models.ForeignKey(Program, models.PROTECT, related_name="accounts", verbose_name=_("program"))
    currency = models.CharField(_("currency"), max_length=20, choices=Currency.choices, default=Currency.POINTS)
    available = models.BigIntegerField(_("available"), default=0)
    pending = models.BigIntegerField(_("pending"), default=0)
    debt = models.BigIntegerField(_("debt"), default=0)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        permissions = [
            ("adjust_account", gettext_noop("Can adjust the points of an account")),
            ("transfer_account", gettext_noop("Can transfer points to another member")),
        ]
        constraints = [
            models.UniqueConstraint("member", "program", "currency", name="account_is_one_per_member_and_currency"),
            models.CheckConstraint(condition=Q(pending__gte=0), name="account_pending_is_not_negative"),
            models.CheckConstraint(condition=Q(debt__gte=0), name="account_debt_is_not_negative"),
            models.CheckConstraint(
                condition=Q(debt=0, available__gte=0) | Q(available=-F("debt")),
                name="account_has_points_or_debt_never_both",
            ),
        ]
        indexes = [models.Index(fields=["program", "member"], name="account_program_member")]

    def __str__(self):
        return f"{self.member} · {self.program} · {self.get_currency_display()}"

    @property
    def name(self):
        """What the member holds here, as the program calls it."""
        return self.program.currency_name if self.currency == Currency.POINTS else self.get_currency_display()

    def text(self, amount: int, *, signed: bool = False) -> str:
        """An amount of this account as people read it."""
        write = currencies.signed if signed else currencies.shown
        return write(amount, self.currency, self.program.money_currency)


class PostingKey(models.Model):
    """The cause of a posting: what moved points, named by the system that says so (`source`)."""

    append_only = True

    program = models.ForeignKey(Program, models.PROTECT, related_name="+", verbose_name=_("program"))
    source = models.CharField(_("source"), max_length=80)
    external_id = models.CharField(_("identifier"), max_length=150)
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("cause")
        verbose_name_plural = _("causes")
        constraints = [models.UniqueConstraint("program", "source", "external_id", name="one_cause_one_effect")]

    def __str__(self):
        return f"{self.source}:{self.external_id}"


class Entry(models.Model):
    class Kind(models.TextChoices):
        EARN = "earn", pgettext_lazy("kind of entry", "earned")
        REDEEM = "redeem", pgettext_lazy("kind of entry", "redeemed")
        EXPIRE = "expire", pgettext_lazy("kind of entry", "expired")
        ADJUST = "adjust", pgettext_lazy("kind of entry", "adjusted")
        REVERSE = "reverse", pgettext_lazy("kind of entry", "reversed")
        TRANSFER = "transfer", pgettext_lazy("kind of entry", "transferred")

    append_only = True

    account = models.ForeignKey(Account, models.PROTECT, related_name="entries", verbose_name=_("account"))
    # The account's own key already holds the member; the column is there so that tables can be split by member.
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("member")
    )
    key = models.ForeignKey(PostingKey, models.PROTECT, related_name="entries", verbose_name=_("cause"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    points = models.BigIntegerField(_("points"))
    shortfall = models.BigIntegerField(
        _("shortfall"), default=0, help_text=_("Points that should have been taken and were not there.")
    )
    effective_at = models.DateTimeField(_("effective"))
    recorded_at = models.DateTimeField(_("recorded"))
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name=_("reverses")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        permissions = [("reverse_entry", gettext_noop("Can reverse an entry"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="earn", points__gt=0)
                | Q(kind__in=["redeem", "expire"], points__lt=0)
                | Q(kind__in=["adjust", "reverse", "transfer"]),
                name="entry_sign_follows_its_kind",
            ),
            models.CheckConstraint(
                condition=~Q(points=0) | Q(shortfall__gt=0), name="entry_moves_points_or_records_a_shortfall"
            ),
            models.CheckConstraint(condition=Q(shortfall__gte=0), name="entry_shortfall_is_not_negative"),
            models.CheckConstraint(condition=~Q(kind="adjust") | ~Q(reason=""), name="entry_adjustment_has_its_reason"),
        ]
        indexes = [
            models.Index(fields=["account", "effective_at", "id"], name="entry_account_effective"),
            # For staff who look for the rare kinds; nearly all entries are earned and cost nothing here.
            models.Index(fields=["kind", "id"], name="entry_rare_kind", condition=~Q(kind="earn")),
            # For a night that asks what is booked after it.
            models.Index(
                fields=["effective_at"], name="entry_taken_later", condition=Q(kind__in=["expire", "reverse"])
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.account.text(self.points, signed=True)}"


class Lot(models.Model):
    """What a credit left open. Spendable at T when `active_at ≤ T < expires_at`, whether or not a job has run."""

    fixed_columns = ("entry_id", "account_id", "member_id", "earned_at", "active_at", "points")

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="lots", verbose_name=_("opened by"))
    account = models.ForeignKey(Account, models.PROTECT, related_name="lots", verbose_name=_("account"))
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("member")
    )
    earned_at = models.DateTimeField(_("earned"))
    active_at = models.DateTimeField(_("usable from"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    points = models.BigIntegerField(_("points"))
    remaining = models.BigIntegerField(_("remaining"))
    is_pending = models.BooleanField(_("pending"), default=False)

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        constraints = [
            models.CheckConstraint(condition=Q(points__gt=0), name="lot_opens_with_points"),
            models.CheckConstraint(
                condition=Q(remaining__gte=0, remaining__lte=F("points")), name="lot_remaining_is_within_its_points"
            ),
            models.CheckConstraint(condition=Q(active_at__gte=F("earned_at")), name="lot_starts_after_it_was_earned"),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("active_at")), name="lot_ends_after_it_starts"
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at", "member"], name="lot_to_expire", condition=Q(remaining__gt=0)),
            models.Index(fields=["active_at", "member"], name="lot_to_activate", condition=Q(is_pending=True)),
        ]

    def __str__(self):
        return f"{self.account.text(self.remaining)}/{self.account.text(self.points)}"


class Allocation(models.Model):
    """Points that an entry took from a lot; negative where an undone debit gave them back.

    A lot that pays a debt as it opens or becomes active is allocated to the entry that opened it.
    """

    append_only = True

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="allocations", verbose_name=_("entry"))
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="allocations", verbose_name=_("lot"))
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("member")
    )
    points = models.BigIntegerField(_("points"))

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints = [models.CheckConstraint(condition=~Q(points=0), name="allocation_moves_points")]

    def __str__(self):
        return self.lot.account.text(self.points)


class TransferPolicy(models.Model):
    """Whether and how members of a program may give each other points. No row: they may, without limits."""

    class Between(models.TextChoices):
        ANYBODY = "anybody", _("any two members")
        HOUSEHOLD = "household", _("members of one household")

    program = models.OneToOneField(Program, models.PROTECT, related_name="transfer_policy", verbose_name=_("program"))
    is_allowed = models.BooleanField(_("points can be transferred"), default=True)
    between = models.CharField(_("between"), max_length=10, choices=Between.choices, default=Between.ANYBODY)
    minimum = models.PositiveIntegerField(
        _("fewest points at once"), default=1, validators=[MinValueValidator(1)], help_text=_("Such as 100.")
    )
    most_per_day = models.PositiveIntegerField(
        _("most points per member and day"), null=True, blank=True, help_text=LIMIT_HELP
    )
    most_per_month = models.PositiveIntegerField(
        _("most points per member and month"), null=True, blank=True, help_text=LIMIT_HELP
    )
    most_per_year = models.PositiveIntegerField(
        _("most points per member and year"), null=True, blank=True, help_text=LIMIT_HELP
    )
    history = HistoricalRecords(verbose_name=_("history of the transfer policy"))

    class Meta:
        verbose_name = _("transfer policy")
        verbose_name_plural = _("transfer policies")
        constraints = [
            models.CheckConstraint(condition=Q(minimum__gte=1), name="transfer_policy_moves_points"),
            models.CheckConstraint(
                condition=(Q(most_per_day__isnull=True) | Q(most_per_day__gte=F("minimum")))
                & (Q(most_per_month__isnull=True) | Q(most_per_month__gte=F("minimum")))
                & (Q(most_per_year__isnull=True) | Q(most_per_year__gte=F("minimum"))),
                name="transfer_policy_lets_something_pass",
                violation_error_message=_("A limit below the fewest points at once would let nothing pass."),
            ),
        ]

    def __str__(self):
        return str(self.program)


class Transfer(models.Model):
    """Points that one member gave another; the ledger has them under the cause `transfer:<id>`."""

    append_only = True

    program = models.ForeignKey(Program, models.PROTECT, related_name="transfers", verbose_name=_("program"))
    giver = models.ForeignKey(Member, models.PROTECT, related_name="transfers_given", verbose_name=_("given by"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="transfers_received", verbose_name=_("given to"))
    points = models.BigIntegerField(_("points"))
    source = models.CharField(_("source"), max_length=60)
    external_id = models.CharField(_("identifier"), max_length=120)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    transferred_at = models.DateTimeField(pgettext_lazy("moment", "transferred"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        constraints = [
            models.UniqueConstraint("program", "source", "external_id", name="transfer_happens_once"),
            models.CheckConstraint(condition=Q(points__gte=1), name="transfer_moves_points"),
            models.CheckConstraint(condition=~Q(giver=F("member")), name="transfer_is_between_two_members"),
        ]
        indexes = [models.Index(fields=["giver", "program", "transferred_at"], name="transfer_given")]

    def __str__(self):
        return f"{self.giver} → {self.member}: {self.points}"
