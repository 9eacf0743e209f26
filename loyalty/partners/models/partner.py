from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from loyalty.programs.models import Program, currency_code
from members.models import Member


class Partner(models.Model):
    """A company that gives or takes points of our programs. `currency` is the money of its statements."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    contact_email = models.EmailField(_("contact’s e-mail"), blank=True)
    currency = models.CharField(_("money"), max_length=3, default="EUR", validators=[currency_code])
    language = models.CharField(
        _("language"),
        max_length=2,
        choices=settings.LANGUAGES,
        default="fr",
        help_text=_("Of the statements and of what is written to the partner."),
    )
    is_active = models.BooleanField(
        pgettext_lazy("partner", "active"),
        default=True,
        help_text=_("Nothing is earned or spent at a partner that is not active."),
    )
    created_at = models.DateTimeField(_("created"))
    history = HistoricalRecords(verbose_name=_("history of the partner"))

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~Q(code=""), name="partner_code_is_not_empty")]

    def __str__(self):
        return self.name


class PartnerMember(models.Model):
    """A member of a program as one partner knows them. The identifier is random: two partners cannot compare theirs."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="members", verbose_name=_("partner"))
    program = models.ForeignKey(Program, models.PROTECT, related_name="+", verbose_name=_("program"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="partner_links", verbose_name=_("member"))
    public_id = models.UUIDField(_("identifier at the partner"), default=uuid4, unique=True, editable=False)
    linked_at = models.DateTimeField(_("known since"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("member of a partner")
        verbose_name_plural = _("members of partners")
        constraints = [
            models.UniqueConstraint("partner", "program", "member", name="partner_member_is_linked_once"),
        ]

    def __str__(self):
        return str(self.public_id)
