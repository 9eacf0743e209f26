"""A demonstration in a folder of its own, made by the command in a process of its own, as its user runs it."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

from django.conf import settings

MANAGE = str(settings.BASE_DIR / "manage.py")
SITUATION = (
    "DATABASE_URL",
    "REPLICA_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "DEBUG",
    "ALLOWED_HOSTS",
    "SITE_URL",
    "SECRET_KEY",
)


class DemoSite:
    def __init__(self, folder, tables=None):
        """`tables` is a database that was migrated already, which takes longer than a small story."""
        self.folder = folder
        if tables:
            shutil.copy(tables, folder / "loyalty.sqlite3")

    @property
    def environment(self):
        """Nothing but the folder is set: the embedded default."""
        own = {name: value for name, value in os.environ.items() if name not in SITUATION}
        return own | {"VAR_DIR": str(self.folder), "PYTHONUNBUFFERED": "1"}

    def manage(self, *arguments, **environment):
        return subprocess.run(
            [sys.executable, MANAGE, *arguments],
            env=self.environment | environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=600,
        )

    def demo(self, *arguments):
        result = self.manage("demo", *arguments)
        assert result.returncode == 0, result.stderr
        return result

    def start(self, *arguments):
        """The command, left running; its output goes to files in the folder."""
        command = [sys.executable, MANAGE, "demo", *arguments]
        with (self.folder / "out").open("w") as out, (self.folder / "err").open("w") as err:
            return subprocess.Popen(command, env=self.environment, cwd=self.folder, stdout=out, stderr=err)

    def wait_until(self, condition, process, *, seconds=300):
        """Return once `condition()` holds; fail with what the command said when it ends before."""
        give_up_at = time.monotonic() + seconds
        while not condition():
            if process.poll() is not None or time.monotonic() > give_up_at:
                raise AssertionError((self.folder / "err").read_text())
            time.sleep(0.05)

    def json(self, *arguments):
        result = self.manage(*arguments, "--json")
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    def summary(self):
        return self.json("report", "summary", "--program", "les-halles")

    def rows(self, query):
        with closing(sqlite3.connect(self.folder / "loyalty.sqlite3")) as database:
            return database.execute(query).fetchall()

    def counts(self):
        """How much there is of everything that the story adds."""
        tables = ("earning_activity", "ledger_entry", "rewards_voucher", "members_member", "members_card", "jobs_job")
        return {table: self.rows(f"SELECT COUNT(*) FROM {table}")[0][0] for table in tables}

    def logins(self):
        lines = (self.folder / "demo-logins.txt").read_text().splitlines()
        return dict(line.split(" ", 1) for line in lines)
