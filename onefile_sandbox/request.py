"""What came in: the body as members by lower-case name, whichever of the two body forms was used."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, QueryDict

from onefile_sandbox import switches, wire
from onefile_sandbox.errors import Code, bad
from onefile_sandbox.members import Member
from onefile_sandbox.models import Customer

_ARRAY = re.compile(r"\[\d*\]$")


@dataclass
class Asked:
    """A call that was let in."""

    customer: Customer
    args: tuple[str, ...]
    body: dict[str, Any] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return not wire.is_blank(self.body.get(name.lower()))

    def get(self, form: str, name: str) -> Any:
        """The value of a filter or field, or None where it is absent or blank."""
        return wire.read(form, name, self.body[name.lower()]) if self.has(name) else None

    def fields(self, members: tuple[Member, ...]) -> dict[str, Any]:
        """What a create sets: blank members are as if they had not been sent."""
        sent = [m for m in members if self.has(m.name)]
        return {m.attr: _kept(wire.read(m.form, m.name, self.body[m.name.lower()])) for m in sent}

    def changes(self, members: tuple[Member, ...]) -> dict[str, Any]:
        """What an update sets. That "" clears and null is ignored is an invented default (X)."""
        cleared = {"text_clears": ("",), "both_clear": ("", None), "ignored": ()}
        clears = cleared[switches.get("blanks_in_update")]
        blank = [m for m in members if m.settable and self.body.get(m.name.lower(), "absent") in clears]
        settable = tuple(m for m in members if m.settable)
        return self.fields(settable) | {m.attr: wire.blank_of(m) for m in blank}


def _kept(value: Any) -> Any:
    longest = switches.get("longest_text")
    return value[:longest] if longest and isinstance(value, str) else value


def read_body(request: HttpRequest) -> dict[str, Any]:
    if "form" in (request.content_type or ""):
        return _from_form(QueryDict(request.body, encoding="utf-8"))
    return _from_json(request.body)


def _from_json(raw: bytes) -> dict[str, Any]:
    """PHP clients send [] for an empty object."""
    try:
        sent = json.loads(raw) if raw.strip() else {}
    except ValueError as wrong:
        raise bad(Code.UNREADABLE, "the body is not JSON") from wrong
    if sent == []:
        return {}
    if not isinstance(sent, dict):
        raise bad(Code.UNREADABLE, "the body is not an object")
    return {name.lower(): value for name, value in sent.items()}


def _from_form(sent: QueryDict) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for name, values in sent.lists():
        if _ARRAY.search(name):
            body.setdefault(_ARRAY.sub("", name).lower(), []).extend(values)
        else:
            body[name.lower()] = values[-1]
    return body
