"""Somebody else's server, on this machine: it keeps what it was asked and answers what the test says."""

import json
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass
class Request:
    method: str
    path: str
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class Listener:
    """`answer(request)` gives a status, or a status with what to say; a test may replace it while the server runs."""

    def __init__(self):
        self.requests, self.answer, self.url = [], lambda request: 200, ""

    def paths(self):
        return [f"{request.method} {request.path}" for request in self.requests]


@contextmanager
def listening():
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def respond(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            listener.requests.append(Request(self.command, self.path, headers, body))
            answer = listener.answer(listener.requests[-1])
            status, said, more = (*answer, {}, {})[:3] if isinstance(answer, tuple) else (answer, {}, {})
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = respond

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_who: None  # whoever hangs up early does so on purpose
    listener.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
