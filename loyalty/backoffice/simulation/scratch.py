"""A database for one story: an embedded one in a folder of its own, which a second process fills and this one removes.

The configured database is never opened: the process that replays the story is started with settings that do not know
it, with files for a queue and with no mail server.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import override_settings

FORGOTTEN = ("REPLICA_URL", "REDIS_URL", "ALLOWED_HOSTS", "DEBUG", "SITE_URL", "CELERY_QUEUE")
MARK = "LOYALTY_SCRATCH"


def run_in_scratch(arguments: Sequence[str]) -> int:
    """Start this command again in a scratch database; its output and its exit code are the command's own."""
    with tempfile.TemporaryDirectory(prefix="loyalty-story-") as folder:
        environment = {name: value for name, value in os.environ.items() if name not in FORGOTTEN}
        environment |= {
            "DATABASE_URL": f"sqlite:///{folder}/story.sqlite3",
            "VAR_DIR": folder,
            "EMAIL_URL": "dummymail://",
            "LOG_LEVEL": "ERROR",
            MARK: folder,
        }
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
        return subprocess.run(command, env=environment, check=False).returncode


def is_scratch() -> bool:
    """Whether this process was started by `run_in_scratch`, and its database is the one made for it."""
    folder = os.environ.get(MARK)
    return bool(folder) and Path(connection.settings_dict["NAME"]).parent == Path(folder)


def make_tables() -> None:
    """All tables as the models have them, with their triggers: replaying the migrations would take far longer."""
    without_migrations = dict.fromkeys((app.label for app in apps.get_app_configs()), None)
    with override_settings(MIGRATION_MODULES=without_migrations):
        call_command("migrate", run_syncdb=True, verbosity=0)
