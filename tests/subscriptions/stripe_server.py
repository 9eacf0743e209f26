"""Stripe as far as the gateway knows it: a server on this machine with the fields that its documentation gives.

What becomes of a payment is written on the card: `pm_ok`, `pm_declined`, `pm_authentication`, `pm_processing`. A key
that was used is answered as the first time, refusals included; used for something else it is refused. `silent` takes
the money and hangs up before it answers; `broken` answers with an error of its own; `forget_keys` is the next day.
"""

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

OUTCOMES = {
    "pm_ok": ("succeeded", None),
    "pm_declined": ("requires_payment_method", {"code": "card_declined", "decline_code": "insufficient_funds"}),
    "pm_authentication": ("requires_payment_method", {"code": "authentication_required", "decline_code": "x"}),
    "pm_processing": ("processing", None),
}


class Stripe:
    def __init__(self):
        self.intents, self.refunds, self.answers, self.requests = {}, {}, {}, []
        self.silent = self.broken = False

    def forget_keys(self):
        self.answers.clear()

    @property
    def taken(self):
        return sum(intent["amount"] for intent in self.intents.values() if intent["status"] == "succeeded")

    def answer(self, method, path, data, key):
        self.requests.append((method, path))
        if self.broken:
            return 500, {"error": {"type": "api_error", "message": "Something went wrong."}}
        if not key:
            return self._route(method, path, data)
        if key not in self.answers:
            self.answers[key] = (path, data, self._route(method, path, data))
        known_path, known_data, known = self.answers[key]
        if (known_path, known_data) != (path, data):
            return 400, {"error": {"type": "idempotency_error", "message": "Keys are used for one request."}}
        return known

    def _route(self, method, path, data):
        parts = path.removeprefix("/v1/").split("/")
        if parts == ["payment_intents", "search"]:
            charge = data["query"].split(":")[1].strip("'")
            found = [each for each in self.intents.values() if each["metadata"]["charge"] == charge]
            return 200, {"object": "search_result", "data": found, "has_more": False, "url": path}
        if parts == ["payment_intents"]:
            return self._create(data)
        if parts[0] == "payment_intents" and parts[1] not in self.intents:
            return 404, {"error": {"type": "invalid_request_error", "code": "resource_missing", "message": "No such."}}
        if parts[0] == "payment_intents":
            return self._confirm(parts[1], data) if parts[-1] == "confirm" else (200, self.intents[parts[1]])
        if method == "GET":
            return 200, {"object": "list", "data": list(self.refunds.values()), "has_more": False, "url": path}
        return self._refund(data)

    def _create(self, data):
        if data["payment_method"] not in OUTCOMES:
            error = {"type": "invalid_request_error", "code": "resource_missing", "message": "No such PaymentMethod."}
            return 400, {"error": error}
        intent = {
            "id": f"pi_{len(self.intents) + 1}",
            "object": "payment_intent",
            "amount": int(data["amount"]),
            "currency": data["currency"],
            "metadata": {"charge": data["metadata[charge]"]},
            "status": "requires_confirmation",
            "last_payment_error": None,
        }
        self.intents[intent["id"]] = intent
        return self._confirm(intent["id"], data)

    def _confirm(self, number, data):
        intent = self.intents[number]
        if intent["status"] in ("succeeded", "canceled", "processing"):
            code = "payment_intent_unexpected_state"
            return 400, {"error": {"type": "invalid_request_error", "code": code, "message": "Not in this state."}}
        intent["status"], intent["last_payment_error"] = OUTCOMES[data["payment_method"]]
        if intent["last_payment_error"]:
            error = {"type": "card_error", "message": "Your card was declined.", "payment_intent": intent}
            return 402, {"error": error | intent["last_payment_error"]}
        return 200, intent

    def _refund(self, data):
        refund = {
            "id": f"re_{len(self.refunds) + 1}",
            "object": "refund",
            "amount": int(data["amount"]),
            "payment_intent": data["payment_intent"],
            "status": "succeeded",
            "metadata": {"key": data["metadata[key]"]},
        }
        self.refunds[refund["id"]] = refund
        return 200, refund


@contextmanager
def stripe_server():
    stripe = Stripe()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            address = urlsplit(self.path)
            self._answer("GET", address.path, address.query)

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self._answer("POST", urlsplit(self.path).path, body)

        def _answer(self, method, path, text):
            data = {name: values[0] for name, values in parse_qs(text).items()}
            status, answer = stripe.answer(method, path, data, self.headers.get("Idempotency-Key", ""))
            if stripe.silent:
                self.close_connection = True
                return
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            """Nothing on the screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    stripe.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield stripe
    finally:
        server.shutdown()
        server.server_close()
