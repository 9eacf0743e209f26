"""`manage.py makemessages`: Django's command, set so that a catalogue changes only where a text does."""

from pathlib import Path

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]  # a guess is worse than a gap

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.set_defaults(
            locale=["fr"], ignore_patterns=["var", "tests"], no_wrap=True, add_location="file", no_obsolete=True
        )

    def write_po_file(self, potfile, locale):
        super().write_po_file(potfile, locale)
        catalogue = Path(potfile).parent / locale / "LC_MESSAGES" / f"{self.domain}.po"
        lines = catalogue.read_text(encoding="utf-8").splitlines(keepends=True)
        undated = (line for line in lines if not line.startswith('"POT-Creation-Date:'))
        catalogue.write_text("".join(undated), encoding="utf-8")
