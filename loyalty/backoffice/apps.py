from datetime import timedelta

from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.utils.translation import gettext_lazy as _

from loyalty.jobs import registry
from loyalty.jobs.registry import Beat


class AdminConfig(admin.AdminConfig):
    default = False
    default_site = "loyalty.backoffice.admin_site.BackOffice"


class BackofficeConfig(AppConfig):
    name = "loyalty.backoffice"
    verbose_name = _("Back office")

    def ready(self):
        registry.schedule(
            Beat(
                name="nights",
                title=_("Daily jobs of every program"),
                task="backoffice.nights",
                every=timedelta(minutes=15),
            )
        )
        # Here, because jobs and events are strangers to each other.
        registry.schedule(
            Beat(
                name="publish",
                title=_("Number new events for their readers"),
                task="events.publish",
                every=timedelta(seconds=10),
            )
        )
