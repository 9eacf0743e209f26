"""Punch cards: so many visits, items or amounts, and a full card gives a reward."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PunchCardsConfig(AppConfig):
    name = "loyalty.punchcards"
    verbose_name = _("Punch cards")

    def ready(self):
        from loyalty.punchcards import jobs, person

        jobs.register()
        person.register()
