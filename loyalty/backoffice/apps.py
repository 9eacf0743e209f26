from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from loyalty.jobs import registry


class BackofficeConfig(AppConfig):
    name = "loyalty.backoffice"
    verbose_name = _("Back office")

    def ready(self):
        registry.schedule(
            registry.Beat(
                name="nights",
                title=_("Daily jobs of every program"),
                task="backoffice.nights",
                every=timedelta(minutes=15),
            )
        )
