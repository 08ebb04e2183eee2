"""Every address of the project is tried by those who may and by those who may not. The table says who."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from learners.models import Learner
from learners.parts import PARTS
from onefile_integration.models import ExchangePlan, Link, Question, Run, Settings, Step
from picsweb.permissions import WORDS, Permission
from tests.integration.permissions.conftest import Colleague, name_of
from tests.integration.permissions.table import PUBLIC, TABLE, Page
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once

ADD_A_LINE = (
    "A new page needs one line in tests/integration/permissions/table.py: its name, look(), change() or press() "
    "with the permissions it needs, and what fills the parts of its address. A page that is gone leaves its line."
)


def views(resolver: Any = None, within: str = "") -> Iterator[tuple[str, Any]]:
    """Each address by its name, Django's admin aside."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                yield from views(entry, f"{entry.namespace}:" if entry.namespace else within)
        elif isinstance(entry, URLPattern):
            yield f"{within}{entry.name}", entry.callback


def everything(onefile: SandboxProcess) -> list[Any]:
    models: list[Any] = [Link, Run, ExchangePlan, Step, Question, Settings, Learner]
    parts = [part.model for part in PARTS.values()]
    return [list(model._default_manager.order_by("pk").values()) for model in [*models, *parts]] + [onefile.state()]


def test_each_page_has_its_line() -> None:
    pages = {name for name, _ in views()}
    assert pages == {*map(name_of, TABLE), *PUBLIC}, ADD_A_LINE


@pytest.mark.parametrize(("name", "view"), [pytest.param(*found, id=found[0]) for found in views()])
def test_each_view_asks_for_what_the_table_says(name: str, view: Any) -> None:
    lines = [page for line, page in TABLE.items() if name_of(line) == name]
    assert {page.permissions for page in lines} == ({view.permissions} if lines else set())
    assert lines or name in PUBLIC, f"{name} is open to everybody. {ADD_A_LINE}"


def test_who_may_do_everything_else_is_told_what_is_missing(
    everything_but: Colleague, addresses: dict[str, str], connected: SandboxProcess
) -> None:
    before = everything(connected)
    clients = {permission: everything_but(permission) for permission in Permission}
    for line, page in TABLE.items():
        for permission in page.permissions:
            for answer in both(clients[permission], addresses[line]):
                assert answer.status_code == 403, f"{line} without {permission.name}"
                assert WORDS[permission] in answer.text and "nothing was lost" in answer.text, line
                assert "Database Administrator" in answer.text and "_" not in why_told(answer), line
    assert everything(connected) == before


def why_told(answer: Any) -> str:
    return str(answer.text.split("</h1>")[-1].split("</p>")[0])


def test_a_stranger_signs_in_first(addresses: dict[str, str]) -> None:
    for line, address in addresses.items():
        for answer in both(Client(), address):
            assert answer.status_code == 302 and answer.url.startswith(reverse("login")), line


def both(client: Client, address: str) -> list[Any]:
    return [client.get(address), client.post(address)]


def test_onefile_needs_the_licence_and_to_be_switched_on(member: Colleague, addresses: dict[str, str]) -> None:
    without = {page.least_group: member(page.least_group, licence=False) for page in licensed().values()}
    holders = {page.least_group: member(page.least_group) for page in licensed().values()}
    for line, page in licensed().items():
        for answer in both(without[page.least_group], addresses[line]):
            assert answer.status_code == 403 and "licence" in answer.text, line
    Settings.objects.update(enabled=False)
    for line, page in licensed().items():
        for answer in both(holders[page.least_group], addresses[line]):
            assert answer.status_code == 403 and "switched off" in answer.text, line


def licensed() -> dict[str, Page]:
    return {line: page for line, page in TABLE.items() if page.licence}


def test_looking_changes_nothing(
    administrator: Client, addresses: dict[str, str], connected: SandboxProcess, enrolled: Learner
) -> None:
    before = everything(connected)
    for line, address in addresses.items():
        assert administrator.get(address).status_code in (200, 302, 405), line
        administrator.head(address)
    assert everything(connected) == before


def test_looking_at_the_preview_changes_nothing(
    administrator: Client, learner: Learner, connected: SandboxProcess
) -> None:
    """Of a learner who is not yet linked: the table's learner is."""
    address, before = reverse("onefile:create", args=[learner.ident]), everything(connected)
    assert administrator.get(address).status_code == 200
    assert administrator.head(address).status_code == 200
    assert everything(connected) == before


def test_a_post_without_a_token_changes_nothing(
    administrator: Client, addresses: dict[str, str], connected: SandboxProcess
) -> None:
    before = everything(connected)
    guarded = Client(enforce_csrf_checks=True)
    guarded.cookies = administrator.cookies
    for line, address in addresses.items():
        assert guarded.post(address).status_code == 403, line
    assert everything(connected) == before


def test_the_panel_shows_only_to_holders(member: Colleague, addresses: dict[str, str]) -> None:
    address = addresses["learners:delivery-plan"]
    assert "OneFile Integration" in member("Staff").get(address).text
    assert "OneFile Integration" not in member("Staff", licence=False).get(address).text
