"""A small client of the partner API, in Python's standard library alone: copy it, or read it and write your own.

Every POST goes out under an Idempotency-Key that stays the same through its retries, so an answer that was lost on the
way never makes anything happen twice. What is tried again: no answer at all, 429 and 503 (and other failures of the
server), and 409 `request_in_flight`; what is refused is raised at once as `ApiError`.

    LOYALTY_URL=https://loyalty.example LOYALTY_KEY=abcdefgh.… python python_client.py
"""

import json
import os
import random
import time
from datetime import UTC, datetime
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import uuid4

TRIES = 5
LONGEST_PAUSE = 30  # seconds
PASSING = {429, 500, 502, 503, 504}


class ApiError(Exception):
    """`status` and `code` are for programs, the text for people, `errors` say which fields."""

    def __init__(self, status, problem):
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')}")
        self.status, self.code, self.errors = status, problem.get("code"), problem.get("errors", [])


class Client:
    def __init__(self, url, key, timeout=10):
        self.base, self.timeout = f"{url.rstrip('/')}/api/v1/", timeout
        self.headers = {"Authorization": f"Api-Key {key}", "Content-Type": "application/json"}

    def get(self, path, **query):
        return self._send("GET", path + (f"?{urlencode(query)}" if query else ""))

    def post(self, path, body=None, key=None):
        """Give a `key` of your own (the number of the bill) where a restart of your program may send it again."""
        return self._send("POST", path, body or {}, {"Idempotency-Key": key or str(uuid4())})

    def every(self, path, **query):
        """All rows of a list, page after page."""
        page = self.get(path, **query)
        while True:
            yield from page["results"]
            if not page["next"]:
                return
            page = self._send("GET", page["next"])

    def _send(self, method, path, body=None, headers=None):
        address = path if path.startswith("http") else self.base + path
        data = None if body is None else json.dumps(body).encode()
        request = Request(address, data, self.headers | (headers or {}), method=method)
        attempt = 0
        while True:
            attempt += 1
            try:
                with urlopen(request, timeout=self.timeout) as answer:
                    return json.load(answer)
            except HTTPError as error:
                refusal, wait = _refusal(error), error.headers.get("Retry-After")
            except (OSError, HTTPException) as error:  # no answer, or half of one: nobody knows whether it happened
                refusal, wait = error, None
            if attempt == TRIES or not _passes(refusal):
                raise refusal
            time.sleep(_pause(attempt, wait))


def _refusal(error):
    try:
        return ApiError(error.code, json.load(error))
    except ValueError:
        return ApiError(error.code, {})


def _passes(refusal):
    return not isinstance(refusal, ApiError) or refusal.status in PASSING or refusal.code == "request_in_flight"


def _pause(attempt, retry_after):
    """As the server says; else longer each time, and not everybody at once."""
    if retry_after and retry_after.isdigit():
        return min(int(retry_after), LONGEST_PAUSE)
    return min(2**attempt, LONGEST_PAUSE) * random.uniform(0.1, 0.5)


def first_hour(client):
    """What a till does: enrol, ask, earn, look, take back; then spend, think better of it."""
    guest = client.post("members", {"external_id": "guest-1", "email": "guest-1@example.com"}, key="enrol guest-1")
    bill = {
        "member": {"external_id": "guest-1"},
        "kind": "purchase",
        "external_id": "bill-1",
        "occurred_at": datetime.now(UTC).isoformat(),
        "amount": "120.00",
        "channel": "store",
    }
    rehearsed = client.post("activities/calculate", bill)
    print("would earn", rehearsed["granted"][0]["points"])
    activity = client.post("activities", bill, key="bill-1")
    print("earned", activity["granted"][0]["points"])
    refund = client.post(f"activities/{activity['id']}/refunds", {"external_id": "refund-1", "amount": "20.00"})
    print("taken back", refund["granted"][0]["points"])
    available = refund["balances"][0]["available"]
    reward = next(reward for reward in client.every("rewards") if reward["points"] <= available)
    redemption = client.post("redemptions", {"member": {"id": guest["id"]}, "reward": reward["code"]})
    print("redeemed", redemption["points"], "for", redemption["vouchers"][0]["code"])
    client.post(f"redemptions/{redemption['id']}/rollback")
    print("available", client.get(f"members/{guest['id']}/balances")["balances"][0]["available"])


if __name__ == "__main__":
    first_hour(Client(os.environ["LOYALTY_URL"], os.environ["LOYALTY_KEY"]))
