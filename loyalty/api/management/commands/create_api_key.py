from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from loyalty.api import operations
from loyalty.api.models import ApiKey
from loyalty.api.scopes import Scope
from loyalty.partners import queries as partners


class Command(BaseCommand):
    help = "Make a key for a partner's system and print it. It is shown this once."

    def add_arguments(self, parser):
        parser.add_argument("--partner", required=True, metavar="CODE")
        parser.add_argument(
            "--scopes",
            required=True,
            help=f"Such as members:read,activities:write; all means all of: {', '.join(Scope.values)}",
        )
        parser.add_argument("--name", default="API", help="What the key is for.")
        parser.add_argument("--environment", choices=ApiKey.Environment.values, default=settings.API_ENVIRONMENT)
        parser.add_argument("--networks", default="", help="From where it may be used: 203.0.113.0/24,2001:db8::/32.")
        parser.add_argument("--expires", default=None, metavar="MOMENT", help="Such as 2027-01-01T00:00:00+01:00.")

    def handle(self, **options):
        partner = partners.partner(options["partner"])
        if partner is None:
            raise CommandError(_no_partner(options["partner"]))
        try:
            key, text = operations.create_key(
                partner=partner,
                name=options["name"],
                scopes=Scope.values if options["scopes"] == "all" else _list(options["scopes"]),
                environment=options["environment"],
                allowed_networks=_list(options["networks"]),
                expires_at=_moment(options["expires"]),
                at=timezone.now(),
            )
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stderr.write(_("Keep it now: it cannot be shown again."))
        self.stdout.write(text)


def _no_partner(code):
    refused = _("There is no partner “%(code)s”.") % {"code": code}
    if known := partners.codes():
        return refused + " " + _("There are: %(codes)s.") % {"codes": ", ".join(known)}
    return refused + " " + _("Partners are made in the admin: Partners → Add.")


def _list(text):
    return [item.strip() for item in text.split(",") if item.strip()]


def _moment(text):
    if text is None:
        return None
    moment = parse_datetime(text)
    if moment is None or timezone.is_naive(moment):
        raise CommandError(_("Enter a moment with its zone, such as 2026-03-02T12:00:00+01:00."))
    return moment
