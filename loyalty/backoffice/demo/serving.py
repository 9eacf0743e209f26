"""The open doors: the web site, a worker and the scheduler as processes of their own, and the end of all three.

Each process gets a session of its own, so that Ctrl-C reaches this one alone and they are ended in order. What they
say goes to files, of which the last lines are shown when one of them gives up.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

HOST = "127.0.0.1"
SECONDS_TO_START = 90
SECONDS_TO_END = 15
LINES_SHOWN = 15


class Stopped(BaseException):
    """Somebody asked for the end: Ctrl-C, or a signal. Not an error, and nothing to catch on the way."""


class GaveUp(Exception):
    """A process ended by itself, or never answered; the message has its last lines."""


def address(port: int) -> str:
    return f"http://{HOST}:{port}"


def is_free(port: int) -> bool:
    """Whether the web site could listen there now."""
    with socket.socket() as probe:
        if os.name != "nt":  # where the option would let two programs share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


@contextlib.contextmanager
def stop_signals() -> Iterator[None]:
    """Within, each of the signals that ask for the end raises `Stopped`, once."""
    asking = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # not under nohup
        asking.append(signal.SIGHUP)

    def stop(number, frame):
        for other in asking:
            signal.signal(other, signal.SIG_IGN)
        raise Stopped

    before = {number: signal.signal(number, stop) for number in asking}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Doors:
    """A context: within, everything runs; after it, nothing is left."""

    def __init__(self, port: int):
        self.address = address(port)
        self._port = port
        self._processes: dict[str, subprocess.Popen] = {}

    def __enter__(self) -> "Doors":
        try:
            for name, command in _commands(self._port).items():
                self._processes[name] = self._start(name, command)
            self._wait_for_site()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception) -> None:
        for process in self._processes.values():
            _signal(process, signal.SIGTERM)
        deadline = time.monotonic() + SECONDS_TO_END
        for process in self._processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(deadline - time.monotonic(), 0.1))
        for process in self._processes.values():
            # What is left of its session, which is more than itself where it was slow or died by itself.
            _signal(process, getattr(signal, "SIGKILL", signal.SIGTERM))
            process.wait()

    def watch(self) -> None:
        """Stay until the end is asked for. Raises GaveUp when a process ends by itself."""
        while True:
            self._check()
            time.sleep(0.5)

    def _start(self, name: str, command: Sequence[str]) -> subprocess.Popen:
        own_group = (
            {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if os.name == "nt" else {"start_new_session": True}
        )
        with _log(name).open("w") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment(),
                **own_group,
            )

    def _environment(self) -> dict[str, str]:
        """As here, wherever we stand: the same project, the same files; links lead to the port."""
        found = [str(settings.BASE_DIR), *filter(None, [os.environ.get("PYTHONPATH")])]
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
            "PYTHONPATH": os.pathsep.join(found),
            "VAR_DIR": str(settings.VAR_DIR.resolve()),
            "SITE_URL": settings.SITE_URL,
        }

    def _wait_for_site(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            self._check()
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.address}/admin/login/", timeout=30):  # noqa: S310
                return
            time.sleep(0.2)
        raise GaveUp(_said("web"))

    def _check(self) -> None:
        for name, process in self._processes.items():
            if process.poll() is not None:
                raise GaveUp(_said(name))


def _commands(port: int) -> dict[str, list[str]]:
    """Gunicorn and the scheduler inside the worker do not run on Windows; the scheduler alone does everywhere."""
    python = [sys.executable, "-m"]
    site = ["gunicorn", "loyalty.config.wsgi", "--bind", f"{HOST}:{port}", "--threads", "4"]
    site += ["--graceful-timeout", "5", "--no-control-socket"]  # the socket would lie in the user's home
    if os.name == "nt":
        site = ["django", "runserver", "--noreload", f"{HOST}:{port}"]
    celery = [*python, "celery", "-A", "loyalty.config"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return {
        "web": [*python, *site],
        "worker": [*celery, "worker", "--pool", "threads", "--concurrency", "2", *quiet],
        "scheduler": [*celery, "beat"],
    }


def _signal(process: subprocess.Popen, number: int) -> None:
    """To the process and whatever it started."""
    if os.name == "nt":
        process.terminate()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _log(name: str) -> Path:
    return settings.VAR_DIR / f"demo-{name}.log"


def _said(name: str) -> str:
    last = "\n".join(_log(name).read_text(errors="replace").splitlines()[-LINES_SHOWN:])
    return (
        _("The process “%(name)s” ended by itself. %(file)s says:") % {"name": name, "file": _log(name)} + "\n" + last
    )
