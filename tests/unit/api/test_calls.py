import json
import logging
import time
import traceback
from collections.abc import Callable

import pytest
import requests
import responses
from urllib3.exceptions import NewConnectionError

from onefile_integration.api.bodies import NewUser, UserFields
from onefile_integration.api.budget import Budget, Lane
from onefile_integration.api.calls import checked_token
from onefile_integration.api.client import OneFile
from onefile_integration.api.errors import (
    BadAnswer,
    InsecureAddress,
    NotFound,
    NotSent,
    OneFileError,
    Refused,
    SignInFailed,
    TokenMalformed,
    TokenMissing,
    Unknown,
    Unreachable,
    Why,
)
from onefile_integration.api.names import Role
from onefile_integration.api.session import SessionStore
from onefile_integration.api.transport import Timeouts
from tests.bench.budget import free_port
from tests.unit.api.conftest import BASE, SESSION, TOKEN
from tests.unit.api.servers import reply, serving

Http = responses.RequestsMock
DAY = "2026-11-23"
AMARA = NewUser(organisation_id=101, role=Role.LEARNER, first_name="Amara", last_name="Okafor-Lane")
PAGE = {"body": "<html>closed</html>", "content_type": "text/html"}
REFUSAL = {"json": {"code": -57, "message": "Placement\u200b for Amara not found"}}
STOOD_NOT = requests.ConnectionError(NewConnectionError(None, "refused"))  # type: ignore[arg-type]


def read(onefile: OneFile) -> object:
    return onefile.user(700100)


def write(onefile: OneFile) -> object:
    return onefile.create_user(AMARA)


def arrived(http: Http, path: str) -> int:
    return sum(call.request.url == f"{BASE}/{path}" for call in http.calls)


# what the server does, then for a write and for a read: the error, its reason, how often it was sent
TABLE: list[tuple[dict[str, object], tuple[type, Why, int], tuple[type, Why, int]]] = [
    ({"status": 400} | REFUSAL, (Refused, Why.REFUSED, 1), (Refused, Why.REFUSED, 1)),
    ({"status": 403}, (Refused, Why.REFUSED, 1), (Refused, Why.REFUSED, 1)),
    ({"status": 403} | PAGE, (Refused, Why.REFUSED, 1), (Refused, Why.REFUSED, 1)),
    ({"status": 404} | REFUSAL, (NotFound, Why.NOT_FOUND, 1), (NotFound, Why.NOT_FOUND, 1)),
    ({"status": 404} | PAGE, (NotFound, Why.NOT_FOUND, 1), (BadAnswer, Why.WEB_PAGE, 1)),
    ({"status": 401}, (SignInFailed, Why.SIGN_IN, 3), (SignInFailed, Why.SIGN_IN, 3)),
    ({"status": 408}, (Unknown, Why.SERVER_ERROR, 1), (Unreachable, Why.SERVER_ERROR, 4)),
    ({"status": 500}, (Unknown, Why.SERVER_ERROR, 1), (Unreachable, Why.SERVER_ERROR, 4)),
    ({"status": 503} | PAGE, (Unknown, Why.SERVER_ERROR, 1), (Unreachable, Why.SERVER_ERROR, 4)),
    ({"status": 200} | PAGE, (Unknown, Why.WEB_PAGE, 1), (BadAnswer, Why.WEB_PAGE, 1)),
    ({"status": 200, "body": ""}, (Unknown, Why.EMPTY, 1), (BadAnswer, Why.EMPTY, 1)),
    ({"status": 204, "body": ""}, (Unknown, Why.EMPTY, 1), (BadAnswer, Why.EMPTY, 1)),
    ({"status": 200, "body": '{"ID": 7'}, (Unknown, Why.UNREADABLE, 1), (BadAnswer, Why.UNREADABLE, 1)),
    ({"status": 200, "body": b'"\xff"'}, (Unknown, Why.UNREADABLE, 1), (BadAnswer, Why.UNREADABLE, 1)),
    ({"status": 200, "body": "NaN"}, (Unknown, Why.UNREADABLE, 1), (BadAnswer, Why.UNREADABLE, 1)),
    ({"status": 200, "body": "[" * 99_999}, (Unknown, Why.UNREADABLE, 1), (BadAnswer, Why.UNREADABLE, 1)),
    ({"status": 200, "json": {"ID": "x"}}, (Unknown, Why.MEMBER, 1), (BadAnswer, Why.MEMBER, 1)),
    ({"status": 200, "body": "null"}, (Unknown, Why.EMPTY, 1), (BadAnswer, Why.EMPTY, 1)),
    ({"status": 200, "json": []}, (Unknown, Why.MEMBER, 1), (BadAnswer, Why.UNREADABLE, 1)),
    ({"status": 302, "headers": {"Location": "/"}}, (Unknown, Why.UNEXPECTED, 1), (BadAnswer, Why.UNEXPECTED, 1)),
    ({"status": 202, "json": 7}, (Unknown, Why.UNEXPECTED, 1), (BadAnswer, Why.UNEXPECTED, 1)),
    ({"body": requests.ReadTimeout()}, (Unknown, Why.TIMEOUT, 1), (Unreachable, Why.TIMEOUT, 4)),
    ({"body": requests.ConnectionError()}, (Unknown, Why.RESET, 1), (Unreachable, Why.RESET, 4)),
    ({"body": STOOD_NOT}, (NotSent, Why.NO_CONNECTION, 1), (Unreachable, Why.NO_CONNECTION, 4)),
]


@pytest.mark.parametrize(("answer", "expected", "_"), TABLE)
def test_what_a_write_raises(
    onefile: OneFile, http: Http, answer: dict[str, object], expected: tuple[type, Why, int], _: object
) -> None:
    http.post(f"{BASE}/User", **answer)  # type: ignore[arg-type]
    with pytest.raises(OneFileError) as caught:
        write(onefile)
    assert (type(caught.value), caught.value.why, arrived(http, "User")) == expected
    assert caught.value.call == "POST User"


@pytest.mark.parametrize(("answer", "_", "expected"), TABLE)
def test_what_a_read_raises(
    onefile: OneFile, http: Http, answer: dict[str, object], _: object, expected: tuple[type, Why, int]
) -> None:
    http.get(f"{BASE}/User/700100", **answer)  # type: ignore[arg-type]
    with pytest.raises(OneFileError) as caught:
        read(onefile)
    assert (type(caught.value), caught.value.why, arrived(http, "User/700100")) == expected
    assert caught.value.call == "GET User/700100"


def test_a_refusal_tells_people_what_onefile_said(onefile: OneFile, http: Http) -> None:
    http.post(f"{BASE}/User", status=400, **REFUSAL)  # type: ignore[arg-type]
    with pytest.raises(Refused) as caught:
        write(onefile)
    assert (caught.value.code, caught.value.message) == (-57, "Placement for Amara not found")
    assert str(caught.value) == "POST User, refused, status 400, code -57"


@pytest.mark.parametrize(
    ("body", "code", "length"),
    [
        ("", None, 0),
        ("[]", None, 0),
        ('{"Code": "-11"}', -11, 0),
        ('{"code": [], "message": {}}', None, 0),
        (json.dumps({"message": "x" * 9_999}), None, 500),
    ],
)
def test_a_refusal_of_another_form(onefile: OneFile, http: Http, body: str, code: int | None, length: int) -> None:
    http.post(f"{BASE}/User", status=400, body=body)
    with pytest.raises(Refused) as caught:
        write(onefile)
    assert (caught.value.code, len(caught.value.message)) == (code, length)


def test_a_read_succeeds_in_the_end(onefile: OneFile, http: Http) -> None:
    http.get(f"{BASE}/User/700100", status=503)
    http.get(f"{BASE}/User/700100", body=requests.ReadTimeout())
    http.get(f"{BASE}/User/700100", json={"ID": 700100})
    assert onefile.user(700100).id == 700100
    assert onefile.calls == {"POST Authentication": 1, "GET User": 3}


def test_a_write_that_times_out_for_real_is_sent_once(budget: Budget, sessions: SessionStore) -> None:
    def answer(handler: object) -> None:
        if handler.path == "/Authentication":  # type: ignore[attr-defined]
            reply(handler, 200, SESSION.encode())  # type: ignore[arg-type]
        else:
            time.sleep(0.8)
            reply(handler, 200, b"700100")  # type: ignore[arg-type]

    with serving(answer) as served:
        onefile = OneFile(
            served.url,
            TOKEN,
            budget=budget,
            sessions=sessions,
            lane=Lane.PEOPLE,
            timeouts=Timeouts(connect=1, read=0.3),
        )
        with pytest.raises(Unknown):
            write(onefile)
        time.sleep(0.8)
        assert served == ["POST /Authentication", "POST /User"]


# 401


@pytest.mark.parametrize(("act", "path"), [(read, "User/700100"), (write, "User")])
def test_a_session_that_died_is_renewed_and_the_call_made_once_more(
    onefile: OneFile, http: Http, sessions: SessionStore, act: Callable[[OneFile], object], path: str
) -> None:
    sessions.renewed(lambda: "ses-old", failed=None, max_wait=1)
    for method in ("GET", "POST"):
        http.add(method, f"{BASE}/{path}", status=401, body="<html>")
        http.add(method, f"{BASE}/{path}", json={"ID": 700100})
    act(onefile)
    assert [call.request.headers.get("X-TokenID") for call in http.calls] == ["ses-old", None, SESSION]
    assert sessions.current() == SESSION


def test_a_session_that_another_has_renewed_is_used(onefile: OneFile, http: Http, sessions: SessionStore) -> None:
    sessions.renewed(lambda: "ses-old", failed=None, max_wait=1)

    def dead(request: object) -> tuple[int, dict[str, str], str]:
        sessions.renewed(lambda: "ses-new", failed="ses-old", max_wait=1)
        return 401, {}, ""

    http.add_callback("GET", f"{BASE}/User/700100", dead)
    http.get(f"{BASE}/User/700100", json={"ID": 700100})
    read(onefile)
    assert arrived(http, "Authentication") == 0
    assert http.calls[1].request.headers["X-TokenID"] == "ses-new"


# the token


@pytest.mark.parametrize("status", [400, 401, 403])
@pytest.mark.parametrize("act", [read, write])
def test_a_wrong_token(
    budget: Budget, sessions: SessionStore, http: Http, act: Callable[[OneFile], object], status: int
) -> None:
    http.post(f"{BASE}/Authentication", status=status, json={"message": TOKEN})
    with pytest.raises(SignInFailed) as caught:
        act(OneFile(BASE, TOKEN, budget=budget, sessions=sessions, lane=Lane.PEOPLE, patience=2))
    assert caught.value.status == status
    assert arrived(http, "Authentication") == 2


def test_one_refusal_of_a_sign_in_is_not_believed(budget: Budget, sessions: SessionStore, http: Http) -> None:
    http.post(f"{BASE}/Authentication", status=400, json={"message": "not today"})
    http.post(f"{BASE}/Authentication", body=SESSION)
    http.get(f"{BASE}/User/700100", json={"ID": 700100})
    onefile = OneFile(BASE, TOKEN, budget=budget, sessions=sessions, lane=Lane.PEOPLE, patience=2)
    assert onefile.user(700100).id == 700100 and arrived(http, "Authentication") == 2


@pytest.mark.parametrize(
    ("answer", "times"),
    [
        ({"status": 500}, 4),
        ({"body": requests.ReadTimeout()}, 4),
        ({"body": STOOD_NOT}, 4),
        ({"status": 200} | PAGE, 1),
        ({"status": 200, "body": ""}, 1),
        ({"status": 204}, 1),
        ({"status": 404}, 1),
        ({"status": 200, "json": {"session": "x"}}, 1),
        ({"status": 200, "body": "two words"}, 1),
    ],
)
def test_no_session_to_be_had(
    budget: Budget, sessions: SessionStore, http: Http, answer: dict[str, object], times: int
) -> None:
    http.post(f"{BASE}/Authentication", **answer)  # type: ignore[arg-type]
    onefile = OneFile(BASE, TOKEN, budget=budget, sessions=sessions, lane=Lane.PEOPLE, patience=2)
    with pytest.raises(NotSent) as caught:
        write(onefile)
    assert caught.value.why is Why.NO_SESSION
    assert arrived(http, "Authentication") == times
    with pytest.raises(Unreachable):
        read(onefile)


@pytest.mark.parametrize("body", ["ses-1", '"ses-1"', " ses-1\r\n"])
def test_forms_of_the_session(budget: Budget, sessions: SessionStore, http: Http, body: str) -> None:
    http.post(f"{BASE}/Authentication", body=body)
    http.get(f"{BASE}/User/700100", json={"ID": 700100})
    read(OneFile(BASE, TOKEN, budget=budget, sessions=sessions, lane=Lane.PEOPLE))
    assert http.calls[1].request.headers["X-TokenID"] == "ses-1"


def test_a_pasted_token() -> None:
    assert checked_token(" tok-0001\r\n") == "tok-0001"
    for blank in ("", " \n"):
        with pytest.raises(TokenMissing):
            checked_token(blank)
    for odd in ("tok\n0001", "tok 0001", "tok\u00a00001", "tök", "tok\x00"):
        with pytest.raises(TokenMalformed) as caught:
            checked_token(odd)
        assert "tok0" not in str(caught.value)


def test_an_insecure_address_makes_no_client(budget: Budget, sessions: SessionStore) -> None:
    with pytest.raises(InsecureAddress):
        OneFile("http://onefile.example", TOKEN, budget=budget, sessions=sessions, lane=Lane.PEOPLE)


# 429 and the budget


def test_after_a_429_a_read_waits_and_is_made_again(onefile: OneFile, http: Http) -> None:
    http.get(f"{BASE}/User/700100", status=429, headers={"Retry-After": "1"})
    http.get(f"{BASE}/User/700100", json={"ID": 700100})
    began = time.monotonic()
    read(onefile)
    assert 1 <= time.monotonic() - began < 2


def test_a_read_does_not_wait_longer_than_its_patience(onefile: OneFile, http: Http, budget: Budget) -> None:
    http.get(f"{BASE}/User/700100", status=429)
    with pytest.raises(NotSent) as caught:
        read(onefile)
    assert (caught.value.why, caught.value.call) == (Why.PAUSED, "GET User/700100")
    assert arrived(http, "User/700100") == 1
    assert budget.usage(DAY).paused == pytest.approx(60, abs=1)


@pytest.mark.parametrize(("header", "pause"), [("30", 30), ("abc", 60), ("86400", 600)])
def test_after_a_429_a_write_was_not_sent_and_everybody_waits(
    onefile: OneFile, http: Http, budget: Budget, header: str, pause: float
) -> None:
    http.post(f"{BASE}/User", status=429, headers={"Retry-After": header})
    with pytest.raises(NotSent) as caught:
        write(onefile)
    assert (caught.value.why, caught.value.wait) == (Why.BUSY, pause)
    assert budget.usage(DAY).paused == pytest.approx(pause, abs=1)
    with pytest.raises(NotSent) as caught:
        write(onefile)
    assert caught.value.why is Why.PAUSED
    assert arrived(http, "User") == 1


def test_without_a_slot_nothing_is_sent(
    make_budget: Callable[..., Budget], sessions: SessionStore, http: Http, signing_in: object
) -> None:
    budget = make_budget(limit=1)
    onefile = OneFile(BASE, TOKEN, budget=budget, sessions=sessions, lane=Lane.NIGHT, patience=1)
    for act in (read, write):
        with pytest.raises(NotSent) as caught:
            act(onefile)
        assert caught.value.why is Why.NO_SLOT
    assert [call.request.path_url for call in http.calls] == ["/api/v2.1/Authentication"]


def test_token_calls_are_counted(onefile: OneFile, http: Http, budget: Budget) -> None:
    http.get(f"{BASE}/User/700100", json={"ID": 700100})
    read(onefile)
    assert budget.usage(DAY).calls_today == 2


# reserving


def test_a_reserved_slot_is_the_one_the_write_takes(onefile: OneFile, http: Http, budget: Budget) -> None:
    http.post(f"{BASE}/User", json=700100)
    with onefile.reserve():
        assert (budget.usage(DAY).held_now, arrived(http, "Authentication")) == (2, 1)
        write(onefile)
    assert budget.usage(DAY).held_now == 2


def test_an_unused_reservation_is_given_back(onefile: OneFile, budget: Budget) -> None:
    with pytest.raises(KeyError), onefile.reserve():
        raise KeyError
    assert budget.usage(DAY).held_now == 1


def test_a_reservation_whose_write_gets_no_session_is_given_back(
    onefile: OneFile, http: Http, budget: Budget, sessions: SessionStore
) -> None:
    with pytest.raises(NotSent) as caught, onefile.reserve():
        sessions.forget()
        http.replace("POST", f"{BASE}/Authentication", status=500)
        write(onefile)
    assert caught.value.why is Why.NO_SESSION
    assert sum(budget.usage(DAY).held.values()) == 1 + 4


def test_signing_in_goes_ahead_of_the_night(
    make_budget: Callable[..., Budget], sessions: SessionStore, http: Http, signing_in: object
) -> None:
    budget = make_budget(limit=10, people_share=50)
    for _ in range(5):
        budget.acquire(Lane.NIGHT, 0)
    night = OneFile(BASE, TOKEN, budget=budget, sessions=sessions, lane=Lane.NIGHT, patience=1)
    with pytest.raises(NotSent):
        read(night)
    assert sessions.current() == SESSION


def test_a_lost_write_keeps_its_reserved_slot(onefile: OneFile, http: Http, budget: Budget) -> None:
    http.post(f"{BASE}/User", body=requests.ReadTimeout())
    with pytest.raises(Unknown), onefile.reserve():
        write(onefile)
    assert budget.usage(DAY).held_now == 2


def test_a_reservation_is_for_one_write(onefile: OneFile, http: Http, budget: Budget) -> None:
    http.post(f"{BASE}/User", json=700100)
    with onefile.reserve():
        write(onefile)
        write(onefile)
    assert budget.usage(DAY).held_now == 3


def test_a_reservation_too_old_is_not_sent(
    make_budget: Callable[..., Budget], sessions: SessionStore, http: Http, signing_in: object
) -> None:
    budget = make_budget(send_within=0.1)
    onefile = OneFile(BASE, TOKEN, budget=budget, sessions=sessions, lane=Lane.PEOPLE)
    with pytest.raises(NotSent) as caught, onefile.reserve():
        time.sleep(0.15)
        write(onefile)
    assert caught.value.why is Why.TOO_LATE
    assert (arrived(http, "User"), budget.usage(DAY).held_now) == (0, 1)


def test_a_write_is_not_sent_again_after_its_time(
    make_budget: Callable[..., Budget], sessions: SessionStore, http: Http, signing_in: object
) -> None:
    def slow(request: object) -> tuple[int, dict[str, str], str]:
        time.sleep(0.2)
        return 401, {}, ""

    http.add_callback("POST", f"{BASE}/User", slow)
    onefile = OneFile(BASE, TOKEN, budget=make_budget(send_within=0.1), sessions=sessions, lane=Lane.PEOPLE)
    with pytest.raises(NotSent), onefile.reserve():
        write(onefile)
    assert arrived(http, "User") == 1


# what is told


def test_one_line_for_each_call_without_values(onefile: OneFile, http: Http, caplog: pytest.LogCaptureFixture) -> None:
    http.post(f"{BASE}/User/700100", status=204)
    http.get(f"{BASE}/User/700100", status=503)
    http.get(f"{BASE}/User/700100", json={"ID": 700100})
    with caplog.at_level(logging.INFO, logger="onefile.api"):
        onefile.update_user(700100, UserFields(last_name="Okafor-Lane"))
        read(onefile)
    lines = [record for record in caplog.records if record.msg == "onefile_call"]
    told = [[getattr(line, name) for name in ("method", "path", "status", "attempt", "why")] for line in lines]
    assert told == [
        ["POST", "Authentication", 200, 1, None],
        ["POST", "User/700100", 204, 1, None],
        ["GET", "User/700100", 503, 1, None],
        ["GET", "User/700100", 200, 2, None],
    ]
    assert all(isinstance(line.duration_ms, int) for line in lines)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("answer", "_", "__"), [*TABLE, ({"status": 429, "body": SESSION + TOKEN}, 0, 0)])
@pytest.mark.parametrize("act", [read, write])
def test_nothing_tells_a_secret_or_a_person(
    onefile: OneFile,
    http: Http,
    caplog: pytest.LogCaptureFixture,
    act: Callable[[OneFile], object],
    answer: dict[str, object],
    _: object,
    __: object,
) -> None:
    for method, path in (("GET", "User/700100"), ("POST", "User")):
        http.add(method, f"{BASE}/{path}", **answer)  # type: ignore[arg-type]
    with caplog.at_level(logging.DEBUG), pytest.raises(OneFileError) as caught:
        act(onefile)
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    told += "".join(str(vars(record)) for record in caplog.records if record.name.startswith(("onefile", "stamina")))
    for secret in (TOKEN, SESSION, "Okafor", "Amara not"):
        assert secret not in told


def test_an_address_where_nobody_listens(budget: Budget, sessions: SessionStore) -> None:
    onefile = OneFile(
        f"http://127.0.0.1:{free_port()}", TOKEN, budget=budget, sessions=sessions, lane=Lane.PEOPLE, patience=2
    )
    with pytest.raises(Unreachable) as caught:
        read(onefile)
    assert caught.value.why is Why.NO_SESSION
    assert onefile.calls == {}
    assert budget.usage(DAY).held_now == 0
