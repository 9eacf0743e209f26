"""A secret key of this machine's own, for an installation that nobody has configured."""

import os
import secrets
from pathlib import Path


def own_secret_key(path: Path) -> str:
    """The key kept in `path`, made on the first call; only the owner of the file can read it."""
    if not path.exists():
        _publish_once(path, secrets.token_urlsafe(50))
    return path.read_text()


def _publish_once(path: Path, key: str) -> None:
    """Two processes may start at the same moment: the file appears complete or not at all, and the first one wins."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
