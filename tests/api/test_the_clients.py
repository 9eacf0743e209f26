"""The client and the cookbook that we give to engineers do what they say, against a server that runs."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.factories.api import ApiKeyFactory
from tests.factories.earning import EarningRuleFactory

DOCS = Path(__file__).parents[2] / "docs"
CLIENT, COOKBOOK = DOCS / "clients" / "python_client.py", DOCS / "api-cookbook.md"


@pytest.fixture
def run(live_server, hotel, program, coffee):
    """Run a command as the hotel's engineer would; returns what it printed."""
    EarningRuleFactory(program=program, code="base")
    ours = {"LOYALTY_URL": live_server.url, "LOYALTY_KEY": ApiKeyFactory(partner=hotel).text}

    def run(*command, text=None):
        done = subprocess.run(
            command, input=text, env=os.environ | ours, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.mark.django_db(transaction=True)
def test_the_python_client_lives_through_the_first_hour(run):
    printed = run(sys.executable, CLIENT).splitlines()

    assert [re.sub(r"for \S+", "for …", line) for line in printed] == [
        "would earn 120",
        "earned 120",
        "taken back -20",
        "redeemed 100 for …",
        "available 100",
    ]


@pytest.mark.django_db(transaction=True)
def test_every_command_of_the_cookbook_works(run):
    if not (shutil.which("curl") and shutil.which("jq")):
        pytest.skip("needs curl and jq")
    commands = re.findall(r"^```bash\n(.*?)^```", COOKBOOK.read_text(), re.MULTILINE | re.DOTALL)
    assert len(commands) > 10

    printed = run("bash", "-eu", text="\n".join(commands))

    assert "Idempotent-Replayed: true" in printed
    assert 'told: {"type": "test"' in printed
    assert printed.rstrip().endswith("true")


@pytest.fixture
def client_module():
    spec = importlib.util.spec_from_file_location("python_client", CLIENT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def flaky():
    """A server that gives one answer after another (None: it hangs up) and remembers the keys that it was sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.server.keys.append(self.headers["Idempotency-Key"])
            status = self.server.answers.pop(0)
            if status is None:
                return
            body = json.dumps({"code": "busy" if status == 503 else "insufficient_points"}).encode()
            self.send_response(status)
            self.send_header("Retry-After", "0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.keys, server.url = [], f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_the_python_client_tries_again_under_the_same_key(client_module, flaky, monkeypatch):
    monkeypatch.setattr(client_module.time, "sleep", lambda seconds: None)
    client = client_module.Client(flaky.url, "key")
    flaky.answers = [503, None, 429, 201, 201]

    client.post("redemptions", {})
    client.post("redemptions", {})

    assert len(flaky.keys) == 5
    assert [len(set(each)) for each in (flaky.keys[:4], flaky.keys[3:])] == [1, 2]


def test_the_python_client_passes_a_refusal_on_at_once(client_module, flaky):
    flaky.answers = [409]

    with pytest.raises(client_module.ApiError) as refusal:
        client_module.Client(flaky.url, "key").post("redemptions", {}, key="mine")

    assert (refusal.value.status, refusal.value.code, flaky.keys) == (409, "insufficient_points", ["mine"])
