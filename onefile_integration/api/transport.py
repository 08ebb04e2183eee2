"""One request, one slot, one whole answer. Nothing is retried, redirected or read from the environment."""

import contextlib
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from ipaddress import ip_address
from ssl import SSLCertVerificationError
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
)

from onefile_integration.api.budget import Budget, Lane, Slot
from onefile_integration.api.errors import InsecureAddress, NotSent, SettingsError, Unknown, Why

LARGEST_BODY = 32 * 1024 * 1024
CHUNK = 64 * 1024
MOST_LIMIT_HEADERS = 10
LIMIT_HEADER = re.compile(r"[a-z-]{0,20}(limit|retry)[a-z-]{0,20}", re.IGNORECASE)
LOST = (
    (requests.Timeout, Why.TIMEOUT),
    (ReadTimeoutError, Why.TIMEOUT),
    (DecodeError, Why.UNREADABLE),
    (HTTPError, Why.CUT_OFF),
)
SURELY_BEFORE = (NewConnectionError, ConnectTimeoutError, SSLCertVerificationError)


@dataclass(frozen=True)
class Timeouts:
    """Seconds: to connect, between two bytes of the reply, and for the whole body once it has begun."""

    connect: float = 5.0
    read: float = 30.0
    body: float = 120.0

    @property
    def without_reply(self) -> float:
        """What `Limits.timeout` must be at least."""
        return self.connect + self.read


@dataclass(frozen=True)
class Answer:
    status: int
    content_type: str
    body: bytes
    retry_after: str | None
    limit_headers: tuple[str, ...] = ()  # names only

    @property
    def text(self) -> str:
        """Raises UnicodeDecodeError: a text with holes is not passed on as if it were whole."""
        declared = re.search(r"charset=[\"']?(iso-8859-1|windows-1252|us-ascii)\b", self.content_type, re.IGNORECASE)
        return self.body.decode(declared.group(1) if declared else "utf-8-sig")

    @property
    def is_web_page(self) -> bool:
        return "html" in self.content_type.lower() or self.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


class Transport(requests.Session):
    """Not to be shared between threads. Every `send` takes a slot: no call passes the budget by."""

    def __init__(self, budget: Budget, lane: Lane, *, user_agent: str, timeouts: Timeouts) -> None:
        super().__init__()
        if timeouts.without_reply > budget.limits.timeout:
            raise SettingsError("the budget must hold a slot at least as long as a call may last without a reply")
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.headers.update({"User-Agent": user_agent, "Accept": "application/json"})
        self.timeouts = timeouts
        self._budget = budget
        self._lane = lane
        for scheme in ("https://", "http://"):
            self.mount(scheme, HTTPAdapter(max_retries=0))

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        json: object = None,
        send_by: float,
        slot: Slot | None = None,
        fresh: bool = False,
    ) -> Answer:
        """Raises NotSent where surely nothing was sent, and Unknown where the answer was lost on its way.

        `send_by` is on the monotonic clock, for the waiting as well as for the sending. `fresh` opens a new
        connection: an idle one that the other side has dropped loses a call without a word.
        """
        request = self.prepare_request(requests.Request(method, url, headers=dict(headers), json=json))
        if fresh:
            self.get_adapter(url).close()
        error: Exception
        try:
            response = self.send(request, slot=slot, send_by=send_by)
        except (requests.RequestException, HTTPError) as lost:
            error = NotSent(Why.NO_CONNECTION) if surely_not_sent(lost) else Unknown(_why(lost))
        else:
            return _answer(response)
        raise error

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """The response comes back with its body read, at most LARGEST_BODY bytes of it and one more."""
        slot: Slot | None = kwargs.pop("slot", None)
        send_by: float = kwargs.pop("send_by", time.monotonic() + self._budget.limits.send_within)
        slot = slot or self._budget.acquire(self._lane, send_by - time.monotonic())
        slot.send_by = min(slot.send_by, send_by)
        slot.check()
        limits = (self.timeouts.connect, self.timeouts.read)
        kwargs |= {"timeout": limits, "allow_redirects": False, "stream": True}
        try:
            response = super().send(request, **kwargs)
        except requests.RequestException as lost:
            if surely_not_sent(lost):
                slot.abandon()
            raise
        try:
            self._read(response)
        finally:
            slot.done()
        return response

    def get_redirect_target(self, resp: requests.Response) -> None:
        """A redirect would carry the token away."""

    def _read(self, response: requests.Response) -> None:
        """As it comes in, so that neither a huge nor an endless body is waited for."""
        body = bytearray()
        too_late = time.monotonic() + self.timeouts.body
        with contextlib.closing(response):
            while len(body) <= LARGEST_BODY and (chunk := response.raw.read1(CHUNK, decode_content=True)):
                body += chunk
                if time.monotonic() > too_late:
                    raise ProtocolError
        response._content = bytes(body)


def surely_not_sent(error: BaseException) -> bool:
    """Whether the connection never stood. Looks through what urllib3 wraps around the reason."""
    seen: list[BaseException] = []
    todo: list[object] = [error]
    while todo:
        one = todo.pop()
        if not isinstance(one, BaseException) or one in seen:
            continue
        if isinstance(one, SURELY_BEFORE):
            return True
        seen.append(one)
        todo += [getattr(one, "reason", None), *one.args]
    return False


def checked_address(base_url: str) -> str:
    """Without its last slash. Raises InsecureAddress unless it is https, or http on this very machine."""
    try:
        parts = urlsplit(base_url.strip())
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if not parts.hostname or port == 0 or parts.username or parts.password or parts.query or parts.fragment:
        raise InsecureAddress("not the address of an API")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
        raise InsecureAddress("only https, or http on loopback")
    return base_url.strip().rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _why(error: Exception) -> Why:
    return next((why for kind, why in LOST if isinstance(error, kind)), Why.RESET)


def _answer(response: requests.Response) -> Answer:
    if len(response.content) > LARGEST_BODY:
        raise Unknown(Why.TOO_LARGE, status=response.status_code)
    headers = response.headers
    limits = sorted(name for name in headers if LIMIT_HEADER.fullmatch(name))
    return Answer(
        response.status_code,
        headers.get("Content-Type", ""),
        response.content,
        headers.get("Retry-After"),
        tuple(limits[:MOST_LIMIT_HEADERS]),
    )
