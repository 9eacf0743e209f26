#!/usr/bin/env python3
"""Django's command line, and one guard before it: where Django is missing, make `.venv` here and start again inside it.

The guard runs on a bare Python, so it uses the standard library alone and no syntax newer than the Pythons it refuses.
Everything it says goes to stderr: a command's stdout belongs to the command.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
LOCK = HERE / "requirements.lock"
STAMP = VENV / "installed-lock"  # hash of the installed lock; absent in an environment that somebody made by hand
OLDEST_PYTHON = (3, 11)
# Django alone would be satisfied by an older Django that the system brought.
NEEDED = ("django", "environ", "unfold")


def main():
    if sys.version_info < OLDEST_PYTHON:
        give_up("Python %d.%d or newer is needed; this is Python %d.%d." % (OLDEST_PYTHON + sys.version_info[:2]))
    if not all(importlib.util.find_spec(name) for name in NEEDED):
        start_again_in_venv()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


def start_again_in_venv():
    python = venv_python()
    if not is_complete(python):
        try:
            make_venv(python)
        except KeyboardInterrupt:
            give_up("Interrupted; the next run starts the installation again.")
    command = [str(python), str(HERE / "manage.py"), *sys.argv[1:]]
    if os.name == "nt":  # there, exec returns to the shell before the command has finished
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)


def venv_python():
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_complete(python):
    """Whether `.venv` can be used as it is: not half installed, not from another lock, not of a Python that is gone."""
    if not python.exists() or (STAMP.exists() and STAMP.read_text() != lock_hash()):
        return False
    return subprocess.call([str(python), "-c", "import " + ", ".join(NEEDED)], stderr=subprocess.DEVNULL) == 0


def lock_hash():
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def make_venv(python):
    say("This Python lacks the packages that the project needs. Making %s and installing" % VENV)
    say("what %s lists, each checked against its hash. It takes a minute or two, once." % LOCK.name)
    if Path(sys.prefix).resolve() != VENV.resolve():
        if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
            give_up("This Python cannot make virtual environments. On Debian or Ubuntu: apt install python3-venv")
        run([sys.executable, "-m", "venv", "--clear", str(VENV)], "The virtual environment could not be made.")
    STAMP.write_text("unfinished")
    install = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", "-r", str(LOCK)]
    run(install, "The packages could not be installed; see above. The next run starts again.")
    STAMP.write_text(lock_hash())


def run(command, complaint):
    if subprocess.call(command, stdout=sys.stderr) != 0:
        give_up(complaint)


def say(text):
    print(text, file=sys.stderr, flush=True)


def give_up(text):
    say(text)
    sys.exit(1)


if __name__ == "__main__":
    main()
