from django.db import models
from django.utils.translation import gettext_lazy as _


class Suppression(models.Model):
    """An address or an identifier of somebody who asked to be forgotten, as a keyed hash that nobody can read back.

    It keeps an import from writing to them again. Only its `digest` is kept: see `members.suppression`.
    """

    digest = models.CharField(_("keyed hash"), max_length=64, unique=True)
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")

    def __str__(self):
        return self.digest[:8]
