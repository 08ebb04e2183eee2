"""What a test or a person at the desk may do behind the API's back. Not part of OneFile, never counted."""

import json
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from onefile_sandbox import calls, centre, faults, late, records, sessions, switches
from onefile_sandbox.limits import limiter
from onefile_sandbox.models import Call, FaultRule
from onefile_sandbox.writing import in_turn

Asked = dict[str, Any]


@csrf_exempt
def entry(request: HttpRequest, name: str) -> HttpResponse:
    """JSON only: a page of another site cannot send it without asking first."""
    action = ACTIONS.get((request.method or "", name))
    if action is None:
        return JsonResponse({"error": f"there is no {request.method} /control/{name}"}, status=404)
    if request.method == "POST" and "json" not in (request.content_type or ""):
        return JsonResponse({"error": "send application/json"}, status=415)
    try:
        asked = json.loads(request.body or b"{}") if request.method == "POST" else request.GET.dict()
        with in_turn():
            return JsonResponse(action(asked), safe=False)
    except (ValueError, KeyError, TypeError, AttributeError, DatabaseError) as wrong:
        switches.forget()
        return JsonResponse({"error": f"{type(wrong).__name__}: {wrong}"}, status=400)


def _show_switches(asked: Asked) -> Any:
    return switches.current()


def _set_switches(asked: Asked) -> Any:
    return switches.change(asked)


def _show_faults(asked: Asked) -> Any:
    return list(FaultRule.objects.values())


def _add_faults(asked: Asked | list[Asked]) -> Any:
    rules = asked if isinstance(asked, list) else [asked]
    return {"ids": [faults.add(rule).pk for rule in rules]}


def _clear_faults(asked: Asked) -> Any:
    faults.clear()
    return {}


def _state(asked: Asked) -> Any:
    return records.state()


def _calls(asked: Asked) -> Any:
    """Oldest first; `since` is the id of the last call already seen."""
    calls.flush()
    rows = Call.objects.filter(pk__gt=int(asked.get("since", 0))).order_by("id")
    return list(rows.values("id", "at", "method", "path", "status", "milliseconds", "fault"))


def _clear_calls(asked: Asked) -> Any:
    calls.clear()
    return {}


def _reset(asked: Asked) -> Any:
    centre.reset(asked.get("seed", "empty"))
    return {}


def _seed(asked: Asked) -> Any:
    return records.seed(asked)


def _edit(asked: Asked) -> Any:
    records.edit(asked["kind"], int(asked["id"]), asked["fields"], asked.get("touch", True))
    return {}


def _remove(asked: Asked) -> Any:
    return {"removed": records.remove(asked["kind"], int(asked["id"]))}


def _show_limit(asked: Asked) -> Any:
    return {"limit": limiter.limit, "window": limiter.window}


def _set_limit(asked: Asked) -> Any:
    """Also opens a fresh window; without figures it does only that."""
    limiter.set(asked.get("limit"), asked.get("window"))
    return _show_limit(asked)


def _end_sessions(asked: Asked) -> Any:
    return {"ended": sessions.end()}


def _show_late(asked: Asked) -> Any:
    return {"waiting": len(late.writes)}


def _land_late(asked: Asked) -> Any:
    return {"landed": late.writes.land_now()}


ACTIONS: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("GET", "switches"): _show_switches,
    ("POST", "switches"): _set_switches,
    ("GET", "faults"): _show_faults,
    ("POST", "faults"): _add_faults,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "state"): _state,
    ("GET", "calls"): _calls,
    ("DELETE", "calls"): _clear_calls,
    ("POST", "reset"): _reset,
    ("POST", "seed"): _seed,
    ("POST", "edit"): _edit,
    ("POST", "remove"): _remove,
    ("GET", "limit"): _show_limit,
    ("POST", "limit"): _set_limit,
    ("POST", "end-sessions"): _end_sessions,
    ("GET", "late"): _show_late,
    ("POST", "late"): _land_late,
}
