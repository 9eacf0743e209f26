"""Databases that need not be migrated: one is, once a run, and is copied for whoever begins with an empty shop.

To migrate takes longer than most test files, and the whole suite would do it seven times over.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from django.core.files import locks
from django.db import connection

from tests.backoffice.demo_site import DemoSite


def migrated(folder: Path) -> Path:
    """An SQLite file as `migrate` makes it, in a folder that the processes of the run share."""
    path = folder / "migrated.sqlite3"
    with (folder / "migrated.lock").open("w") as lock:
        locks.lock(lock, locks.LOCK_EX)
        if not path.exists():
            site = DemoSite(folder / "migrating")
            site.folder.mkdir()
            site.manage("migrate", "-v0").check_returncode()
            shutil.copy(site.folder / "loyalty.sqlite3", path)
    return path


def fill(path: Path) -> None:
    """Make the test database the copy of that file."""
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as source:
        source.backup(connection.connection)
