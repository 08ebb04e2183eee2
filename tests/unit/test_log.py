"""A log line says where and of which kind; never what somebody's values are."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog
from structlog.stdlib import ProcessorFormatter

from picsweb.celery import app

VALUE = "okafor-lane@example.org"


Lines = Callable[[], list[dict[str, str]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What our own handler has written."""
    (ours,) = [each for each in logging.getLogger().handlers if isinstance(each.formatter, ProcessorFormatter)]
    assert isinstance(ours, logging.StreamHandler)
    written = io.StringIO()
    before = ours.setStream(written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    ours.stream = before


def fail() -> None:
    try:
        raise KeyError(VALUE)
    except KeyError as error:
        raise ValueError(f"Key (email)=({VALUE}) already exists.") from error


def test_a_failed_request(lines: Lines) -> None:
    try:
        fail()
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error: %s", "/learners/")
        structlog.get_logger("picsweb").exception("bad_thing")
    both = lines()
    assert [line["event"] for line in both] == ["Internal Server Error: /learners/", "bad_thing"]
    for line in both:
        assert "in fail" in line["exception"] and "KeyError\nthen\n" in line["exception"]
        assert line["exception"].endswith("ValueError\n") and VALUE not in json.dumps(line)


def test_a_failed_task(lines: Lines) -> None:
    task = app.task(name="tests.fail", shared=False)(fail)
    assert task.apply(throw=False).state == "FAILURE"
    (line,) = [each for each in lines() if each["logger"] == "celery.app.trace"]
    assert (line["event"], line["task"]) == ("task_failed", "tests.fail")
    assert "in fail" in line["exception"] and VALUE not in json.dumps(line)
