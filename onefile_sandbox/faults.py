"""Faults to play on calls: what may go wrong between a client and a server, on demand or by dice."""

import random
import re
import threading
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from onefile_sandbox import actions
from onefile_sandbox.late import Perform
from onefile_sandbox.models import FaultRule
from onefile_sandbox.writing import in_turn

_choosing = threading.Lock()
_dice: dict[int, random.Random] = {}
_live: bool | None = None  # whether any rule is; None: not known


class BadFaultError(ValueError):
    pass


def add(rule: dict[str, Any]) -> FaultRule:
    """A new rule at the end of the queue; options of the action may stand beside the others."""
    known = {"method", "path", "action", "nth", "times", "probability", "seed"}
    fields = {name: value for name, value in rule.items() if name in known}
    options = {name: value for name, value in rule.items() if name not in known | {"options"}}
    made = FaultRule(**{"action": "", "path": "."} | fields, options=options | rule.get("options", {}))
    check(made)
    made.save()
    return made


def check(rule: FaultRule) -> None:
    try:
        actions.check(rule.action, rule.options)
        re.compile(rule.path)
    except (re.error, TypeError, ValueError) as wrong:
        raise BadFaultError(str(wrong)) from wrong
    if not all(isinstance(value, int) and value >= 0 for value in (rule.nth, rule.times)):
        raise BadFaultError("nth and times are whole numbers")
    if not 0 <= float(rule.probability) <= 1:
        raise BadFaultError("probability is from 0 to 1")


def due(method: str, path: str) -> FaultRule | None:
    """The rule to play on this call. A call counts for each rule until one fires."""
    global _live
    if _live is None:
        _live = FaultRule.objects.filter(used_up=False).exists()
    if not _live:
        return None
    with _choosing:
        for rule in FaultRule.objects.filter(used_up=False).order_by("id"):
            if _fits(rule, method, path) and _fires(rule):
                return rule
    return None


def _fits(rule: FaultRule, method: str, path: str) -> bool:
    verb = rule.method in ("*", "") or rule.method.upper() == method
    return verb and re.search(rule.path, path.strip("/"), re.IGNORECASE) is not None


def _fires(rule: FaultRule) -> bool:
    rule.matched += 1
    fires = rule.matched >= rule.nth and _thrown(rule)
    rule.fired += fires
    rule.used_up = bool(rule.times) and rule.fired >= rule.times
    # Not save(): that would bring back a rule that was cleared in the meantime.
    counts = {"matched": rule.matched, "fired": rule.fired, "used_up": rule.used_up}
    with in_turn():
        FaultRule.objects.filter(pk=rule.pk).update(**counts)
    _forget()
    return fires


def _thrown(rule: FaultRule) -> bool:
    if rule.probability >= 1:
        return True
    dice = _dice.setdefault(rule.pk, random.Random(rule.seed))  # noqa: S311 - a bench wants it repeatable
    return dice.random() < rule.probability


@receiver((post_save, post_delete), sender=FaultRule)
def _forget(**signal: Any) -> None:
    """Once now and once when the change can be seen by other connections."""
    global _live
    _live = None
    if transaction.get_connection().in_atomic_block:
        transaction.on_commit(_forget)


def clear() -> None:
    FaultRule.objects.all().delete()
    _dice.clear()


def play(rule: FaultRule, request: HttpRequest, perform: Perform) -> HttpResponse:
    return actions.ACTIONS[rule.action].play(rule.options, request, perform)
