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

from django.conf import settings
from django.db import connection

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
            MARK: folder,
        }
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
        return subprocess.run(command, env=environment, check=False).returncode


def is_scratch() -> bool:
    """Whether this process was started by `run_in_scratch`, and its database is the one made for it."""
    folder = os.environ.get(MARK)
    return bool(folder) and Path(connection.settings_dict["NAME"]).parent == Path(folder)
