from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PunchCardsConfig(AppConfig):
    name = "loyalty.punchcards"
    verbose_name = _("Punch cards")
