import gzip
import time
from http.server import BaseHTTPRequestHandler

import pytest
import requests

from onefile_integration.api import transport as module
from onefile_integration.api.budget import Budget, Lane, Usage
from onefile_integration.api.errors import InsecureAddress, NotSent, SettingsError, Unknown, Why
from onefile_integration.api.transport import Answer, Timeouts, Transport, checked_address
from tests.bench.budget import free_port
from tests.unit.api.servers import hang_up, reply, serving

QUICK = Timeouts(connect=1.0, read=0.3, body=0.6)


@pytest.fixture
def transport(budget: Budget) -> Transport:
    return Transport(budget, Lane.PEOPLE, user_agent="tests/1", timeouts=QUICK)


def call(transport: Transport, url: str, method: str = "POST", **more: object) -> Answer:
    return transport.call(
        method,
        url,
        headers={"X-TokenID": "ses-secret"},
        send_by=time.monotonic() + 5,
        **more,  # type: ignore[arg-type]
    )


def usage(budget: Budget) -> Usage:
    return budget.usage("2026-11-23")


@pytest.mark.parametrize(
    "url",
    [
        "https://wsapi.example/api/v2.1",
        "https://wsapi.example:8443/",
        "http://127.0.0.1:8000/api/v2.1",
        "http://127.0.0.9",
        "http://localhost:8000",
        "http://[::1]:8000",
    ],
)
def test_a_safe_address(url: str) -> None:
    assert checked_address(f" {url}/ ") == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://wsapi.example/api",
        "http://127.0.0.1.example/",
        "http://localhost.example/",
        "http://10.0.0.1/",
        "ftp://127.0.0.1/",
        "wsapi.example/api",
        "https://",
        "https:///api",
        "https://user:secret@wsapi.example/",
        "https://wsapi.example/?token=secret",
        "https://wsapi.example/#secret",
        "https://wsapi.example:99999/",
        "https://[::1/",
        "",
    ],
)
def test_an_insecure_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(InsecureAddress) as caught:
        checked_address(url)
    assert "secret" not in str(caught.value)


def test_a_budget_that_lets_go_too_early_is_refused(budget: Budget) -> None:
    with pytest.raises(SettingsError):
        Transport(budget, Lane.PEOPLE, user_agent="tests/1", timeouts=Timeouts(connect=5.1, read=30))


def test_a_call_takes_a_slot_and_keeps_it(transport: Transport, budget: Budget) -> None:
    with serving(lambda handler: reply(handler, 200, b'{"ID": 1}', Retry_After="3")) as served:
        answer = call(transport, f"{served.url}/a", json={"a": 1})
    assert answer == Answer(200, "", b'{"ID": 1}', "3", ("Retry-After",))
    assert served == ["POST /a"]
    assert (usage(budget).held_now, usage(budget).calls_today) == (1, 1)


def test_plain_use_of_the_session_takes_a_slot_too(transport: Transport, budget: Budget) -> None:
    with serving(reply) as served:
        assert transport.get(f"{served.url}/a", data=None, params=None).status_code == 200
    assert usage(budget).held_now == 1


def test_refused_before_it_stood(transport: Transport, budget: Budget) -> None:
    with pytest.raises(NotSent) as caught:
        call(transport, f"http://127.0.0.1:{free_port()}/a")
    assert caught.value.why is Why.NO_CONNECTION
    assert caught.value.__context__ is None
    assert usage(budget).held_now == 0


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_lost_reply_is_not_asked_for_again_and_holds_its_slot(
    transport: Transport, budget: Budget, method: str
) -> None:
    with serving(lambda handler: time.sleep(0.8)) as served:
        with pytest.raises(Unknown) as caught:
            call(transport, f"{served.url}/a", method)
        time.sleep(0.3)
        assert served == [f"{method} /a"]
    assert caught.value.why is Why.TIMEOUT
    assert usage(budget).held_now == 1


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    reply(handler, 200, b"70010", Content_Length="6")
    hang_up(handler)


def cut_off_chunks(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"5\r\n70010\r\n")
    hang_up(handler)


def stall(handler: BaseHTTPRequestHandler) -> None:
    reply(handler, 200, b"[", Content_Length="2")
    time.sleep(0.6)


def dribble(handler: BaseHTTPRequestHandler) -> None:
    reply(handler, 200, b"", Content_Length="100")
    for _ in range(20):
        handler.wfile.write(b" ")
        time.sleep(0.1)


def not_gzip(handler: BaseHTTPRequestHandler) -> None:
    reply(handler, 200, b"plain", Content_Encoding="gzip")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (hang_up, Why.RESET),
        (cut_off, Why.CUT_OFF),
        (cut_off_chunks, Why.CUT_OFF),
        (stall, Why.TIMEOUT),
        (dribble, Why.CUT_OFF),
        (not_gzip, Why.UNREADABLE),
    ],
)
def test_a_broken_reply(transport: Transport, answer: object, why: Why) -> None:
    with serving(answer) as served, pytest.raises(Unknown) as caught:  # type: ignore[arg-type]
        call(transport, f"{served.url}/a")
    assert caught.value.why is why
    assert caught.value.__context__ is None
    assert len(served) == 1


@pytest.mark.parametrize("bomb", [False, True])
def test_the_body_has_a_largest_size(transport: Transport, bomb: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_BODY", 100_000)
    body, headers = b" " * 200_000, {}
    if bomb:
        body, headers = gzip.compress(body), {"Content_Encoding": "gzip"}
    with serving(lambda handler: reply(handler, 200, body, **headers)) as served, pytest.raises(Unknown) as caught:
        call(transport, f"{served.url}/a")
    assert caught.value.why is Why.TOO_LARGE


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(transport: Transport, status: int) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        reply(handler, status, b"", Location=f"{elsewhere.url}/b")

    with serving(reply) as elsewhere, serving(answer) as served:
        assert call(transport, f"{served.url}/a", "GET").status == status
    assert elsewhere == []


def test_the_environment_is_not_asked(transport: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(reply) as proxy, serving(reply) as served:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "")
        assert call(transport, f"{served.url}/a").status == 200
    assert proxy == []


def test_cookies_are_not_kept(transport: Transport) -> None:
    with serving(lambda handler: reply(handler, 200, b"[]", Set_Cookie="a=b")) as served:
        call(transport, f"{served.url}/a")
    assert len(transport.cookies) == 0


def test_every_call_has_both_timeouts(transport: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, object]] = []

    def send(self: requests.Session, request: object, **kwargs: object) -> None:
        seen.append(kwargs)
        raise requests.ConnectionError

    monkeypatch.setattr(requests.Session, "send", send)
    with pytest.raises(Unknown):
        call(transport, "https://onefile.example/a")
    assert seen == [{"timeout": (1.0, 0.3), "allow_redirects": False, "stream": True}]


def test_a_fresh_call_opens_a_connection_of_its_own(transport: Transport) -> None:
    ports: list[int] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        ports.append(handler.client_address[1])
        reply(handler)

    with serving(answer) as served:
        for fresh in (False, False, True):
            call(transport, f"{served.url}/a", fresh=fresh)
    assert ports[0] == ports[1] != ports[2]


def test_a_slot_that_waited_too_long_is_not_sent(transport: Transport, budget: Budget) -> None:
    slot = budget.acquire(Lane.PEOPLE, 0)
    slot.send_by = time.monotonic() - 0.001
    with serving(reply) as served, pytest.raises(NotSent) as caught:
        call(transport, f"{served.url}/a", slot=slot)
    assert served == []
    assert caught.value.why is Why.TOO_LATE
    assert usage(budget).held_now == 0


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("application/json; charset=utf-8", '"é"'.encode(), '"é"'),
        ("application/json", b'\xef\xbb\xbf"x"', '"x"'),
        ("application/json; charset=iso-8859-1", b'"\xe9"', '"é"'),
        ('text/plain; charset="Windows-1252"', b"\x80", "€"),
    ],
)
def test_text(content_type: str, body: bytes, expected: str) -> None:
    assert Answer(200, content_type, body, None).text == expected


def test_text_with_holes_is_refused() -> None:
    with pytest.raises(UnicodeDecodeError):
        _ = Answer(200, "application/json", b'"\xe9"', None).text


@pytest.mark.parametrize(
    ("content_type", "body", "page"),
    [
        ("text/html; charset=utf-8", b"closed", True),
        ("application/xhtml+xml", b"", True),
        ("application/json", b"\xef\xbb\xbf \r\n<!DOCTYPE html>", True),
        ("", b"<html>", True),
        ("application/json", b'["<b>"]', False),
        ("text/plain", b"", False),
    ],
)
def test_a_web_page(content_type: str, body: bytes, page: bool) -> None:
    assert Answer(200, content_type, body, None).is_web_page is page
