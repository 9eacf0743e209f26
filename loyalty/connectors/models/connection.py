import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from loyalty.connectors import catalogue
from loyalty.connectors.catalogue import Name
from loyalty.lib.sealing import sealed
from loyalty.programs.models import Program, Store

SEALED = ["sealed_secret", "sealed_token"]


class Connection(models.Model):
    program = models.ForeignKey(Program, models.PROTECT, related_name="connections", verbose_name=_("program"))
    store = models.ForeignKey(
        Store,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("store"),
        help_text=_("Where what comes in is recorded, such as the web shop; empty: at no store."),
    )
    connector = models.CharField(_("system"), max_length=20, choices=Name.choices)
    name = models.CharField(_("name"), max_length=80)
    address = models.UUIDField(_("address"), default=uuid.uuid4, unique=True, editable=False)
    sealed_secret = models.TextField(editable=False, blank=True)
    secret = sealed("sealed_secret")
    channel = models.CharField(_("channel"), max_length=30, default="web", help_text=_("As rules name it: web, app."))
    mapping = models.JSONField(_("fields"), default=dict, blank=True)
    enrols = models.BooleanField(
        _("enrols its customers"),
        default=False,
        help_text=_("Whoever opens an account there accepts the program’s terms. Guests are never enrolled."),
    )
    takes_consents = models.BooleanField(
        _("takes over consents"), default=False, help_text=_("Yes or no to e-mails, as the customer says it there.")
    )
    api_url = models.URLField(
        _("address of its API"), blank=True, help_text=_("Of the shop: https://halles.myshopify.com")
    )
    api_user = models.CharField(_("user of its API"), max_length=120, blank=True)
    sealed_token = models.TextField(editable=False, blank=True)
    token = sealed("sealed_token")
    sends_vouchers = models.BooleanField(
        _("gets the vouchers"), default=False, help_text=_("Members’ vouchers become discount codes of the shop.")
    )
    is_active = models.BooleanField(pgettext_lazy("connection", "active"), default=True)
    created_at = models.DateTimeField(_("created"))
    received_at = models.DateTimeField(_("last received"), null=True, blank=True, editable=False)
    vouchers_seen = models.BigIntegerField(default=0, editable=False)
    history = HistoricalRecords(
        excluded_fields=[*SEALED, "received_at", "vouchers_seen"], verbose_name=_("history of the connection")
    )

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        constraints = [
            models.CheckConstraint(
                condition=Q(sends_vouchers=False) | (Q(connector__in=catalogue.SHOPS) & ~Q(api_url="")),
                name="connection_sends_vouchers_to_a_shop",
                violation_error_message=_("Only a shop whose API has an address gets vouchers."),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def source(self) -> str:
        """The name of this system for identifiers of members and activities."""
        return f"{self.connector}-{self.pk}"

    @property
    def url(self) -> str:
        """Where the other system sends."""
        return settings.SITE_URL + reverse("connectors:receive", args=[self.address])
