"""Answers as they came: of any status but those that say that there was no answer."""

import pytest
import responses

from onefile_integration.api.client import OneFile
from onefile_integration.api.errors import BadAnswer, NotSent, SignInFailed, Unreachable
from onefile_integration.api.names import Role
from tests.unit.api.conftest import BASE, SESSION

Http = responses.RequestsMock


def test_members_and_rows_are_seen_as_they_came(http: Http, onefile: OneFile) -> None:
    rows = [{"ID": 1, "firstName": "Amara", "Amara Lane": 2}, {"ID": 2, "Extra": None}, "odd"]
    http.post(f"{BASE}/User/Search/1/500", json=rows, headers={"X-RateLimit-Limit": "300", "Server": "x"})
    look = onefile.look_for("User", 1, 500, role=Role.LEARNER)
    assert (look.status, len(look.rows), look.members) == (200, 3, ["ID", "firstName", "Extra"])
    assert look.answer.limit_headers == ("X-RateLimit-Limit",)


@pytest.mark.parametrize("status", [204, 400, 403, 404])
def test_a_refusal_is_an_answer_too(http: Http, onefile: OneFile, status: int) -> None:
    http.get(f"{BASE}/User/5", status=status, body="" if status == 204 else "<html>no</html>")
    look = onefile.look_at("User", 5)
    assert (look.status, look.rows, look.record, look.members) == (status, [], {}, [])


@pytest.mark.parametrize(("status", "error"), [(401, SignInFailed), (429, NotSent), (503, Unreachable)])
def test_what_is_no_answer_is_an_error_as_everywhere(
    http: Http, onefile: OneFile, status: int, error: type[Exception]
) -> None:
    http.get(f"{BASE}/User/5", status=status)
    with pytest.raises(error):
        onefile.look_at("User", 5)


@pytest.mark.parametrize(("body", "quoted"), [(SESSION, False), (f'"{SESSION}"', True)])
def test_a_sign_in_is_told_without_the_session(http: Http, onefile: OneFile, body: str, quoted: bool) -> None:
    http.replace("POST", f"{BASE}/Authentication", body=body, content_type="text/plain; charset=utf-8")
    look = onefile.look_at_sign_in()
    assert (look.quoted, look.content_type) == (quoted, "text/plain")
    assert SESSION not in repr(look)


def test_a_page_is_no_session(http: Http, onefile: OneFile) -> None:
    http.replace("POST", f"{BASE}/Authentication", body="<html>", content_type="text/html")
    with pytest.raises(BadAnswer):
        onefile.look_at_sign_in()
