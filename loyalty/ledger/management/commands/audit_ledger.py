import json

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from loyalty.ledger.audit import audit_ledger


class Command(BaseCommand):
    help = "Prove that every account agrees with its entries, lots and allocations; exit 1 where one drifts."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")

    def handle(self, *args, **options):
        audit = audit_ledger()
        if options["json"]:
            self.stdout.write(json.dumps(audit.as_dict()))
        else:
            self.stdout.write(
                _("%(accounts)d accounts, %(entries)d entries.")
                % {"accounts": audit.accounts, "entries": audit.entries}
            )
            for drift in audit.drift:
                self.stdout.write(
                    _("Account %(account)d: %(promise)s — expected %(expected)d, found %(found)d.")
                    % {
                        "account": drift.account,
                        "promise": drift.promise,
                        "expected": drift.expected,
                        "found": drift.found,
                    }
                )
        if audit.drift:
            raise CommandError(_("The ledger drifts."), returncode=1)
