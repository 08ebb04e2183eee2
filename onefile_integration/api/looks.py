"""How OneFile answers, not only what: for the first day on a server that nobody has described. Only reads."""

import re
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from onefile_integration.api.bodies import body
from onefile_integration.api.calls import Calls, Json, Segment, answered_json, session_text
from onefile_integration.api.errors import Unknown
from onefile_integration.api.transport import Answer

CONTENT_TYPE = re.compile(r"[\w.+-]{1,30}/[\w.+-]{1,30}", re.ASCII)
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")


@dataclass(frozen=True)
class Look:
    """An answer of any status but 401, 429 and 5xx."""

    answer: Answer

    @property
    def status(self) -> int:
        return self.answer.status

    @cached_property
    def data(self) -> Json:
        """None where there is none, or none that can be read."""
        try:
            return answered_json(self.answer)
        except Unknown:
            return None

    @property
    def rows(self) -> list[Any]:
        return self.data if self.status == 200 and isinstance(self.data, list) else []

    @property
    def record(self) -> dict[str, Any]:
        return self.data if self.status == 200 and isinstance(self.data, dict) else {}

    @property
    def members(self) -> list[str]:
        """Of the record, or of all rows together, as OneFile writes them; what is no plain word is left out."""
        found = [self.record, *(row for row in self.rows if isinstance(row, dict))]
        names = dict.fromkeys(str(name) for each in found for name in each)
        return [name for name in names if NAME.fullmatch(name)]


@dataclass(frozen=True)
class SignInLook:
    """Never the session itself."""

    quoted: bool
    content_type: str
    limit_headers: tuple[str, ...]


class Looks(Calls):
    """Raise what reads raise."""

    def look_at(self, resource: str, *path: Segment) -> Look:
        return Look(self._answer("GET", resource, *path))

    def look_for(self, resource: str, *page: int, **filters: object) -> Look:
        return Look(self._answer("POST", resource, "Search", *page, body=body(**filters)))

    def look_at_sign_in(self) -> SignInLook:
        """One session more: they stand beside each other [C], and this one is not kept."""
        send_by = time.monotonic() + self._patience

        def attempt(number: int) -> SignInLook:
            answer = self._entered(number, send_by)
            session_text(answer)
            quoted = answer.body.strip().startswith(b'"')
            kind = CONTENT_TYPE.match(answer.content_type)
            return SignInLook(quoted, kind.group() if kind else "", answer.limit_headers)

        return self._in_the_end(attempt)
