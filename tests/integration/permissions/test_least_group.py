"""Every page opens for the least group that may use it, on each database: most pages are tried on one only."""

from __future__ import annotations

from tests.integration.permissions.conftest import Colleague
from tests.integration.permissions.table import TABLE


def test_the_least_group_gets_in(member: Colleague, addresses: dict[str, str]) -> None:
    clients = {group: member(group) for group in {page.least_group for page in TABLE.values()}}
    for line, page in TABLE.items():
        answer = clients[page.least_group].get(addresses[line], follow=True)
        assert answer.status_code == (200 if page.get else 405), f"{page.least_group} at {line}"
