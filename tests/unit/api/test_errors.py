import copy
import pickle

import pytest

from onefile_integration.api.errors import (
    BadAnswer,
    InsecureAddress,
    NotFound,
    NotSent,
    OneFileError,
    Refused,
    Verdict,
    Why,
    verdict,
)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([200, 201], Verdict.DONE),
        ([204], Verdict.EMPTY),
        ([401], Verdict.EXPIRED),
        ([429], Verdict.BUSY),
        ([404], Verdict.ABSENT),
        ([400, 402, 403, 405, 409, 410, 413, 415, 422, 499], Verdict.REFUSED),
        ([408, 500, 501, 502, 503, 504, 599], Verdict.FAULT),
        ([202, 203, 205, 206, 299, 300, 301, 302, 303, 304, 307, 308], Verdict.ODD),
    ],
)
def test_every_status_has_one_verdict(statuses: list[int], expected: Verdict) -> None:
    assert {verdict(status) for status in statuses} == {expected}


def test_an_error_says_which_call_and_why_and_no_more() -> None:
    error = Refused(Why.REFUSED, status=400, code=-57, message="Placement for Amara Okafor-Lane not found")
    error.call = "POST User"
    assert str(error) == "POST User, refused, status 400, code -57"
    assert "Amara" not in repr(error)
    assert str(NotSent(Why.PAUSED, wait=12.34)) == "paused, wait 12.3 s"
    assert str(BadAnswer(Why.MEMBER, call="GET User/5", member="DOB")) == "GET User/5, member, DOB"


def test_families() -> None:
    assert issubclass(NotFound, Refused)
    assert issubclass(InsecureAddress, ValueError)
    assert issubclass(InsecureAddress, OneFileError)


@pytest.mark.parametrize(
    "error",
    [
        NotSent(Why.PAUSED, wait=1.5),
        NotFound(Why.NOT_FOUND, status=404, code=-1, message="none"),
        BadAnswer(Why.MEMBER, member="DOB"),
        InsecureAddress("only https"),
    ],
)
def test_an_error_can_travel_between_processes(error: OneFileError) -> None:
    for copied in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (type(copied), str(copied), vars(copied)) == (type(error), str(error), vars(error))
