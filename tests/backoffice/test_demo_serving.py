"""The demonstration opens its doors and closes them: a site that answers, a worker, and nothing left behind."""

import os
import signal
import socket
import subprocess
import urllib.request
from http.cookiejar import CookieJar
from urllib.parse import urlencode

import pytest

from loyalty.backoffice.demo.serving import is_free
from tests.backoffice.demo_site import DemoSite

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


@pytest.fixture(scope="module")
def site(tmp_path_factory, migrated_tables):
    site = DemoSite(tmp_path_factory.mktemp("served"), migrated_tables)
    site.demo("--members", "3", "--months", "1", "--no-serve")
    return site


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def served(site, port):
    process = site.start("--members", "3", "--months", "1", "--port", str(port))
    try:
        site.wait_until(lambda: "Ctrl-C" in (site.folder / "out").read_text(), process)
        yield process
    finally:
        process.terminate()
        process.wait(60)


def processes_below(pid):
    """All that a process has started, with what those have started."""
    table = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = dict(map(int, line.split()) for line in table.splitlines())
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("asking", [signal.SIGINT, signal.SIGTERM])
def test_whoever_signs_in_is_let_in_and_the_end_leaves_nothing(site, served, port, asking):
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    address = f"http://127.0.0.1:{port}/admin/login/"
    page = browser.open(address, timeout=60).read().decode()
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    form = {"username": "demo-analyst", "password": site.logins()["demo-analyst"], "csrfmiddlewaretoken": token}
    home = browser.open(urllib.request.Request(address, urlencode(form).encode(), {"Referer": address}), timeout=60)
    assert home.url.endswith("/admin/")
    children = processes_below(served.pid)
    assert len(children) >= 3

    served.send_signal(asking)

    assert served.wait(60) == 0
    assert [pid for pid in children if is_running(pid)] == []
    assert is_free(port)


def test_a_port_that_is_taken_is_told_before_the_work(tmp_path, port):
    with socket.create_server(("127.0.0.1", port)):
        result = DemoSite(tmp_path).manage("demo", "--port", str(port))

    assert result.returncode == 1
    assert f"Port {port} is in use" in result.stderr
    assert not (tmp_path / "loyalty.sqlite3").exists()


def test_the_worker_works(site, served, port):
    """The clock sends the programs' nights, and the queue does not keep what it was given."""
    ran = "SELECT COUNT(*) FROM django_celery_beat_periodictask WHERE total_run_count > 0"

    site.wait_until(lambda: site.rows(ran)[0][0] > 0 and not list((site.folder / "queue").iterdir()), served)
