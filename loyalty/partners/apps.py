from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    name = "loyalty.partners"
    verbose_name = _("Partners")

    def ready(self):
        from loyalty.partners import person

        person.register()
