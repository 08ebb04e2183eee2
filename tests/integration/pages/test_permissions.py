"""Every address names the permission it needs, and keeps to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from learners.models import Learner
from learners.parts import PARTS
from picsweb.permissions import Permission
from tests.integration.pages.plans import fill

# Each stands here with its reason: who signs in has no permission yet, and a watchdog has no account.
PUBLIC = {"login", "logout", "password_change", "password_change_done", "health"}

LISTS = [
    *("learner-list", "progress-list", "review-list", "officer-list", "organisation-list"),
    *("qualification-list", "tag-list"),
]
NEW = ["learner-new", "officer-new", "organisation-new", "qualification-new", "tag-new"]


def views(resolver: Any = None, within: str = "") -> Iterator[tuple[str, Any]]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                yield from views(entry, f"{within}{entry.pattern}")
        elif isinstance(entry, URLPattern) and entry.name not in PUBLIC:
            yield f"{within}{entry.pattern}", entry.callback


@pytest.mark.parametrize(("address", "view"), [pytest.param(*found, id=found[0] or "start") for found in views()])
def test_each_view_names_a_permission(address: str, view: Any) -> None:
    assert isinstance(getattr(view, "permission", None), Permission), f"{address} is open to everybody"


def part_addresses(learner: Learner) -> list[str]:
    found = []
    for kind, part in PARTS.items():
        record = part.records(learner).first()
        found.append(reverse("learners:part-new", args=[learner.ident, kind]))
        if part.update:
            found.append(reverse("learners:part-edit", args=[learner.ident, kind, record.pk]))
        found.append(reverse("learners:part-delete", args=[learner.ident, kind, record.pk]))
    return found


def record_addresses(learner: Learner, *names: str) -> list[str]:
    line = learner.delivery_plan.first()
    ids = {
        "learner": learner.ident,
        "officer": line.assessor.ident,
        "organisation": learner.placements.first().organisation.ident,
        "qualification": line.qualification_id,
    }
    return [reverse(f"learners:{name}", args=[ids[name.partition("-")[0]]]) for name in names]


@pytest.fixture
def filled(learner: Learner) -> Learner:
    fill(learner, times=1)
    return learner


@pytest.fixture
def to_look_at(filled: Learner) -> list[str]:
    learner = filled
    plan = [reverse("learners:delivery-plan", args=[learner.ident])]
    records = record_addresses(learner, "learner", "officer", "organisation", "qualification")
    return [*(reverse(f"learners:{name}") for name in LISTS), *plan, *records]


@pytest.fixture
def to_change(filled: Learner) -> list[str]:
    learner = filled
    records = record_addresses(
        learner, "learner-edit", "learner-tie", "officer-edit", "organisation-edit", "qualification-edit"
    )
    return [*(reverse(f"learners:{name}") for name in NEW), *records, *part_addresses(learner)]


def test_who_holds_the_permission_sees_each_page(staff: Client, to_look_at: list[str], to_change: list[str]) -> None:
    for address in [*to_look_at, *to_change]:
        assert staff.get(address).status_code == 200, address


def test_a_viewer_looks_but_does_not_change(viewer: Client, to_look_at: list[str], to_change: list[str]) -> None:
    for address in to_look_at:
        assert viewer.get(address).status_code == 200, address
    for address in to_change:
        assert viewer.get(address).status_code == 403, address
        assert viewer.post(address).status_code == 403, address


def test_a_colleague_without_permission_is_told_why(without_permission: Client, to_look_at: list[str]) -> None:
    for address in to_look_at:
        answer = without_permission.get(address)
        assert answer.status_code == 403, address
        assert "VIEW_LEARNERS" in answer.text
        assert "nothing was lost" in answer.text


def test_a_stranger_is_asked_to_sign_in(stranger: Client, to_look_at: list[str], to_change: list[str]) -> None:
    for address in [*to_look_at, *to_change]:
        answer = stranger.get(address)
        assert answer.status_code == 302, address
        assert answer.url.startswith(reverse("login")), address


def test_looking_changes_nothing(staff: Client, learner: Learner, to_look_at: list[str], to_change: list[str]) -> None:
    before = everything(learner)
    for address in [*to_look_at, *to_change]:
        staff.get(address)
        staff.head(address)
    assert everything(learner) == before


def test_a_post_without_a_token_changes_nothing(learner: Learner, to_change: list[str], staff: Client) -> None:
    before = everything(learner)
    guarded = Client(enforce_csrf_checks=True)
    guarded.cookies = staff.cookies
    for address in to_change:
        assert guarded.post(address).status_code == 403, address
    assert everything(learner) == before


def everything(learner: Learner) -> list[Any]:
    return [list(part.records(learner).values()) for part in PARTS.values()] + [list(Learner.objects.values())]
