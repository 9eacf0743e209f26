from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "loyalty.portal"
    verbose_name = _("Members’ pages")

    def ready(self):
        from loyalty.portal import jobs, person

        jobs.register()
        person.register()
