"""Where the demonstration lives: its database, and beside it what the next run must know to go on.

`VAR_DIR/demo.json` holds the terms of the story. It belongs to one database: for another one there is no story yet.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.utils.translation import gettext as _

from loyalty.backoffice.demo.shop import TEMPLATE
from loyalty.programs.models import Program


class NotPossible(Exception):
    """The demonstration keeps its hands off this database, or cannot go on in it; the message says why."""


@dataclass(frozen=True)
class Terms:
    """What a story is made from. Members join from `start` to before `first_end`; it goes on from there."""

    seed: int
    members: int
    start: date
    first_end: date

    @property
    def span(self) -> int:
        return (self.first_end - self.start).days


def logins_file() -> Path:
    return settings.VAR_DIR / "demo-logins.txt"


def prepare() -> None:
    """The tables. A new file is written without waiting for the disk after each of them: nothing is in it to lose."""
    is_new_file = connection.vendor == "sqlite" and not connection.introspection.table_names()
    if is_new_file:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous = OFF")
    call_command("migrate", verbosity=0, interactive=False)
    if is_new_file:
        connection.close()  # the next one waits again


def begin_anew() -> None:
    """Remove the demonstration's database with what belongs to it. Refuses to touch any other."""
    file = _own_file()
    connections.close_all()
    for path in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm")), _terms_file(), logins_file()):
        path.unlink(missing_ok=True)


def agreed_terms(wanted: Terms) -> Terms:
    """Those of the story that is there already, or else the ones wanted, from now on."""
    known = _read_terms()
    if Program.objects.filter(code=TEMPLATE.code).exists():
        if known is None:
            reason = _("The program “%(code)s” is there, but not %(file)s, which says how its story goes on.")
            raise NotPossible(
                reason % {"code": TEMPLATE.code, "file": _terms_file()}
                + " "
                + _("Begin anew with --fresh, or choose another database.")
            )
        return known
    written = {**asdict(wanted), "start": wanted.start.isoformat(), "first_end": wanted.first_end.isoformat()}
    _terms_file().write_text(json.dumps({"database": _database(), **written}, indent=2) + "\n", encoding="utf-8")
    return wanted


def _read_terms() -> Terms | None:
    try:
        kept = json.loads(_terms_file().read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    if kept.pop("database") != _database():
        return None
    days = {name: date.fromisoformat(kept.pop(name)) for name in ("start", "first_end")}
    return Terms(**kept, **days)


def _own_file() -> Path:
    """The file to remove, when it is SQLite, under VAR_DIR, and holds no other program than the demonstration's."""
    if connection.vendor != "sqlite":
        raise NotPossible(_("--fresh removes a file; this database is not SQLite. Choose another one for a new story."))
    file = Path(connection.settings_dict["NAME"]).resolve()
    if not file.is_relative_to(settings.VAR_DIR.resolve()):
        reason = _("--fresh only removes a database in %(folder)s; this one is %(file)s.")
        raise NotPossible(reason % {"folder": settings.VAR_DIR, "file": file})
    if others := _other_programs():
        reason = _("--fresh would also remove what is no demonstration: %(programs)s. Set VAR_DIR to another folder.")
        raise NotPossible(reason % {"programs": ", ".join(others)})
    return file


def _other_programs() -> list[str]:
    if Program._meta.db_table not in connection.introspection.table_names():
        return []
    return list(Program.objects.exclude(code=TEMPLATE.code).values_list("name", flat=True))


def _terms_file() -> Path:
    return settings.VAR_DIR / "demo.json"


def _database() -> str:
    own = connections[DEFAULT_DB_ALIAS].settings_dict
    return "/".join(str(own[part]) for part in ("HOST", "PORT", "NAME") if own.get(part))
