from datetime import timedelta

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from loyalty.jobs import registry


class JobsConfig(AppConfig):
    name = "loyalty.jobs"
    verbose_name = _("Background jobs")

    def ready(self):
        from loyalty.jobs import schedules

        post_migrate.connect(schedules.install_after_migrate, sender=self, dispatch_uid="jobs.schedules")
        registry.schedule(
            registry.Beat(
                name="rescue",
                title=_("Resume jobs whose worker ended"),
                task="jobs.rescue",
                every=timedelta(minutes=5),
            )
        )
