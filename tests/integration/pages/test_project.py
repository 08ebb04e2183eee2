"""Sign in, groups, health, error pages, headers."""

from __future__ import annotations

import re
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from learners.registry import MenuItem, registry
from picsweb.permissions import GROUPS
from tests import factories

pytestmark = [pytest.mark.usefixtures("mis_alone"), pytest.mark.once]


@pytest.mark.django_db
def test_groups_hold_what_the_project_says() -> None:
    call_command("migrate", verbosity=0)
    for name, wanted in GROUPS.items():
        user = User.objects.create_user(name)
        user.groups.add(Group.objects.get(name=name))
        assert {permission for permission in wanted if user.has_perm(permission)} == set(wanted)


@pytest.mark.django_db
def test_sign_in_leads_to_the_page_asked_for(stranger: Client) -> None:
    User.objects.create_user("clerk", password="a long pass")
    asked = stranger.get("/officers/", follow=True)
    assert "Sign in" in asked.text
    answer = stranger.post("/sign-in/", {"username": "clerk", "password": "a long pass", "next": "/officers/"})
    assert answer.url == "/officers/"


@pytest.mark.django_db
def test_sign_in_leads_nowhere_else(stranger: Client) -> None:
    User.objects.create_user("clerk", password="a long pass")
    values = {"username": "clerk", "password": "a long pass", "next": "https://evil.example/"}
    assert stranger.post("/sign-in/", values).url == reverse("learners:learner-list")


@pytest.mark.django_db
def test_too_many_wrong_passwords_lock_the_door_for_a_while(stranger: Client) -> None:
    User.objects.create_user("clerk", password="a long pass")
    for _ in range(5):
        answer = stranger.post("/sign-in/", {"username": "clerk", "password": "wrong"})
    assert answer.status_code == 429
    assert "15 minutes" in answer.text
    assert stranger.post("/sign-in/", {"username": "clerk", "password": "a long pass"}).status_code == 429


def test_a_password_is_changed(viewer: Client) -> None:
    user = User.objects.get()
    user.set_password("a long pass")
    user.save()
    viewer.force_login(user)
    values = {"old_password": "a long pass", "new_password1": "another longer one", "new_password2": "x"}
    assert 'href="#id_new_password2"' in viewer.post("/password/", values).text
    answer = viewer.post("/password/", values | {"new_password2": "another longer one"}, follow=True)
    assert "Your new password is set" in answer.text


def test_sign_out_is_a_post(viewer: Client) -> None:
    assert viewer.get("/sign-out/").status_code == 405
    assert viewer.post("/sign-out/").url == "/sign-in/"


@pytest.mark.django_db
def test_health_is_open_and_says_nothing_of_people(stranger: Client) -> None:
    factories.LearnerFactory(surname="Lane")
    answer = stranger.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "database": True, "redis": True})


@pytest.mark.django_db
def test_health_asks_other_apps(stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "health", [lambda: {"ok": False, "last_run": None}, lambda: {"ok": True}])
    answer = stranger.get("/health")
    assert (answer.status_code, answer.json()) == (
        503,
        {"ok": False, "database": True, "redis": True, "last_run": None},
    )


@pytest.mark.django_db
def test_health_says_when_the_database_is_gone(stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise DatabaseError

    monkeypatch.setattr(connection, "cursor", gone)
    answer = stranger.get("/health")
    assert (answer.status_code, answer.json()) == (503, {"ok": False, "database": False})


@pytest.mark.django_db
def test_health_says_when_redis_is_gone(stranger: Client, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    answer = stranger.get("/health")
    assert (answer.status_code, answer.json()) == (503, {"ok": False, "database": True, "redis": False})


def test_there_is_a_page_for_each_error(viewer: Client) -> None:
    assert "nothing was lost" in viewer.get("/nowhere/").text
    assert "Something went wrong here" in render_to_string("500.html")
    guarded = Client(enforce_csrf_checks=True)
    assert "Please send the form again" in guarded.post("/sign-in/", {}).text


@pytest.fixture
def answers(administrator: Client) -> dict[str, Any]:
    """A page, one of the admin, a download, and what says that something is wrong."""
    User.objects.update(is_staff=True)
    asked = ["/learners/", "/admin/", "/admin/learners/tag/add/", "/lists/learners.csv", "/nowhere/", "/admin/nowhere/"]
    found = {address: administrator.get(address) for address in asked}
    User.objects.update(is_staff=False)
    found["refused"] = administrator.get("/admin/")
    found["too large"] = administrator.post("/learners/", CONTENT_LENGTH=str(1 << 30))
    administrator.raise_request_exception = False
    with patch("picsweb.health.report", side_effect=ZeroDivisionError):
        found["failed"] = administrator.get("/health")
    statuses = [200, 200, 200, 200, 404, 404, 302, 413, 500]
    assert [answer.status_code for answer in found.values()] == statuses
    return found


def test_pages_bring_no_script_or_style_of_their_own(answers: dict[str, Any]) -> None:
    for name, answer in answers.items():
        assert "default-src 'self'" in answer["Content-Security-Policy"], name
        assert "unsafe" not in answer["Content-Security-Policy"], name
        if not answer.streaming:
            assert not re.search("<style| style=| onclick=", answer.text), name


def test_browsers_are_told_to_be_careful(answers: dict[str, Any], viewer: Client) -> None:
    for name, answer in answers.items():
        assert answer["Cache-Control"] == "no-store", name
        assert (answer["X-Content-Type-Options"], answer["X-Frame-Options"]) == ("nosniff", "DENY"), name
        assert answer["Referrer-Policy"] == "same-origin", name


def test_a_strangers_pages_have_the_headers_too(stranger: Client, db: None) -> None:
    for address in ("/sign-in/", "/nowhere/", "/admin/login/"):
        answer = stranger.get(address)
        assert "default-src 'self'" in answer["Content-Security-Policy"], address
        assert (answer["X-Content-Type-Options"], answer["X-Frame-Options"]) == ("nosniff", "DENY")
        assert answer["Referrer-Policy"] == "same-origin"


def test_the_menu_shows_what_each_may_use(viewer: Client, without_permission: Client, administrator: Client) -> None:
    assert 'href="/officers/"' in viewer.get("/learners/").text
    assert 'href="/officers/"' not in without_permission.get("/nowhere/").text
    User.objects.filter(groups__name="Database Administrator").update(is_staff=True)
    assert 'href="/admin/"' in administrator.get("/learners/").text
    assert 'href="/admin/"' not in viewer.get("/learners/").text


def test_another_app_adds_to_the_menu(viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = MenuItem(lambda request: "Questions (3)", "health", lambda request: True)
    hidden = MenuItem(lambda request: "Secret", "health", lambda request: False)
    settings = MenuItem(lambda request: "Integration", "health", lambda request: True, configuration=True)
    monkeypatch.setattr(registry, "menu", [shown, hidden, settings])
    text = viewer.get("/learners/").text
    assert text.index("Questions (3)") < text.index("Configuration") < text.index("Integration")
    assert "Secret" not in text
