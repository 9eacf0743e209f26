from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChallengesConfig(AppConfig):
    name = "loyalty.challenges"
    verbose_name = _("Challenges")

    def ready(self):
        from loyalty.challenges import jobs, person

        jobs.register()
        person.register()
