from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from loyalty.partners import overlap


class PartnersConfig(AppConfig):
    name = "loyalty.partners"
    verbose_name = _("Partners")

    def ready(self):
        post_migrate.connect(overlap.install_after_migrate, sender=self, dispatch_uid="partners.overlap")
        from loyalty.partners import jobs, person
        from loyalty.partners.operations import booking
        from rewards import registry

        jobs.register()
        person.register()
        registry.register("partners", redeemed=booking.redeemed, rolled_back=booking.rolled_back)
