from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CounterConfig(AppConfig):
    name = "loyalty.counter"
    verbose_name = _("Counter")

    def ready(self):
        from loyalty.counter import person

        person.register()
