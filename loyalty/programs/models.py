"""A `Program` is the promise that a retailer makes: its currency, its time zone, its policies. A `Store` is a place.

A program holds policies only. What earns is in `earning`, what points become is in `rewards`.
"""

import re
import zoneinfo
from calendar import monthrange

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator, MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from phonenumbers import SUPPORTED_REGIONS
from simple_history.models import HistoricalRecords

from loyalty.lib.fields import TextListField
from loyalty.programs import rules
from loyalty.programs.querysets import ProgramQuerySet, StoreQuerySet

MAX_LOGO_BYTES = 1_000_000
MONTH_AND_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
LEAP_YEAR = 2000

hex_colour = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Enter a colour such as #1f6feb."))
currency_code = RegexValidator(r"^[A-Z]{3}$", _("Enter a three-letter currency code such as EUR."))


def validate_time_zone(name):
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone; try Europe/Paris."), params={"name": name})


def validate_days_of_the_year(days):
    for text in days:
        read = MONTH_AND_DAY.fullmatch(text)
        if not read or int(read[2]) > monthrange(LEAP_YEAR, int(read[1]))[1]:
            raise ValidationError(
                _("“%(day)s” is not a day of the year; write 12-31 for 31 December."), params={"day": text}
            )


def validate_phone_region(code):
    if code not in SUPPORTED_REGIONS:
        raise ValidationError(_("“%(code)s” is not a country; write FR or US."), params={"code": code})


def validate_logo_size(file):
    if file.size > MAX_LOGO_BYTES:
        raise ValidationError(_("The logo is larger than 1 MB."))


class Program(models.Model):
    """What a retailer promises. The four closing dates are set together, by `operations.announce_closing`."""

    class Expiry(models.TextChoices):
        NEVER = "never", _("never")
        ROLLING = "rolling", _("months after the day earned")
        FIXED = "fixed", _("on fixed days of the year")
        INACTIVITY = "inactivity", _("after months without activity")

    class RoundUp(models.TextChoices):
        NONE = "none", _("to the day")
        MONTH = "month", _("to the end of the month")
        QUARTER = "quarter", _("to the end of the quarter")
        YEAR = "year", _("to the end of the year")

    class RefundPolicy(models.TextChoices):
        DEBT = "debt", _("the balance may become negative")
        CLAMP = "clamp", _("the balance stops at zero, the shortfall is recorded")

    class Rounding(models.TextChoices):
        FLOOR = "floor", _("down")
        ROUND = "round", _("to the nearest")
        CEIL = "ceil", _("up")

    class EarnOn(models.TextChoices):
        NET = "net", _("the amount not paid with points")
        GROSS = "gross", _("the whole amount")

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    currency_name_fr = models.CharField(_("currency’s name in French"), max_length=30, default="points")
    currency_name_en = models.CharField(_("currency’s name in English"), max_length=30, default="points")
    money_currency = models.CharField(_("money"), max_length=3, default="EUR", validators=[currency_code])
    time_zone = models.CharField(_("time zone"), max_length=50, default="Europe/Paris", validators=[validate_time_zone])

    expiry = models.CharField(_("points expire"), max_length=10, choices=Expiry.choices, default=Expiry.ROLLING)
    expiry_months = models.PositiveSmallIntegerField(
        _("months until expiry"), null=True, blank=True, default=12, validators=[MinValueValidator(1)]
    )
    expiry_round_up = models.CharField(
        _("round expiry up"), max_length=10, choices=RoundUp.choices, default=RoundUp.NONE
    )
    expiry_days = TextListField(
        _("fixed expiry days"),
        help_text=_("Days of the year as MM-DD, the last usable day, such as 06-30, 12-31."),
        validators=[validate_days_of_the_year],
    )
    expiry_reset_kinds = TextListField(
        _("activities that postpone expiry"), help_text=_("Kinds of activity; empty means every kind.")
    )
    refund_policy = models.CharField(
        _("refund of spent points"), max_length=10, choices=RefundPolicy.choices, default=RefundPolicy.DEBT
    )
    rounding = models.CharField(_("rounding"), max_length=10, choices=Rounding.choices, default=Rounding.FLOOR)
    earn_on = models.CharField(_("points are earned on"), max_length=10, choices=EarnOn.choices, default=EarnOn.NET)
    excluded_categories = TextListField(
        _("excluded categories"), help_text=_("Neither earn nor can be paid with points.")
    )
    excluded_skus = TextListField(_("excluded articles"), help_text=_("Article numbers, as the tills send them."))
    max_activity_age_days = models.PositiveIntegerField(
        _("maximum age of an activity, days"), default=30, validators=[MaxValueValidator(3650)]
    )
    terms_version = models.CharField(_("version of the terms"), max_length=30, default="1")
    terms_fr = models.TextField(
        _("terms in French"), blank=True, help_text=_("Read before they are accepted. A changed text is a new version.")
    )
    terms_en = models.TextField(_("terms in English"), blank=True)

    language = models.CharField(_("language of new members"), max_length=2, choices=settings.LANGUAGES, default="fr")
    phone_region = models.CharField(
        _("country of phone numbers"),
        max_length=2,
        default="FR",
        validators=[validate_phone_region],
        help_text=_("Numbers typed without + are read as numbers of this country: FR, US."),
    )

    logo = models.FileField(
        _("logo"),
        upload_to="logos/",
        blank=True,
        validators=[FileExtensionValidator(["png", "jpg", "jpeg", "webp"]), validate_logo_size],
    )
    colour = models.CharField(_("main colour"), max_length=7, default="#1f4e79", validators=[hex_colour])
    accent_colour = models.CharField(_("accent colour"), max_length=7, default="#e07a1f", validators=[hex_colour])

    closing_announced_date = models.DateField(_("closing announced"), null=True, blank=True)
    last_earning_date = models.DateField(_("last earning day"), null=True, blank=True)
    last_redemption_date = models.DateField(_("last redemption day"), null=True, blank=True)
    final_expiry_date = models.DateField(_("final expiry day"), null=True, blank=True)

    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    history = HistoricalRecords(verbose_name=_("history of the program"))

    objects = ProgramQuerySet.as_manager()

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programs")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(expiry__in=["rolling", "inactivity"])
                | Q(expiry_months__isnull=False, expiry_months__gte=1),
                name="program_expiry_has_its_months",
            ),
            models.CheckConstraint(
                condition=Q(**{f"{name}__isnull": True for name in rules.CLOSING_FIELDS})
                | Q(
                    **{f"{name}__isnull": False for name in rules.CLOSING_FIELDS},
                    last_earning_date__gte=F("closing_announced_date"),
                    last_redemption_date__gte=F("last_earning_date"),
                    final_expiry_date__gte=F("last_redemption_date"),
                ),
                name="program_closing_days_follow_each_other",
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        errors = {}
        if self.expiry in (self.Expiry.ROLLING, self.Expiry.INACTIVITY) and not self.expiry_months:
            errors["expiry_months"] = _("Say after how many months points expire.")
        if self.expiry == self.Expiry.FIXED and not self.expiry_days:
            errors["expiry_days"] = _("Give at least one day, such as 12-31.")
        errors |= rules.closing_errors(*(getattr(self, name) for name in rules.CLOSING_FIELDS))
        if errors:
            raise ValidationError(errors)

    @property
    def may_owe(self) -> bool:
        """Whether a refund of spent points leaves a debt (or else a recorded shortfall)."""
        return self.refund_policy == self.RefundPolicy.DEBT

    @property
    def terms(self):
        """In the reader's language, else in the other; empty where they are read elsewhere."""
        texts = [self.terms_fr, self.terms_en]
        if not (get_language() or "").startswith("fr"):
            texts.reverse()
        return texts[0] or texts[1]

    def earns_on(self, day):
        """Whether activities of this local day still earn."""
        return self.last_earning_date is None or day <= self.last_earning_date

    def redeems_on(self, day):
        """Whether points can still be spent on this local day."""
        return self.last_redemption_date is None or day <= self.last_redemption_date

    @property
    def currency_name(self):
        """The currency's name in the reader's language."""
        return self.currency_name_fr if (get_language() or "").startswith("fr") else self.currency_name_en

    @property
    def tzinfo(self):
        return zoneinfo.ZoneInfo(self.time_zone)


class Store(models.Model):
    program = models.ForeignKey(Program, models.PROTECT, related_name="stores", verbose_name=_("program"))
    code = models.SlugField(_("code"))
    name = models.CharField(_("name"), max_length=120)
    time_zone = models.CharField(
        _("time zone"),
        max_length=50,
        blank=True,
        validators=[validate_time_zone],
        help_text=_("Empty means the program’s."),
    )
    address = models.TextField(_("address"), blank=True)
    is_active = models.BooleanField(_("open"), default=True)
    staff = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="stores", verbose_name=_("staff"))
    history = HistoricalRecords(verbose_name=_("history of the store"))

    objects = StoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("store")
        verbose_name_plural = _("stores")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "code"],
                name="store_code_is_unique_in_its_program",
                violation_error_message=_("Another store of this program has this code."),
            )
        ]

    def __str__(self):
        return self.name

    @property
    def tzinfo(self):
        return zoneinfo.ZoneInfo(self.time_zone or self.program.time_zone)
