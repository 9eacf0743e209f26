"""Requests to other people's servers, whose addresses somebody typed: bounded in time and size, never to ourselves.

The name is resolved at the moment of sending and the connection made to the very address that was looked at, so that
no second answer of the name server leads elsewhere. Redirects are answers like any other and never followed. In
production only public addresses over HTTPS are spoken to.
"""

import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address, ip_network
from time import monotonic
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

REASONS = {
    "no_answer": _("The other system does not answer."),
    "timeout": _("The other system takes too long."),
    "name_unknown": _("The address names no server."),
    "address_private": _("The address leads into a private network."),
    "address_not_https": _("The address is not encrypted."),
    "address_invalid": _("This is no address."),
    "answer_too_long": _("The other system’s answer is too long."),
    "secret_unreadable": _("The secret was stored under another SECRET_KEY: enter it again."),
}
TIMEOUT = 10  # seconds, for each wait and, twice, for the whole
MOST_BYTES = 1_000_000
TRANSLATED = ip_network("64:ff9b::/96")  # addresses of version 4 in disguise


class NotReached(Exception):
    """No answer. `code` says why, for machines and in lists."""

    def __init__(self, code: str, detail: str = ""):
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """What the body says; None where it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


def send(method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
    """Raises `NotReached`."""
    parts = _checked(url)
    connection = _connection(parts)
    until = monotonic() + 2 * TIMEOUT
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body or None, {"User-Agent": "loyalty", **(headers or {})})
        response = connection.getresponse()
        return Answer(response.status, _read(response, until))
    except TimeoutError as fault:
        raise NotReached("timeout") from fault
    except (OSError, HTTPException, ValueError) as fault:
        raise NotReached("no_answer", type(fault).__name__) from fault
    finally:
        connection.close()


def fault_of(url: str) -> str:
    """Why the address cannot be one to send to, as far as its text tells; empty where it can."""
    try:
        _checked(url)
    except NotReached as fault:
        return fault.code
    return ""


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # asking is what checks it
    except ValueError as fault:
        raise NotReached("address_invalid") from fault
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or not url.isprintable():
        raise NotReached("address_invalid")
    if settings.PRODUCTION and parts.scheme != "https":
        raise NotReached("address_not_https")
    return parts


def _connection(parts: SplitResult) -> "_Pinned":
    kind = _PinnedTLS if parts.scheme == "https" else _Pinned
    try:
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port or kind.default_port
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        raise NotReached("name_unknown") from fault
    addresses = [str(each[4][0]) for each in found]
    if settings.PRODUCTION and not all(map(is_public, addresses)):
        raise NotReached("address_private")
    return kind(host, port, addresses[0])


def is_public(address: str) -> bool:
    ip = ip_address(address.partition("%")[0])
    if ip.version == 6:
        if ip.ipv4_mapped:
            ip = ip.ipv4_mapped
        elif ip.sixtofour or ip.teredo or ip in TRANSLATED:
            return False
    return ip.is_global and not ip.is_multicast


def _read(response, until: float) -> bytes:
    body = b""
    while chunk := response.read1(64 * 1024):
        body += chunk
        if len(body) > MOST_BYTES:
            raise NotReached("answer_too_long")
        if monotonic() > until:
            raise TimeoutError
    return body


class _Pinned(HTTPConnection):
    """Connects to the address that was looked at; the name stays for the Host header and the certificate."""

    default_port = 80

    def __init__(self, host: str, port: int, address: str):
        super().__init__(host, port, timeout=TIMEOUT)
        self.address = address

    def connect(self):
        self.sock = socket.create_connection((self.address, self.port), self.timeout)


class _PinnedTLS(_Pinned):
    default_port = 443

    def connect(self):
        super().connect()
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
