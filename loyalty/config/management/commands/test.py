"""`manage.py test`: Django's command, except that every argument belongs to the test runner, options included."""

from django.core.management.commands import test


class Command(test.Command):
    def run_from_argv(self, argv):
        # Django's parser refuses options that it does not know; behind `--` nothing is an option to it.
        super().run_from_argv([*argv[:2], "--", *argv[2:]])
