from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from loyalty.lib import append_only


class LedgerConfig(AppConfig):
    name = "loyalty.ledger"
    verbose_name = _("Ledger")

    def ready(self):
        post_migrate.connect(append_only.install_after_migrate, sender=self, dispatch_uid="ledger.append_only")
        from loyalty.ledger import jobs, person

        jobs.register()
        person.register()
