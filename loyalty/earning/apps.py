from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EarningConfig(AppConfig):
    name = "loyalty.earning"
    verbose_name = _("Activities and rules")

    def ready(self):
        from loyalty.challenges import history
        from loyalty.earning import jobs, person, queries
        from loyalty.earning.importing import jobs as importing

        importing.register()
        jobs.register()
        person.register()
        history.register(queries.first_bought)
