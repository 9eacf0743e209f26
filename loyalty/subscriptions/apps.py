from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SubscriptionsConfig(AppConfig):
    name = "loyalty.subscriptions"
    verbose_name = _("Subscriptions")

    def ready(self):
        from loyalty.subscriptions import jobs, person

        jobs.register()
        person.register()
