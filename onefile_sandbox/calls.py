"""The call log: method, path, outcome and time, never a value."""

import time

from onefile_sandbox.models import Call

KEPT = 50_000


def log(method: str, path: str, status: int, began: float, fault: str) -> None:
    call = Call.objects.create(
        method=method,
        path=f"/{path}"[:300],
        status=status,
        milliseconds=round(1000 * (time.perf_counter() - began), 1),
        fault=fault,
    )
    if call.pk % 1000 == 0:
        Call.objects.filter(pk__lte=call.pk - KEPT).delete()
