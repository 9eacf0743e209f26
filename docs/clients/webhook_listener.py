"""Takes webhooks on this machine, checks that they are signed as Standard Webhooks has it, and shows them.

    SECRET=whsec_… python3 webhook_listener.py [PORT [HOW_MANY]]

It needs nothing but Python. What is not ours is answered with 401, what is ours with 204. A server for production also
refuses a `webhook-timestamp` of long ago and passes over a `webhook-id` that it has seen.
"""

import base64
import hmac
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Listener(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        expected = signature(self.headers, body)
        given = self.headers["webhook-signature"].split()  # several while a secret is being replaced
        is_ours = any(hmac.compare_digest(each.encode(), expected.encode()) for each in given)
        print("told:" if is_ours else "not from them:", body.decode(), flush=True)
        self.send_response(204 if is_ours else 401)
        self.end_headers()

    def log_message(self, *args):
        pass


def signature(headers, body):
    signed = ".".join([headers["webhook-id"], headers["webhook-timestamp"], body.decode()])
    key = base64.b64decode(os.environ["SECRET"].removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.digest(key, signed.encode(), "sha256")).decode()


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 18099
    how_many = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with HTTPServer(("127.0.0.1", port), Listener) as server:
        for _each in range(how_many):
            server.handle_request()
