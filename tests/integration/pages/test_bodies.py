"""How much may be sent: decided before anything of it is read."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from learners.files.reading import LARGEST_FILE
from learners.files.streams import MEGABYTE
from tests.integration.permissions.test_pages import views

pytestmark = [pytest.mark.once, pytest.mark.django_db]
IMPORT = "/imports/new/"
FORM = "multipart/form-data; boundary=x"


class Unread:
    """A body that must not be touched."""

    def read(self, *size: int) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def send(client: Client, address: str, length: int | None, **more: Any) -> Any:
    said = {} if length is None else {"CONTENT_LENGTH": str(length)}
    return client.generic("POST", address, **{"CONTENT_TYPE": FORM, "wsgi.input": Unread()}, **said, **more)


@pytest.mark.parametrize("address", ["/sign-in/", "/admin/login/", "/health", "/sign-out/", "/learners/", IMPORT])
def test_a_stranger_sends_little(address: str, stranger: Client) -> None:
    answer = send(stranger, address, MEGABYTE + 1)
    assert answer.status_code == 413
    assert "more than 1 MB" in answer.text and "nothing was kept" in answer.text


@pytest.mark.parametrize("address", ["/learners/new/", "/password/", "/admin/learners/tag/add/"])
def test_a_page_that_takes_no_file_takes_little(address: str, administrator: Client) -> None:
    assert send(administrator, address, MEGABYTE + 1).status_code == 413


def test_a_file_is_as_large_as_imports_take(manager: Client, staff: Client) -> None:
    answer = send(manager, IMPORT, LARGEST_FILE + MEGABYTE + 1)
    assert answer.status_code == 413 and "more than 200 MB" in answer.text
    with pytest.raises(AssertionError, match="was read"):
        send(manager, IMPORT, LARGEST_FILE + MEGABYTE)
    assert send(staff, IMPORT, MEGABYTE + 1).status_code == 413, "who may not import sends no file"


def test_what_does_not_say_its_length_is_not_taken(manager: Client) -> None:
    answer = send(manager, IMPORT, None, HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH="")
    assert answer.status_code == 411 and "how long" in answer.text


@pytest.mark.parametrize("length", ["", "many", "-1"])
def test_an_odd_length_is_none(length: str, stranger: Client) -> None:
    assert send(stranger, "/sign-in/", None, CONTENT_LENGTH=length).status_code in (200, 400)


def test_imports_alone_take_a_file() -> None:
    assert [name for name, view in views() if hasattr(view, "largest_file")] == ["learners:import-new"]


def test_a_form_of_usual_size_is_taken(stranger: Client) -> None:
    answer = stranger.post(reverse("login"), {"username": "bea", "password": "y" * 100_000})
    assert answer.status_code == 200
