"""Who the members are.

A `Member` is one person, in however many programs; an `Enrolment` is that person in one program, with the summary
row that everybody filters by; a `Card` is what the person shows; a `Consent` is one answer about one channel, never
edited: the latest record holds. Points are not here: they are in `ledger`.
"""

from datetime import date

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from phonenumber_field.modelfields import PhoneNumberField
from simple_history.models import HistoricalRecords

from loyalty.lib.fields import FoldedField, TextListField
from loyalty.lib.wording import named
from loyalty.programs.models import Program, Store
from members.querysets import CardQuerySet, ConsentQuerySet, MemberQuerySet

EMAIL_TAKEN = "email_taken"
MOST_CARDS = 100_000


class Member(models.Model):
    """One person. E-mails are kept in small letters; no two members share one, nor a phone."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        BLOCKED = "blocked", _("blocked")
        ERASED = "erased", _("erased")

    number = models.CharField(_("number"), max_length=24, unique=True, editable=False)
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("last name"), max_length=80, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="fr")
    postcode = models.CharField(_("postcode"), max_length=12, blank=True)
    preferences = models.JSONField(_("preferences"), default=dict, blank=True)
    tags = TextListField(_("tags"), help_text=_("Separated by commas."))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE)
    created_at = models.DateTimeField(_("created"))
    name_key = FoldedField(_("name, as searched"), max_length=180, of=("first_name", "last_name"))
    history = HistoricalRecords(verbose_name=_("history of the member"), excluded_fields=["name_key"])

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(
                Upper("email"),
                name="member_email_is_one_persons",
                condition=~Q(email=""),
                violation_error_code=EMAIL_TAKEN,
                violation_error_message=_("Another member has this e-mail."),
            ),
            models.UniqueConstraint(
                fields=["phone"],
                name="member_phone_is_one_persons",
                condition=~Q(phone=""),
                violation_error_code="unique",
                violation_error_message=_("Another member has this phone number."),
            ),
        ]
        indexes = [models.Index(fields=["name_key"], name="member_name")]

    def __str__(self):
        return f"{self.first_name} {self.last_name}".strip() or self.number

    def clean(self):
        self.email = self.email.strip().lower()
        if self.birth_date and not date(1900, 1, 1) <= self.birth_date <= timezone.localdate():
            raise ValidationError({"birth_date": _("Enter a birth date between 1900 and today.")})
        if not isinstance(self.preferences, dict):
            raise ValidationError({"preferences": _('Enter names with their values, such as {"size": "M"}.')})

    def validate_constraints(self, exclude=None):
        """As Django's, with the e-mail's error at its field: an expression has none of its own."""
        try:
            super().validate_constraints(exclude)
        except ValidationError as error:
            others = error.error_dict.pop(NON_FIELD_ERRORS, [])
            for other in others:
                field = "email" if other.code == EMAIL_TAKEN else NON_FIELD_ERRORS
                error.error_dict.setdefault(field, []).append(other)
            raise


class ExternalId(models.Model):
    """The name by which another system (`source`) knows a member."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="external_ids", verbose_name=_("member"))
    source = models.SlugField(_("source"))
    external_id = models.CharField(_("identifier"), max_length=120)

    class Meta:
        verbose_name = _("external identifier")
        verbose_name_plural = _("external identifiers")
        constraints = [
            models.UniqueConstraint(
                fields=["external_id", "source"],  # in this order the index also serves a search in all sources
                name="external_id_names_one_member",
                violation_error_message=_("This identifier already names a member."),
            ),
            models.CheckConstraint(condition=~Q(external_id=""), name="external_id_is_not_empty"),
        ]

    def __str__(self):
        return f"{self.source}:{self.external_id}"


class CardBatch(models.Model):
    """Cards made ahead: generated, printed, shipped to a store, and activated there when handed over."""

    class State(models.TextChoices):
        GENERATED = "generated", _("generated")
        PRINTED = "printed", _("printed")
        SHIPPED = "shipped", _("shipped")

    program = models.ForeignKey(Program, models.PROTECT, related_name="card_batches", verbose_name=_("program"))
    quantity = models.PositiveIntegerField(
        _("quantity"), validators=[MinValueValidator(1), MaxValueValidator(MOST_CARDS)]
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.GENERATED)
    store = models.ForeignKey(Store, models.PROTECT, null=True, blank=True, verbose_name=_("store"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("created"))
    printed_at = models.DateTimeField(pgettext_lazy("moment", "printed"), null=True, blank=True)
    shipped_at = models.DateTimeField(pgettext_lazy("moment", "shipped"), null=True, blank=True)

    class Meta:
        verbose_name = _("card batch")
        verbose_name_plural = _("card batches")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="card_batch_has_cards"),
            models.CheckConstraint(
                condition=~Q(state="shipped") | Q(store__isnull=False), name="card_batch_ships_to_a_store"
            ),
        ]

    def __str__(self):
        return f"{self.program} · {self.created_at:%Y-%m-%d} · {self.quantity}"


class Card(models.Model):
    """Ready in a drawer, active in its member's hands, or blocked for good; `replaces` is the one it stands in for."""

    class State(models.TextChoices):
        READY = "ready", _("ready")
        ACTIVE = "active", pgettext_lazy("card", "active")
        BLOCKED = "blocked", pgettext_lazy("card", "blocked")

    number = models.CharField(_("number"), max_length=24, unique=True, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="cards", verbose_name=_("program"))
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="cards", verbose_name=_("member")
    )
    batch = models.ForeignKey(
        CardBatch, models.PROTECT, null=True, blank=True, related_name="cards", verbose_name=_("batch")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.READY)
    activated_at = models.DateTimeField(_("activated"), null=True, blank=True)
    blocked_at = models.DateTimeField(pgettext_lazy("moment", "blocked"), null=True, blank=True)
    blocked_reason = models.CharField(_("reason of the block"), max_length=200, blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    history = HistoricalRecords(verbose_name=_("history of the card"))

    objects = CardQuerySet.as_manager()

    class Meta:
        verbose_name = _("card")
        verbose_name_plural = _("cards")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="active") | Q(member__isnull=False, activated_at__isnull=False),
                name="card_active_has_its_member",
            ),
            models.CheckConstraint(
                condition=~Q(state="blocked") | (Q(blocked_at__isnull=False) & ~Q(blocked_reason="")),
                name="card_blocked_says_when_and_why",
            ),
        ]

    def __str__(self):
        return self.number


class Enrolment(models.Model):
    """A member in a program, and the summary row: facts that upper floors know and push down here."""

    class Status(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("enrolment", "active")
        LEFT = "left", _("left")

    member = models.ForeignKey(Member, models.PROTECT, related_name="enrolments", verbose_name=_("member"))
    program = models.ForeignKey(Program, models.PROTECT, related_name="enrolments", verbose_name=_("program"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE)
    enrolled_at = models.DateTimeField(_("enrolled"))
    channel = models.CharField(_("channel"), max_length=30, blank=True)
    store = models.ForeignKey(Store, models.PROTECT, null=True, blank=True, verbose_name=_("store"))
    terms_version = models.CharField(_("version of the terms accepted"), max_length=30, blank=True)
    terms_accepted_at = models.DateTimeField(_("terms accepted"), null=True, blank=True)

    last_activity_at = models.DateTimeField(_("last activity"), null=True, blank=True)
    first_purchase_at = models.DateTimeField(_("first purchase"), null=True, blank=True)
    last_purchase_at = models.DateTimeField(_("last purchase"), null=True, blank=True)
    purchases = models.PositiveIntegerField(_("purchases"), default=0)
    spend = models.BigIntegerField(_("spend, net of refunds, in minor units"), default=0)
    balance = models.BigIntegerField(_("points available"), default=0)
    tier = models.CharField(
        _("tier"), max_length=50, blank=True, default="", db_default="", help_text=_("Its code; empty: none.")
    )
    plan = models.CharField(
        _("plan"),
        max_length=50,
        blank=True,
        default="",
        db_default="",
        help_text=_("The code of the plan whose benefits the member has now."),
    )
    predicted_value = models.DecimalField(_("predicted value"), max_digits=14, decimal_places=2, null=True, blank=True)
    predicted_at = models.DateTimeField(_("value predicted"), null=True, blank=True)

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "program"],
                name="enrolment_is_one_per_member_and_program",
                violation_error_message=_("This member is already enrolled in this program."),
            ),
            models.CheckConstraint(
                condition=Q(terms_version="") | Q(terms_accepted_at__isnull=False),
                name="enrolment_terms_have_their_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["program", "member"], name="enrolment_program_member"),
            models.Index(fields=["program", "last_activity_at"], name="enrolment_last_activity"),
        ]

    def __str__(self):
        return f"{self.member} · {self.program}"


class Consent(models.Model):
    """One answer of a member about one channel. Append-only; the latest per channel holds, none means no."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        SMS = "sms", _("SMS")
        POST = "post", _("post")

    append_only = True

    member = models.ForeignKey(Member, models.PROTECT, related_name="consents", verbose_name=_("member"))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    given = models.BooleanField(_("given"))
    wording = models.TextField(_("wording shown"), blank=True)
    source = models.CharField(_("source"), max_length=60)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    recorded_at = models.DateTimeField(_("recorded"))

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [models.Index(fields=["member", "channel", "-recorded_at", "-id"], name="consent_latest")]

    def __str__(self):
        return named(self.get_channel_display(), _("yes") if self.given else _("no"))
