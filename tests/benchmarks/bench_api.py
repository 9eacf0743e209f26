"""POST /api/v1/activities under gunicorn against a bare Django view that runs the same SQL, both with durable commits.

    DATABASE_URL=postgres://… python tests/benchmarks/bench_api.py [--seconds 6] [--rounds 5] [--clients 4]

The statements of one request are recorded as they went to the database, and the bare view sends the same ones for other
members and bills (`bare_api.py`). The two take turns on one database of their own, removed at the end.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from random import Random
from uuid import uuid4

from bench_import import ROOT, Databases
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone

from loyalty.api.operations import create_key
from loyalty.earning.operations import ActivityInput, MemberRef, record_activities
from loyalty.ledger.models import Account
from loyalty.partners.models import PartnerMember
from loyalty.partners.operations import create_partner
from loyalty.programs.models import Program

MEMBERS = 500
FIRST = 7_770_000_000_001  # primary keys of the recorded request: numbers that occur nowhere else
TABLES = ["earning_activity", "earning_activityline", "ledger_postingkey", "ledger_entry", "ledger_lot"]
SERVERS = {"api": ("loyalty.config.wsgi", 8931), "bare": ("tests.benchmarks.bare_api", 8932)}


def seed():
    """Members and accounts have numbers that occur nowhere else, so that they can be found in a statement's text."""
    with connection.cursor() as cursor:
        for offset, table in enumerate(["members_member", "ledger_account"], 1):
            cursor.execute(f"SELECT setval('{table}_id_seq', {FIRST + offset * 10**11}, false)")
    program = Program.objects.get()
    now = timezone.now()
    partner = create_partner(code="hotel", name="Hotel", at=now)
    first = [
        ActivityInput(f"first-{number}", MemberRef("external_id", f"{number:05}"), "purchase", now, 1000)
        for number in range(MEMBERS)
    ]
    record_activities(program=program, source="till", activities=first, at=now, history=True, enrol=True)
    accounts = list(Account.objects.values_list("member_id", "pk"))
    links = [PartnerMember(partner=partner, program=program, member_id=member, linked_at=now) for member, _ in accounts]
    PartnerMember.objects.bulk_create(links)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    public = dict(PartnerMember.objects.values_list("member_id", "public_id"))
    members = {str(public[member]): (str(public[member]), str(member), str(account)) for member, account in accounts}
    return create_key(partner=partner, name="bench", scopes=["activities:write"], at=now)[1], members


def body(member, bill):
    at = timezone.now().isoformat()
    lines = [{"sku": "room", "category": "stay", "quantity": 1, "unit_price": "30.00"}]
    activity = {"member": {"id": member}, "kind": "purchase", "external_id": bill, "occurred_at": at}
    return json.dumps(activity | {"amount": "30.00", "currency": "USD", "lines": lines})


def recorded(key, members):
    """The statements of one request, with marks that tell what another request has to say instead."""
    names = next(iter(members.values()))
    statements = []

    def note(execute, sql, params, many, context):
        statements.append(context["cursor"].cursor.mogrify(sql, params))
        return execute(sql, params, many, context)

    with connection.cursor() as cursor:
        for offset, table in enumerate(TABLES):
            cursor.execute(f"SELECT setval('{table}_id_seq', {FIRST + offset * 1000}, false)")
        cursor.execute(f"SELECT setval('api_idempotencyrecord_id_seq', {FIRST + 9000}, false)")
    headers = {"Authorization": f"Api-Key {key}"}
    Client(SERVER_NAME="localhost").get("/api/v1/activities", headers=headers)  # the key is remembered
    with connection.execute_wrapper(note):
        answer = Client(SERVER_NAME="localhost").post(
            "/api/v1/activities",
            body(names[0], "bill-mark"),
            content_type="application/json",
            headers=headers | {"Idempotency-Key": "key-mark"},
        )
    assert answer.status_code == 201, answer.content
    ids = {str(FIRST + offset * 1000): offset for offset in range(len(TABLES))}
    marks = {"ids": ids, "bill": "bill-mark", "key": "key-mark", "member": names}
    marks |= {"claim": "INSERT INTO api_idempotencyrecord", "record": str(FIRST + 9000)}
    databases = {"default": {**connection.settings_dict, "CONN_MAX_AGE": None}}
    databases["default"] = {name: databases["default"][name] for name in CONNECTION if name in databases["default"]}
    kept = {"statements": statements, "marks": marks, "answer": answer.content.decode(), "members": members}
    return kept | {"databases": databases}


CONNECTION = ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "CONN_MAX_AGE")


def serve(name, folder):
    module, port = SERVERS[name]
    url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**connection.settings_dict)
    env = os.environ | {"DATABASE_URL": url, "VAR_DIR": folder, "REPLAY": f"{folder}/replay.json"}
    env |= {"API_REQUESTS_PER_MINUTE": "1000000000", "LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "gunicorn", f"{module}:application", "-b", f"127.0.0.1:{port}"]
    command += ["--workers", "2", "--worker-class", "gthread", "--threads", "2", "--log-level", "error"]
    return subprocess.Popen(command, cwd=ROOT, env=env)


def wait_for(port):
    """Until something answers: a port is open before its workers are there."""
    for _ in range(300):
        http = HTTPConnection("127.0.0.1", port, timeout=300)
        try:
            http.request("GET", "/nothing")
            http.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit(f"Nothing answers on port {port}.")


def rate(name, key, members, seconds, clients):
    """Answers per second; every one must be a 201."""
    until = time.perf_counter() + seconds

    def call(seed_number):
        chance, calls = Random(seed_number), 0  # noqa: S311
        http = HTTPConnection("127.0.0.1", SERVERS[name][1], timeout=30)
        while time.perf_counter() < until:
            bill = str(uuid4())
            headers = {"Authorization": f"Api-Key {key}", "Content-Type": "application/json", "Idempotency-Key": bill}
            http.request("POST", "/api/v1/activities", body(chance.choice(members), bill), headers)
            answer = http.getresponse()
            content = answer.read()
            if answer.status != 201:
                sys.exit(f"{name}: {answer.status} {content[:500]}")
            calls += 1
        return calls

    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        calls = sum(pool.map(call, (next(seeds) for _ in range(clients))))
    return calls / (time.perf_counter() - started)


seeds = count(1)


@override_settings(API_REQUESTS_PER_MINUTE=10**9)
def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=4)
    options = parser.parse_args()
    if connection.vendor != "postgresql":
        sys.exit("Set DATABASE_URL to a PostgreSQL database.")
    rates = {name: [] for name in SERVERS}
    with tempfile.TemporaryDirectory() as folder:
        databases, servers = Databases(folder), []
        try:
            databases.fresh()
            key, members = seed()
            replay = recorded(key, members)
            Path(folder, "replay.json").write_text(json.dumps(replay))
            servers = [serve(name, folder) for name in SERVERS]
            for name, (_module, port) in SERVERS.items():
                wait_for(port)
                rate(name, key, list(members), 1, options.clients)  # warm
            for _ in range(options.rounds):
                for name in SERVERS:
                    rates[name].append(rate(name, key, list(members), options.seconds, options.clients))
        finally:
            for server in servers:
                server.terminate()
                server.wait()
            databases.remove()
    medians = {name: statistics.median(each) for name, each in rates.items()}
    for name, each in rates.items():
        print(f"{name:>6}: {medians[name]:,.0f}/s  ({', '.join(f'{one:,.0f}' for one in each)})")
    print(f" ratio: {medians['api'] / medians['bare']:.2f}; {len(replay['statements'])} statements a request")


if __name__ == "__main__":
    main()
