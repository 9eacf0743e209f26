from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReferralsConfig(AppConfig):
    name = "loyalty.referrals"
    verbose_name = _("Referrals")

    def ready(self):
        from loyalty.referrals import jobs, person

        jobs.register()
        person.register()
