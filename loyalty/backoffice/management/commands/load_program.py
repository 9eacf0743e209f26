"""Make a program from a template of the gallery."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty.backoffice.program_templates import templates
from loyalty.backoffice.program_templates.loading import load
from loyalty.backoffice.program_templates.settings import settings_of

BAD_ARGUMENTS = 2


class Command(BaseCommand):
    help = _("Makes a program from a template. One that is there gets what it lacks; nothing in it is changed.")

    def add_arguments(self, parser):
        parser.add_argument("template", nargs="?", metavar="TEMPLATE", help=_("The template’s name, such as yes2you."))
        parser.add_argument("--list", action="store_true", help=_("Lists the templates and makes nothing."))
        parser.add_argument(
            "--values", action="store_true", help=_("Lists the template’s values by name and makes nothing.")
        )

    def handle(self, *, template, **options):
        known = templates()
        if options["list"]:
            for code in sorted(known):
                self.stdout.write(f"{code}: {known[code].title}")
            return
        if template not in known:
            raise CommandError(_wrong_name(template, known), returncode=BAD_ARGUMENTS)
        if options["values"]:
            for name, value in settings_of(known[template]).items():
                self.stdout.write(f"{name} = {json.dumps(value, default=str, ensure_ascii=False)}")
            return
        program, is_changed = load(known[template], at=timezone.now())
        told = _("The program “%(program)s” (%(code)s) is ready.")
        if not is_changed:
            told = _("The program “%(program)s” (%(code)s) is there already; nothing was changed.")
        self.stdout.write(told % {"program": program.name, "code": program.code})


def _wrong_name(template, known):
    names = {"template": template, "names": ", ".join(sorted(known))}
    if template is None:
        return _("Name a template: %(names)s.") % names
    return _("There is no template “%(template)s”; there are %(names)s.") % names
