"""What `manage.py test` runs: pytest, with the arguments given."""

import os
from pathlib import Path

import pytest
from django.conf import settings

# Processes cost seconds to start, which only the whole suite repays. An option of the caller's comes later and wins.
WHOLE_SUITE = ["-n", "auto", "--dist", "worksteal"]


class PytestRunner:
    """A Django test runner. Its verdict is pytest's exit code, so that an empty collection is a failure too."""

    def __init__(self, **options):
        pass

    def run_tests(self, arguments):
        os.chdir(settings.BASE_DIR)
        names_tests = any(Path(argument.partition("::")[0]).exists() for argument in arguments)
        return int(pytest.main([*arguments] if names_tests else [*WHOLE_SUITE, *arguments]))
