"""The client and the pages that we give to engineers do what they say, against a server that runs."""

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
from tests.factories.rewards import RewardFactory

DOCS = Path(__file__).parents[2] / "docs"
CLIENT, COOKBOOK, FIRST_HOUR = DOCS / "clients" / "python_client.py", DOCS / "api-cookbook.md", DOCS / "first-hour.md"
BLOCK = re.compile(r"^```bash\n(.*?)^```(?:\n+```json\n(.*?)^```)?", re.MULTILINE | re.DOTALL)
needs_curl = pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="needs curl and jq")


@pytest.fixture
def run(live_server, hotel, program, coffee):
    """Run a command as the hotel's engineer would; returns what it printed. As in the demonstration, the rule for tills
    asks for their channel, joining earns, and not every reward can be had at once."""
    EarningRuleFactory(program=program, code="till", channels=["store"])
    EarningRuleFactory(program=program, code="welcome", kind="sign_up", effect="fixed", points=20)
    RewardFactory(program=program, points_price=190)
    ours = {"LOYALTY_URL": live_server.url, "LOYALTY_KEY": ApiKeyFactory(partner=hotel).text}

    def run(*command, text=None):
        done = subprocess.run(
            command,
            input=text,
            cwd=DOCS.parent,
            env=os.environ | ours,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
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
        "available 120",
    ]


def blocks(page):
    """The commands of a page, each with the answer that stands below it, if any."""
    found = BLOCK.findall(page.read_text(encoding="utf-8"))
    assert len(found) > 10
    return found


@needs_curl
@pytest.mark.django_db(transaction=True)
def test_every_command_of_the_cookbook_works(run):
    printed = run("bash", "-eu", text="\n".join(commands for commands, _shown in blocks(COOKBOOK)))

    assert "Idempotent-Replayed: true" in printed
    assert 'told: {"type": "test"' in printed
    assert printed.rstrip().endswith("true")


@needs_curl
@pytest.mark.django_db(transaction=True)
def test_the_first_hour_gets_the_answers_that_its_page_shows(run):
    page = blocks(FIRST_HOUR)
    text = "\n".join(f"{commands}printf '\\036'" for commands, _shown in page)

    printed = run("bash", "-eu", text=text).split("\x1e")

    for (commands, shown), answer in zip(page, printed, strict=False):
        if shown:
            assert is_part(json.loads(shown), json.loads(answer)), f"{commands}\n{answer}"
    assert "Idempotent-Replayed: true" in "".join(printed)
    assert 'told: {"type": "test"' in "".join(printed)


def is_part(shown, answer):
    """Whether an answer has all the names that are shown of it; values are those of another day."""
    if isinstance(shown, dict):
        return isinstance(answer, dict) and all(name in answer and is_part(shown[name], answer[name]) for name in shown)
    if isinstance(shown, list):
        return isinstance(answer, list) and all(any(is_part(each, one) for one in answer) for each in shown)
    return (shown is None) == (answer is None) and not isinstance(answer, dict | list)


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
