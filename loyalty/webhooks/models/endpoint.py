from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy
from simple_history.models import HistoricalRecords

from loyalty.lib.fields import TextListField
from loyalty.lib.outbound import fault_of
from loyalty.lib.sealing import sealed, unseal
from loyalty.partners.models import Partner
from loyalty.programs.models import Program
from loyalty.webhooks.kinds import KINDS


def validate_kinds(kinds):
    for name in kinds:
        if name not in KINDS:
            raise ValidationError(_("“%(name)s” is no kind of event."), params={"name": name})


def validate_address(url):
    if fault_of(url):
        raise ValidationError(_("This address cannot be used: it must begin with https:// and name a server."))


class Endpoint(models.Model):
    class Format(models.TextChoices):
        STANDARD = "standard", _("Standard Webhooks")
        SEGMENT = "segment", _("Segment’s language (track and identify)")

    partner = models.ForeignKey(
        Partner,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="endpoints",
        verbose_name=_("partner"),
        help_text=_("It hears of the members whom it knows. Empty: our own tools, about everybody who agreed."),
    )
    program = models.ForeignKey(
        Program,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("program"),
        help_text=_("Empty: all of them."),
    )
    name = models.CharField(_("name"), max_length=80)
    url = models.URLField(_("address"), max_length=300, validators=[validate_address])
    format = models.CharField(_("language"), max_length=10, choices=Format.choices, default=Format.STANDARD)
    kinds = TextListField(
        _("events"), validators=[validate_kinds], help_text=_("Kinds such as tier.changed; empty means all.")
    )
    sealed_secret = models.TextField(editable=False)
    secret = sealed("sealed_secret")
    sealed_previous = models.TextField(editable=False, blank=True)
    previous_until = models.DateTimeField(_("old secret valid until"), null=True, blank=True, editable=False)
    is_active = models.BooleanField(pgettext_lazy("endpoint", "active"), default=True)
    created_at = models.DateTimeField(_("created"))
    history = HistoricalRecords(
        excluded_fields=["sealed_secret", "sealed_previous"], verbose_name=_("history of the endpoint")
    )

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        permissions = [("download_endpoint", gettext_noop("Can download the nightly export of members"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(partner__isnull=True) | Q(format="standard"),
                name="endpoint_of_a_partner_is_signed",
                violation_error_message=_("Partners are told in the language of Standard Webhooks, which is signed."),
            ),
            models.CheckConstraint(
                condition=Q(sealed_previous="", previous_until__isnull=True)
                | (~Q(sealed_previous="") & Q(previous_until__isnull=False)),
                name="endpoint_old_secret_has_its_end",
            ),
        ]

    def __str__(self):
        return self.name

    def secrets(self, at: datetime) -> list[str]:
        """What signs at that moment: both, while an old one is still valid."""
        kept = self.previous_until is not None and at < self.previous_until
        return [self.secret, *([unseal(self.sealed_previous)] if kept else [])]

    def wants(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds
