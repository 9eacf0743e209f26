from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    name = "loyalty.webhooks"
    verbose_name = _("Webhooks")

    def ready(self):
        from loyalty.webhooks import jobs

        jobs.register()
