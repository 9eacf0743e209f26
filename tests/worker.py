"""A real Celery worker for tests: a process of its own on the test database and the test's own queue."""

import os
import subprocess
import sys
import time
from urllib.parse import quote

from celery import current_app
from django.conf import settings
from django.db import connection


class Worker:
    def __init__(self, *, queue, var_dir):
        self.queue = queue
        self.var_dir = var_dir
        self.log = var_dir / "worker.log"

    def __enter__(self):
        command = [sys.executable, "-m", "celery", "-A", "loyalty.config", "worker", "--pool", "threads", "-c", "2"]
        command += ["-Q", self.queue, "-n", f"{self.queue}@localhost", "--loglevel", "INFO"]
        command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=self._environment(), stdout=log, stderr=subprocess.STDOUT
            )
        try:
            self.wait_until(lambda: current_app.control.ping([f"{self.queue}@localhost"], timeout=1))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception):
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def wait_until(self, condition, *, seconds=60):
        """Return once `condition()` holds; fail with the worker's log when it does not come to hold."""
        give_up_at = time.monotonic() + seconds
        while not condition():
            if self.process.poll() is not None or time.monotonic() > give_up_at:
                raise AssertionError(f"The worker did not get there:\n{self.log.read_text()[-5000:]}")
            time.sleep(0.05)

    def _environment(self):
        database = connection.settings_dict
        user, password = quote(database["USER"], safe=""), quote(database["PASSWORD"], safe="")
        address = f"{database['HOST'] or 'localhost'}:{database['PORT'] or 5432}"
        return os.environ | {
            "DATABASE_URL": f"postgres://{user}:{password}@{address}/{database['NAME']}",
            "SECRET_KEY": settings.SECRET_KEY,
            "VAR_DIR": str(self.var_dir),
            "CELERY_QUEUE": self.queue,
        }
