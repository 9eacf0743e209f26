"""No tables: only the permissions of what belongs to no single table."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


class Access(models.Model):  # noqa: DJ008  it has no rows
    class Meta:
        verbose_name = _("access to the back office")
        verbose_name_plural = _("access to the back office")
        managed = False
        default_permissions = ()
        permissions = [
            ("view_dashboard", gettext_noop("Can see the figures of a whole program")),
            ("view_all_stores", gettext_noop("Can see the rows of every store")),
            ("export_lists", gettext_noop("Can export lists")),
        ]
