from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConnectorsConfig(AppConfig):
    name = "loyalty.connectors"
    verbose_name = _("Connections")

    def ready(self):
        from loyalty.connectors import jobs, person

        jobs.register()
        person.register()
