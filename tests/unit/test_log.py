"""A log line says where and of which kind; never what somebody's values are."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
import structlog
from structlog.stdlib import ProcessorFormatter

from picsweb.celery import app
from tests.sandbox_process import ROOT

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


def test_an_address_in_a_sentence_of_others(lines: Lines) -> None:
    logging.getLogger("gunicorn.error").error("Error handling request %s %s", "GET", "/learners/?q=Okafor&page=2")
    logging.getLogger("django.security.csrf").warning("Forbidden (no cookie): %s", "/password/set/MQ/abc-123/")
    logging.getLogger("gunicorn.error").error(ValueError(VALUE))
    assert [line["event"] for line in lines()] == [
        "Error handling request GET /learners/",
        "Forbidden (no cookie): /password/set/...",
        "ValueError",
    ]


IN_A_WORKER = f"""
import logging, warnings
from picsweb.celery import app
app.log.setup("WARNING", redirect_stdouts=True)  # as a worker begins
@app.task(name="tests.fail")
def fail():
    raise ValueError("Key (email)=({VALUE}) already exists.")
fail.apply()
logging.getLogger("onefile").info("a call", extra={{"status": 200}})
logging.getLogger("celery.app.trace").info("Task tick succeeded")
warnings.warn("you are root")
"""


def in_a_process(script: str) -> list[dict[str, str]]:
    environment = os.environ | {"LOG_LEVEL": "INFO", "DJANGO_SETTINGS_MODULE": "picsweb.settings"}
    command = [sys.executable, "-c", script]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert VALUE not in ran.stderr
    return [json.loads(line) for line in ran.stderr.splitlines()]


def test_a_worker_writes_as_we_do() -> None:
    failed, call, warned = in_a_process(IN_A_WORKER)
    assert (failed["event"], failed["level"], failed["task"]) == ("task_failed", "error", "tests.fail")
    assert "in fail" in failed["exception"] and (call["event"], call["status"]) == ("a call", 200)
    assert "you are root" in warned["event"]


OF_THE_WEB = f"""
from gunicorn.config import Config
from picsweb.web_log import WebLogger
log = WebLogger(Config())
log.info("Listening")
try:
    raise ValueError("{VALUE}")
except ValueError:
    log.exception("Error handling request %s %s", "GET", "/learners/?q=Okafor")
"""


def test_the_web_server_writes_as_we_do() -> None:
    listening, failed = in_a_process(OF_THE_WEB)
    assert (listening["event"], listening["level"]) == ("Listening", "info")
    assert failed["event"] == "Error handling request GET /learners/" and failed["exception"].endswith("ValueError\n")


def test_the_procfile_asks_for_that() -> None:
    assert "--logger-class picsweb.web_log.WebLogger " in (ROOT / "Procfile").read_text()
