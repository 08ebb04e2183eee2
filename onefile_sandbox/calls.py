"""The call log: method, path, outcome and time, never a value.

Lines are kept in memory for a moment and written together: one commit a call would halve the speed.
"""

import threading
import time
from collections import deque

from django.utils import timezone

from onefile_sandbox.models import Call
from onefile_sandbox.writing import in_turn

KEPT = 50_000
_waiting: deque[Call] = deque()


def log(method: str, path: str, status: int, began: float, fault: str) -> None:
    took = round(1000 * (time.perf_counter() - began), 1)
    at = timezone.now()
    call = Call(at=at, method=method, path=f"/{path}"[:300], status=status, milliseconds=took, fault=fault)
    _waiting.append(call)


def flush() -> None:
    """Before anybody reads the log."""
    if not _waiting:
        return
    with in_turn():
        Call.objects.bulk_create([_waiting.popleft() for _ in range(len(_waiting))])
        last = Call.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        Call.objects.filter(pk__lte=last - KEPT).delete()


def clear() -> None:
    _waiting.clear()
    Call.objects.all().delete()


def keep_flushing(stopped: threading.Event, seconds: float = 1.0) -> None:
    while not stopped.wait(seconds):
        flush()
    flush()
