"""Tell a program's story before it happens."""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from loyalty.backoffice.program_templates import templates
from loyalty.backoffice.program_templates.loading import load
from loyalty.backoffice.program_templates.settings import SettingRefused, with_settings
from loyalty.backoffice.simulation.replay import NightFailed, Replay, refusal_of
from loyalty.backoffice.simulation.scratch import is_scratch, make_tables, run_in_scratch
from loyalty.backoffice.simulation.story import StoryRefused, read_story

BAD_ARGUMENTS = 2


class Command(BaseCommand):
    help = _(
        "Replays a story in a scratch database and says how its members stand at each check. Exit code 1: the ledger "
        "drifts or a job failed; 2: bad arguments or no story."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("template", metavar="TEMPLATE", help=_("The program’s template, such as yes2you."))
        parser.add_argument("--file", required=True, metavar="STORY", help=_("The story, a JSON file; - is stdin."))
        parser.add_argument("--json", action="store_true", help=_("The result as JSON, alone on the standard output."))

    def handle(self, *, template, file, **options):
        if not is_scratch():
            arguments = ["simulate", template, "--file", file] + ["--json"] * options["json"]
            if code := run_in_scratch(arguments):
                sys.exit(code)
            return
        result = self._replay(template, _read(file))
        if options["json"]:
            self.stdout.write(json.dumps(result, indent=2, ensure_ascii=False))
        else:
            self._print(result)
        if result["audit"]["drift"]:
            raise CommandError(_("The ledger drifts."))

    def _replay(self, name, text):
        known = templates()
        if name not in known:
            names = ", ".join(sorted(known))
            message = _("There is no template “%(template)s”; there are %(names)s.")
            raise _bad(message % {"template": name, "names": names})
        try:
            story = read_story(text)
            template = with_settings(known[name], story.settings)
            make_tables()
            return Replay(_program(template, story)).tell(story)
        except (StoryRefused, SettingRefused) as refused:
            raise _bad(str(refused)) from None
        except NightFailed as failed:
            raise CommandError(str(failed)) from None

    def _print(self, result):
        for check in result["checks"]:
            self.stdout.write(check["at"])
            for name, member in check["members"].items():
                balances = ", ".join(
                    f"{currency} {balance['available']}" for currency, balance in member["balances"].items()
                )
                self.stdout.write(f"  {name}: {balances}; {json.dumps(member, ensure_ascii=False)}")
        for refusal in result["refusals"]:
            self.stdout.write(
                _("Event %(index)d: %(message)s") % {"index": refusal["event"], "message": refusal["reason"]}
            )


def _program(template, story):
    """With the story's settings, of which nobody knows what they may be before the program is made."""
    try:
        return load(template, at=story.eve)[0]
    except Exception as error:
        if not story.settings:
            raise
        refusal = refusal_of(error) or {"reason": str(error)}
        message = _("These settings make no program: %(reason)s")
        raise StoryRefused(message % {"reason": refusal["reason"]}) from error


def _bad(message):
    return CommandError(message, returncode=BAD_ARGUMENTS)


def _read(file):
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _bad(_("The story cannot be read: %(error)s") % {"error": error}) from None
