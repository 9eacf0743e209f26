"""Who may call, and what was answered.

An `ApiKey` is a partner's key, of which only a hash is kept. An `IdempotencyRecord` is the answer to a request that
moved something, written in the transaction of its effect: a retry gets the same bytes.
"""

from ipaddress import ip_network

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rest_framework_api_key.models import AbstractAPIKey, BaseAPIKeyManager
from simple_history.models import HistoricalRecords

from loyalty.api.scopes import Scope
from loyalty.lib.fields import TextListField
from loyalty.partners.models import Partner

LONGEST_IDEMPOTENCY_KEY = 255


def validate_scopes(scopes):
    if unknown := set(scopes) - set(Scope.values):
        raise ValidationError(
            _("Unknown: %(unknown)s. There are: %(known)s."),
            params={"unknown": ", ".join(sorted(unknown)), "known": ", ".join(Scope.values)},
        )


def validate_networks(networks):
    for network in networks:
        try:
            ip_network(network)
        except ValueError as error:
            raise ValidationError(
                _("“%(network)s” is not a network; write 203.0.113.0/24 or 2001:db8::/32."),
                params={"network": network},
            ) from error


class ApiKeyManager(BaseAPIKeyManager):
    def assign_key(self, obj):
        """The library puts the hash into the primary key, which stands in addresses and logs; the prefix will do."""
        key, obj.prefix, obj.hashed_key = self.key_generator.generate()
        obj.pk = obj.prefix
        return key


class ApiKey(AbstractAPIKey):
    """A partner's key. It is shown once, when it is made; one that `replaces` another overlaps with it for a while."""

    class Environment(models.TextChoices):
        LIVE = "live", pgettext_lazy("environment", "live")
        TEST = "test", pgettext_lazy("environment", "test")

    # The library's own, with names that are in French too.
    name = models.CharField(_("name"), max_length=50)
    created = models.DateTimeField(_("created"), auto_now_add=True, db_index=True)
    expiry_date = models.DateTimeField(_("expires"), null=True, blank=True)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="api_keys", verbose_name=_("partner"))
    environment = models.CharField(
        _("environment"),
        max_length=4,
        choices=Environment.choices,
        help_text=_("A key works only where the installation is of the same environment."),
    )
    scopes = TextListField(_("scopes"), blank=False, validators=[validate_scopes])
    allowed_networks = TextListField(
        _("allowed networks"),
        validators=[validate_networks],
        help_text=_("From where the key may be used, such as 203.0.113.0/24; empty means from everywhere."),
    )
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    history = HistoricalRecords(verbose_name=_("history of the key"), excluded_fields=["hashed_key", "last_used_at"])

    objects = ApiKeyManager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-created"]
        constraints = [
            models.CheckConstraint(condition=Q(environment__in=["live", "test"]), name="api_key_has_its_environment"),
            models.CheckConstraint(condition=~Q(hashed_key=""), name="api_key_has_its_hash"),
        ]

    def __str__(self):
        return f"{self.name} · {self.prefix}…"

    def is_usable(self, at=None):
        at = at or timezone.now()
        return not self.revoked and (self.expiry_date is None or at < self.expiry_date)


class IdempotencyRecord(models.Model):
    """`status` is empty only inside the transaction that is still at work on the answer."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("partner"))
    key = models.CharField(_("key"), max_length=LONGEST_IDEMPOTENCY_KEY)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(_("created"), db_index=True)

    class Meta:
        verbose_name = _("answer to a request")
        verbose_name_plural = _("answers to requests")
        constraints = [
            models.UniqueConstraint("partner", "key", name="idempotency_key_has_one_answer"),
            models.CheckConstraint(
                condition=Q(status__isnull=True) | Q(status__gte=200, status__lt=300), name="idempotency_keeps_effects"
            ),
        ]

    def __str__(self):
        return self.key
