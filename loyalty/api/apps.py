from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "loyalty.api"
    verbose_name = _("Partners’ API")

    def ready(self):
        from loyalty.api import schema  # noqa: F401  # what the schema says of keys
        from loyalty.jobs import registry

        registry.schedule(
            registry.Beat(
                name="forget_answers",
                title=_("Forget old answers to partners’ requests"),
                task="api.forget_answers",
                every=timedelta(days=1),
            )
        )
