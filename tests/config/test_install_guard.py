"""`manage.py` on a Python without Django: a project of its own, whose two packages are wheels made here, no network."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile

import pytest
from django.conf import settings

pytest.importorskip("ensurepip", reason="this Python cannot make virtual environments")

BARE_PYTHON = [getattr(sys, "_base_executable", sys.executable), "-S"]  # -S: no packages, even where it has some
COMMAND_LINE = "import sys\ndef execute_from_command_line(argv): print(sys.prefix, *argv[1:])\n"


def wheel(folder, name, files):
    path = folder / f"{name}-1.0-py3-none-any.whl"
    about = f"{name}-1.0.dist-info"
    contents = files | {
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for inner, text in contents.items():
            archive.writestr(inner, text)
        archive.writestr(f"{about}/RECORD", "".join(f"{inner},,\n" for inner in [*contents, f"{about}/RECORD"]))
    return f"{name}==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


class Project:
    def __init__(self, root):
        self.root = root
        self.venv = root / ".venv"
        self.lock = root / "requirements.lock"
        self.wheels = root / "wheels"
        self.wheels.mkdir()
        shutil.copy(settings.BASE_DIR / "manage.py", root)
        command_line = {"django/__init__.py": "", "django/core/management/__init__.py": COMMAND_LINE}
        self.lock.write_text(
            wheel(self.wheels, "django", command_line)
            + wheel(self.wheels, "environ", {"environ.py": ""})
            + wheel(self.wheels, "unfold", {"unfold.py": ""})
        )

    def run(self, *arguments, python=BARE_PYTHON, **variables):
        local = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels), "PIP_CONFIG_FILE": os.devnull}
        return subprocess.run(
            [*python, str(self.root / "manage.py"), *arguments],
            cwd=self.root.parent,
            env=os.environ | local | variables,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "a project"
    root.mkdir()
    return Project(root)


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    project = Project(tmp_path_factory.mktemp("installed"))
    project.first = project.run("demo", "--members", "3")
    return project


def test_the_first_run_installs_and_goes_on_with_the_command(installed):
    assert installed.first.returncode == 0, installed.first.stderr
    assert installed.first.stdout == f"{installed.venv} demo --members 3\n"
    assert "requirements.lock" in installed.first.stderr


def test_the_second_run_goes_straight_on(installed):
    result = installed.run("migrate")

    assert (result.stdout, result.stderr) == (f"{installed.venv} migrate\n", "")


def test_inside_the_environment_nothing_is_done(installed):
    result = installed.run("migrate", python=[str(installed.venv / "bin" / "python")], PATH="")

    assert (result.stdout, result.stderr) == (f"{installed.venv} migrate\n", "")


def test_another_lock_is_installed_anew(installed):
    installed.lock.write_text(installed.lock.read_text() + wheel(installed.wheels, "novelty", {"novelty.py": ""}))

    result = installed.run("check")

    assert result.stdout.endswith(" check\n")
    assert list(installed.venv.glob("lib/*/site-packages/novelty.py"))


def test_an_interrupted_installation_is_started_again(installed):
    (installed.venv / "installed-lock").write_text("unfinished")

    result = installed.run("check")

    assert result.returncode == 0, result.stderr
    assert "Making" in result.stderr


def test_an_environment_made_by_hand_is_used_as_it_is(installed):
    (installed.venv / "installed-lock").unlink()

    result = installed.run("check")

    assert (result.stdout, result.stderr) == (f"{installed.venv} check\n", "")


def test_a_package_that_does_not_match_its_hash_is_refused(project):
    wheel(project.wheels, "unfold", {"unfold.py": "print('changed on the way')"})

    result = project.run("check")

    assert result.returncode == 1
    assert result.stdout == ""
    assert "could not be installed" in result.stderr


def test_where_venv_is_missing_the_package_is_named(project):
    hide = "import importlib.util as u, runpy, sys; find = u.find_spec; "
    hide += "u.find_spec = lambda name, *rest: None if name == 'ensurepip' else find(name, *rest); "
    hide += (
        f"sys.argv = ['manage.py', 'check']; runpy.run_path({str(project.root / 'manage.py')!r}, run_name='__main__')"
    )

    result = subprocess.run([*BARE_PYTHON, "-c", hide], capture_output=True, text=True)

    assert result.returncode == 1
    assert "apt install python3-venv" in result.stderr
    assert not project.venv.exists()


def test_an_old_python_is_told_so(project):
    pretend = "import runpy, sys; sys.version_info = (3, 10); "
    pretend += f"runpy.run_path({str(project.root / 'manage.py')!r}, run_name='__main__')"

    result = subprocess.run([*BARE_PYTHON, "-c", pretend], capture_output=True, text=True)

    assert result.returncode == 1
    assert "Python 3.11 or newer is needed; this is Python 3.10." in result.stderr
