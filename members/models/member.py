from datetime import date

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from phonenumber_field.modelfields import PhoneNumberField
from simple_history.models import HistoricalRecords

from loyalty.lib.fields import FoldedField, TextListField
from members.querysets import MemberQuerySet

EMAIL_TAKEN = "email_taken"


class Member(models.Model):
    """One person. E-mails are kept in small letters; no two members share one, nor a phone."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        BLOCKED = "blocked", _("blocked")
        ERASED = "erased", _("erased")
        MERGED = "merged", _("merged")

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
    # Always whoever goes on today: where that member is merged in turn, this follows.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="absorbed", verbose_name=_("merged into")
    )
    created_at = models.DateTimeField(_("created"))
    name_key = FoldedField(_("name, as searched"), max_length=180, of=("first_name", "last_name"))
    history = HistoricalRecords(verbose_name=_("history of the member"), excluded_fields=["name_key"])

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        permissions = [
            ("erase_member", gettext_noop("Can erase a member’s data")),
            ("take_out_member", gettext_noop("Can export everything about a member")),
        ]
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
            models.CheckConstraint(
                condition=Q(status="merged", merged_into__isnull=False)
                | (~Q(status="merged") & Q(merged_into__isnull=True)),
                name="member_merged_says_into_whom",
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
