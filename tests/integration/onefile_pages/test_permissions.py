"""Each window by those who may, those who may not, and a stranger; looking changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from learners.models import Learner
from onefile_integration.models import ExchangePlan, Link, Question, Run, Settings, Step
from tests.sandbox_process import SandboxProcess

OF_LEARNER = ["create", "go-on", "refresh", "logs", "last-log", "set-id", "edit-id", "unlink"]
POST_ONLY = {"go-on", "test", "refresh-links", "synchronise", "answer"}
ADMINISTRATORS = ["summary", "settings", "exchanged", "runs", "test", "refresh-links", "synchronise"]


def question_of(learner: Learner) -> Question:
    return Question.objects.create(
        kind="other_person",
        environment="practice",
        learner=learner,
        about=f"learner:{learner.pk} 1",
        text="Is it the same?",
        facts=[["Surname", "Okafor-Lane", "<script>alert(1)</script>"]],
        answers=[["same", "The same"], ["other", "Another"]],
    )


@pytest.fixture
def windows(enrolled: Learner) -> dict[str, str]:
    """Addresses for staff with the licence, by name."""
    run = Run.objects.latest("pk")
    found = {name: reverse(f"onefile:{name}", args=[enrolled.ident]) for name in OF_LEARNER if name != "edit-id"}
    found["progress"] = reverse("onefile:progress", args=[run.pk, enrolled.ident])
    found["questions"] = reverse("onefile:questions")
    found["answer"] = reverse("onefile:answer", args=[question_of(enrolled).pk])
    return found


@pytest.fixture
def pages(enrolled: Learner) -> dict[str, str]:
    """Addresses for Database Administrators."""
    run = Run.objects.latest("pk")
    found = {name: reverse(f"onefile:{name}") for name in ADMINISTRATORS}
    found |= {f"run-{part}": reverse(f"onefile:run-{part}", args=[run.pk]) for part in ("learners", "changes", "csv")}
    found["run"] = reverse("onefile:run", args=[run.pk])
    found["edit-id"] = reverse("onefile:edit-id", args=[enrolled.ident])
    for kind, record in (("officer", "OF001"), ("organisation", "EM001")):
        for name in ("partner-link", "partner-unlink"):
            found[f"{kind} {name}"] = reverse(f"onefile:{name}", args=[kind, record, 101])
    return found


def everything(onefile: SandboxProcess) -> list[Any]:
    models: list[Any] = [Link, Run, ExchangePlan, Step, Question, Settings, Learner]
    return [list(model.objects.order_by("pk").values()) for model in models] + [onefile.state()]


def test_the_holder_sees_each_window(holder: Client, windows: dict[str, str]) -> None:
    for name, address in windows.items():
        answer = holder.get(address, follow=True)
        assert answer.status_code == (405 if name in POST_ONLY else 200), name


def test_an_administrator_sees_each_page(administrator: Client, pages: dict[str, str]) -> None:
    for name, address in pages.items():
        answer = administrator.get(address, follow=True)
        assert answer.status_code == (405 if name in POST_ONLY else 200), name


def test_a_colleague_without_the_licence_is_told_why(colleague: Client, windows: dict[str, str]) -> None:
    for name, address in windows.items():
        for answer in (colleague.get(address), colleague.post(address)):
            assert answer.status_code == 403, name
            assert "licence" in answer.text, name


def test_staff_are_no_administrators(holder: Client, pages: dict[str, str]) -> None:
    for name, address in pages.items():
        for answer in (holder.get(address), holder.post(address)):
            assert answer.status_code == 403, name
            assert "ADMINISTER_ONEFILE" in answer.text, name


def test_a_stranger_signs_in_first(stranger: Client, windows: dict[str, str], pages: dict[str, str]) -> None:
    for name, address in {**windows, **pages}.items():
        for answer in (stranger.get(address), stranger.post(address)):
            assert answer.status_code == 302 and answer.url.startswith(reverse("login")), name


def test_switched_off_the_windows_are_closed(holder: Client, windows: dict[str, str]) -> None:
    Settings.objects.update(enabled=False)
    for name, address in windows.items():
        answer = holder.get(address)
        assert answer.status_code == 403 and "switched off" in answer.text, name


def test_looking_changes_nothing(
    administrator: Client, windows: dict[str, str], pages: dict[str, str], connected: SandboxProcess
) -> None:
    before = everything(connected)
    for address in {**windows, **pages}.values():
        administrator.get(address)
        administrator.head(address)
    assert everything(connected) == before


def test_looking_at_the_preview_changes_nothing(holder: Client, learner: Learner, connected: SandboxProcess) -> None:
    address, before = reverse("onefile:create", args=[learner.ident]), everything(connected)
    assert holder.get(address).status_code == 200
    assert holder.head(address).status_code == 200
    assert everything(connected) == before


def test_a_post_without_a_token_changes_nothing(
    administrator: Client, windows: dict[str, str], pages: dict[str, str], connected: SandboxProcess
) -> None:
    before = everything(connected)
    guarded = Client(enforce_csrf_checks=True)
    guarded.cookies = administrator.cookies
    for name, address in {**windows, **pages}.items():
        assert guarded.post(address).status_code in (403, 405), name
    assert everything(connected) == before


def test_the_panel_shows_only_to_holders(holder: Client, colleague: Client, enrolled: Learner) -> None:
    address = reverse("learners:delivery-plan", args=[enrolled.ident])
    assert "OneFile Integration" in holder.get(address).text
    assert "OneFile Integration" not in colleague.get(address).text
