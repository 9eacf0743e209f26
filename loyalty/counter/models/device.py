import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from loyalty.programs.models import Store


class Device(models.Model):
    """A till PC or a tablet of one store. Its browser carries the `key` in a signed cookie until it is withdrawn."""

    fixed_columns = ("key", "store_id", "registered_at")

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    store = models.ForeignKey(Store, models.PROTECT, related_name="devices", verbose_name=_("store"))
    name = models.CharField(_("name"), max_length=60, help_text=_("Such as: till 2, tablet at the entrance."))
    registered_at = models.DateTimeField(_("registered"))
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("registered by")
    )
    revoked_at = models.DateTimeField(pgettext_lazy("device", "withdrawn"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("device", "withdrawn by"),
    )

    class Meta:
        verbose_name = _("till or tablet")
        verbose_name_plural = _("tills and tablets")
        ordering = ["store", "name", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="device_has_a_name"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="device_withdrawn_says_when_and_by_whom",
            ),
        ]

    def __str__(self):
        return self.name
