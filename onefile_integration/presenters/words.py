"""The exchange in the words and colours in which pages show it. Nothing here asks the database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, time_format

from learners.lldd import LLDD_NAMES
from learners.words import Ethnicity, Lldd, Sex
from onefile_integration.models import Run
from onefile_integration.rules.fields import LABELS
from onefile_integration.words import (
    Environment,
    LinkState,
    PlanState,
    RunKind,
    RunState,
    StepState,
    VisitType,
)
from picsweb.display import Badge, Kind

HIDDEN = "Hidden"
STEP_KINDS: dict[str, Kind] = {
    StepState.WAITING: "neutral",
    StepState.BEGUN: "info",
    StepState.DONE: "good",
    StepState.REFUSED: "bad",
    StepState.IN_DOUBT: "warning",
    StepState.SKIPPED: "neutral",
}
PLAN_KINDS: dict[str, Kind] = {
    PlanState.UNMADE: "neutral",
    PlanState.READY: "info",
    PlanState.ASKING: "warning",
    PlanState.DONE: "good",
    PlanState.FAILED: "bad",
    PlanState.SKIPPED: "neutral",
}
RUN_KINDS: dict[str, Kind] = {
    RunState.PLANNING: "info",
    RunState.HELD: "warning",
    RunState.APPROVED: "info",
    RunState.FINISHED: "good",
    RunState.STOPPED: "bad",
    RunState.DISCARDED: "neutral",
}
LINK_BADGES = {
    LinkState.CREATING: Badge("Being created", "info"),
    LinkState.UNVERIFIED: Badge("Set by hand, not yet compared", "warning"),
    LinkState.VERIFIED: Badge("Linked", "good"),
}
WOULD_BE_DONE = Badge("Would be done", "info")
SIDES = {"mis": "Here", "onefile": "In OneFile"}
MORE_LABELS = {
    "centre": "OneFile Organisation",
    "classroom": "Classroom",
    "default_assessor": "Default Assessor",
    "placement": "Placement",
    "onefile_id": "OneFile ID",
    "standard_id": "Standard",
    "visit_type": "Visit Type",
    "name": "Name",
}
CODES: dict[str, dict[str, str]] = {
    "ethnicity": {str(code): f"{label} ({code})" for code, label in Ethnicity.choices},
    "sex": {str(code): str(label) for code, label in Sex.choices},
    "lldd": {str(code): str(label) for code, label in Lldd.choices},
    "lldd_primary": {str(code): f"{name} ({code})" for code, name in LLDD_NAMES.items()},
    "lldd_others": {str(code): f"{name} ({code})" for code, name in LLDD_NAMES.items()},
    "visit_type": {str(code): str(label) for code, label in VisitType.choices},
}
REMOTE_IDS = ("centre", "classroom", "standard_id")  # said so where no name is known
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


def environment_badge(environment: str) -> Badge:
    return Badge(str(Environment(environment).label), "info" if environment == Environment.LIVE else "warning")


def step_badge(state: str) -> Badge:
    return Badge(str(StepState(state).label), STEP_KINDS[state])


def plan_badge(state: str) -> Badge:
    return Badge(str(PlanState(state).label), PLAN_KINDS[state])


def outcome_badge(state: str, dry: bool) -> Badge:
    """Of a step: one of a dry run waits for nobody."""
    return WOULD_BE_DONE if dry and state == StepState.WAITING else step_badge(state)


def looked_at_badge(state: str, dry: bool) -> Badge:
    """Of a plan: in a dry run nothing is ever done."""
    return Badge("Looked at", "good") if dry and state == PlanState.DONE else plan_badge(state)


def run_badge(state: str) -> Badge:
    return Badge(str(RunState(state).label), RUN_KINDS[state])


def run_words(run: Run) -> str:
    """What it is: a list is dry by nature, and need not say so."""
    is_dry = run.dry and run.kind != RunKind.PREVIEW
    many = " (many)" if run.is_of_many and run.kind == RunKind.ENROL else ""
    return f"{run.get_kind_display()}{many}{', dry run' if is_dry else ''}"


def whole_badge(run: Run) -> Badge:
    """A run's state, or that a person has stopped it."""
    if run.cancelled_at:
        return Badge(f"Cancelled by {run.cancelled_by}")
    if run.paused_at:
        return Badge(f"Paused by {run.paused_by}", "warning")
    return run_badge(run.state)


def many_badge(run: Run) -> Badge:
    """Of a list, or of the run that came of it."""
    if run.kind == RunKind.PREVIEW:
        return Badge("Being looked at", "info") if run.is_open else Badge("Looked at", "good")
    return whole_badge(run)


def when(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else ""


def kept_words(since: date | None) -> str:
    return f"Kept since {date_format(since)}" if since else "All are kept"


def clock(moment: datetime) -> str:
    """HH:MM in London, with the date where it is not today."""
    local = timezone.localtime(moment)
    return time_format(local.time()) if local.date() == timezone.localdate() else when(moment)


def label_of(record: str, name: str) -> str:
    kind = record.split(":")[0].removeprefix("onefile_")
    known = LABELS.get((kind, name)) or LABELS.get(("learner", name)) or MORE_LABELS.get(name)
    return known or name.replace("_", " ").capitalize()


def value_words(name: str, value: Any, names: Mapping[str, str] | None = None) -> str:
    """A value of a step or of a side. ``names``: our records by key, and OneFile's by ``<field>:<id>``."""
    names = names or {}
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list | tuple):
        return ", ".join(value_words(name, each, names) for each in value)
    if isinstance(value, date | datetime):
        value = value.isoformat()[:10]
    text = str(value)
    if ISO_DAY.match(text):
        return date_format(date.fromisoformat(text))
    known = names.get(text) or names.get(f"{name}:{text}") or CODES.get(name, {}).get(text)
    return known or (f"OneFile's {text}" if name in REMOTE_IDS else text)
