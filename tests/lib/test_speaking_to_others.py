"""Requests to addresses that somebody typed: bounded, never redirected, and in production never to ourselves."""

import socket

import pytest

from loyalty.lib.outbound import NotReached, fault_of, is_public, send
from tests.listener import listening


@pytest.fixture
def listener():
    with listening() as listener:
        yield listener


def code_of(url, **options):
    with pytest.raises(NotReached) as refusal:
        send("POST", url, body=b"{}", **options)
    return refusal.value.code


def test_a_request_reaches_its_server_and_brings_the_answer(listener):
    listener.answer = lambda request: (201, {"id": 7})

    answer = send("POST", f"{listener.url}/codes?x=1", body=b'{"a": 1}', headers={"X-Key": "k"})

    assert (answer.status, answer.is_success, answer.json()) == (201, True, {"id": 7})
    assert listener.paths() == ["POST /codes?x=1"]
    assert listener.requests[0].headers["x-key"] == "k"
    assert listener.requests[0].headers["host"] == listener.url.removeprefix("http://")


def test_a_redirect_is_an_answer_and_not_followed(listener):
    listener.answer = lambda request: (302, {}, {"Location": f"{listener.url}/elsewhere"})

    assert send("POST", listener.url).status == 302
    assert len(listener.requests) == 1


def test_an_answer_without_an_end_is_cut_off(listener):
    listener.answer = lambda request: (200, b"x" * 1_100_000)

    assert code_of(listener.url) == "answer_too_long"


def test_whoever_does_not_answer_is_said_so():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        assert code_of(f"http://127.0.0.1:{bound.getsockname()[1]}") == "no_answer"
    assert code_of("http://nobody.invalid") == "name_unknown"


@pytest.mark.parametrize(
    "url",
    ["ftp://shop.example", "http://", "http://user:word@shop.example", "http://shop.example:port", "x", "http://[1"],
)
def test_what_is_no_address_of_a_web_server_is_refused(url):
    assert fault_of(url) == "address_invalid"
    assert code_of(url) == "address_invalid"


def test_in_production_only_public_addresses_over_https_are_spoken_to(settings, listener, monkeypatch):
    settings.PRODUCTION = True

    assert code_of(listener.url) == "address_not_https"
    assert code_of("https://127.0.0.1") == "address_private"
    assert code_of("https://localhost") == "address_private"
    assert code_of("https://[::ffff:127.0.0.1]") == "address_private"

    answers = [("93.184.216.34", 443), ("10.0.0.5", 443)]  # a name with two addresses, one of them inside
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in answers]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    assert code_of("https://shop.example") == "address_private"
    assert listener.requests == []


@pytest.mark.parametrize(
    "address, answer",
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_which_addresses_are_public(address, answer):
    assert is_public(address) is answer


def test_the_name_is_asked_once_and_the_address_that_was_looked_at_is_the_one_connected_to(listener, monkeypatch):
    port = int(listener.url.rpartition(":")[2])
    asked = []

    def answer(host, *args, **kwargs):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *a, **k: answer(host) if "shop" in host else real(host, *a, **k)
    )

    assert send("GET", f"http://shop.example:{port}/").status == 200
    assert asked == ["shop.example"]
    assert listener.requests[0].headers["host"] == f"shop.example:{port}"
