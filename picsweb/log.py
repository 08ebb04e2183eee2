"""Logs as JSON lines. They carry request and run ids, methods, paths, times; never values of people."""

import logging.config
import re
import sys
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, Processor


def without_secrets(logger: Any, method: str, event: EventDict) -> EventDict:
    """What people search for stands behind the ? of an address, and a link to set a password is a key."""
    for name in ("request", "event"):
        if name in event:
            address = re.sub(r"(/[^\s?]*)\?\S*", r"\1", str(event[name]))
            event[name] = re.sub(r"(/password/set/)\S+", r"\1...", address)
    return event


def without_what_exceptions_say(logger: Any, method: str, event: EventDict) -> EventDict:
    """Where it happened and of which kind it was. An exception's text may hold somebody's values, as a database's
    "Key (email)=(...) already exists" does.
    """
    given = event.pop("exc_info", None)
    found = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(found, BaseException):
        event["exception"] = "".join(_frames(found))
    if isinstance(message := getattr(event.get("_record"), "msg", None), BaseException):
        event["event"] = type(message).__qualname__
    if event.get("logger") == "celery.app.trace" and "data" in event:  # Celery puts the text into its own sentence
        event["event"], event["task"] = "task_failed", event.pop("data").get("name")
    return event


def _frames(error: BaseException) -> list[str]:
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    first = [*_frames(earlier), "then\n"] if earlier else []
    return [*first, *traceback.format_tb(error.__traceback__), f"{type(error).__qualname__}\n"]


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    without_secrets,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    without_what_exceptions_say,
]
# At INFO, two lines for each ring of the bell.
TALKATIVE = ("celery.worker.strategy", "celery.app.trace", "celery.beat")


def configure(level: str) -> None:
    """Send every log record, ours and the libraries', to stderr as one JSON object a line."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": SHARED,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.JSONRenderer(),
                    ],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
            "loggers": {name: {"level": "WARNING"} for name in TALKATIVE} if level == "INFO" else {},
            "root": {"handlers": ["stderr"], "level": level},
        }
    )
    logging.captureWarnings(True)
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
