"""What points become: the catalogue, vouchers, redemptions, monthly issuance."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RewardsConfig(AppConfig):
    name = "rewards"
    verbose_name = _("Rewards")

    def ready(self):
        from rewards import jobs, person

        jobs.register()
        person.register()
