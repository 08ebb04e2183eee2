"""The exchange in the words, kinds and addresses in which pages show it. Nothing here asks the database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings as django_settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, time_format

from learners.lldd import LLDD_NAMES
from learners.models import Learner
from learners.words import Ethnicity, Lldd, Sex
from onefile_integration.models import ExchangePlan, Run, Step
from onefile_integration.rules.fields import LABELS, SENSITIVE
from onefile_integration.words import (
    Environment,
    FailureKind,
    PlanState,
    RunState,
    StepState,
    VisitType,
)
from picsweb.display import Badge, Bar, Cell, Grid, GridRow, Kind, Link

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


def run_badge(state: str) -> Badge:
    return Badge(str(RunState(state).label), RUN_KINDS[state])


def when(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else ""


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


# ---- where things are


def learner_page(name: str, learner: Learner) -> str:
    return reverse(f"onefile:{name}", args=[learner.ident])


def progress_address(run_pk: int, ident: str) -> str:
    return reverse("onefile:progress", args=[run_pk, ident])


def plan_address(plan: ExchangePlan, learner: Learner) -> str:
    return progress_address(plan.run_id, learner.ident)


def questions_address(learner: Learner | None = None) -> str:
    address = reverse("onefile:questions")
    return f"{address}?learner={learner.ident}" if learner else address


# ---- two sides


@dataclass(frozen=True)
class Side:
    """One line of a comparison."""

    label: str
    here: str
    there: str

    @property
    def badge(self) -> Badge:
        if not self.here and not self.there:
            return Badge("Both blank")
        if self.here.casefold() == self.there.casefold():
            return Badge("Same", "good")
        return Badge("Differs", "bad") if self.here and self.there else Badge("Only one side", "warning")


def comparison(caption: str, sides: Iterable[Side]) -> Grid:
    rows = [
        GridRow([Cell(side.label, short=True), Cell(side.here), Cell(side.there), Cell(badge=side.badge)])
        for side in sides
    ]
    return Grid(caption, ["Field", "Here", "OneFile", "Compared"], rows)


def sides_of(facts: Iterable[Iterable[Any]]) -> list[Side]:
    """From (what, here, in OneFile)."""
    return [Side(str(what), value_words("", ours), value_words("", theirs)) for what, ours, theirs in facts]


# ---- steps


@dataclass(frozen=True)
class ShownStep:
    title: str
    badge: Badge
    side: str
    when: str
    message: str
    changes: Grid | None


@dataclass(frozen=True)
class Sight:
    """How the reader sees values: whether sensitive ones too, and our records by name."""

    sees_sensitive: bool
    names: Mapping[str, str] = field(default_factory=dict)

    def cell(self, name: str, value: Any) -> Cell:
        if name in SENSITIVE and not self.sees_sensitive and value not in (None, "", []):
            return Cell(masked=True)
        return Cell(value_words(name, value, self.names))

    def text(self, name: str, value: Any) -> str:
        cell = self.cell(name, value)
        return HIDDEN if cell.masked else cell.text


def shown_step(step: Step, sight: Sight) -> ShownStep:
    return ShownStep(
        title=step.title,
        badge=step_badge(step.state),
        side=SIDES[step.side],
        when=when(step.ended_at or step.begun_at),
        message=step.message,
        changes=changes_grid(step, sight) if step.changes else None,
    )


def changes_grid(step: Step, sight: Sight) -> Grid:
    rows = [
        GridRow(
            [
                Cell(label_of(step.record, change["field"])),
                sight.cell(change["field"], change["old"]),
                sight.cell(change["field"], change["new"]),
            ]
        )
        for change in step.changes
    ]
    return Grid(f"Values of: {step.title}", ["Field", "Old value", "New value"], rows)


ENDED_STEPS = (StepState.DONE, StepState.REFUSED, StepState.SKIPPED)


def steps_bar(steps: Iterable[Step]) -> Bar | None:
    states = [step.state for step in steps]
    if not states:
        return None
    ended = sum(state in ENDED_STEPS for state in states)
    return Bar("Steps ended", ended, len(states), f"{ended} of {len(states)} steps ended")


# ---- the state of one learner's exchange


@dataclass(frozen=True)
class Standing:
    """A plan's state: its badge, and a sentence."""

    badge: Badge
    words: str


def standing(plan: ExchangePlan, run: Run, steps: Iterable[Step], now: datetime) -> Standing:
    if plan.state in (PlanState.UNMADE, PlanState.READY):
        return _going_on(plan, run, list(steps), now)
    return Standing(plan_badge(plan.state), _ended(plan))


def _ended(plan: ExchangePlan) -> str:
    match plan.state:
        case PlanState.ASKING:
            return "A question waits for an answer; what does not depend on it is done."
        case PlanState.FAILED:
            kind = str(FailureKind(plan.failure_kind).label) if plan.failure_kind else "It failed"
            told = plan.failure_message
            return told if told.startswith(kind) else f"{kind}. {told}".strip()
        case PlanState.SKIPPED:
            return plan.failure_message or "It was left out."
    return "All is done." if plan.kind == "enrol" else "Both sides agree."


def _going_on(plan: ExchangePlan, run: Run, steps: list[Step], now: datetime) -> Standing:
    in_hand = plan.claim is not None and plan.lease_until is not None and plan.lease_until > now
    lost = [step for step in steps if step.state == StepState.IN_DOUBT or (step.state == "begun" and not in_hand)]
    if lost:
        return Standing(Badge(str(StepState.IN_DOUBT.label), "warning"), _checking(lost))
    if in_hand:
        return Standing(Badge("Working", "info"), _working(plan, steps))
    if run.stop_reason and run.is_open:
        return Standing(Badge("Waits", "warning"), f"{run.stop_reason} It goes on by itself.")
    if plan.due_at and plan.due_at > now:
        return Standing(
            Badge("Waits", "warning"), f"{plan.failure_message} It goes on at {clock(plan.due_at)}.".strip()
        )
    return Standing(Badge("Waiting", "neutral"), "It waits for a worker. You may close this; it goes on by itself.")


def _working(plan: ExchangePlan, steps: list[Step]) -> str:
    if plan.state == PlanState.UNMADE:
        return "Both sides are being read."
    current = next((step.title for step in steps if step.state == StepState.BEGUN), "")
    current = current or next((step.title for step in steps if step.state == StepState.WAITING), "")
    return f"At work: {current}." if current else "At work: OneFile is read back."


def settles_at(steps: Iterable[Step]) -> datetime | None:
    begun = [step.begun_at for step in steps if step.begun_at]
    return max(begun) + timedelta(seconds=django_settings.ONEFILE_SETTLE_SECONDS) if begun else None


def _checking(lost: list[Step]) -> str:
    moment = settles_at(lost)
    until = f" From {clock(moment)} on it can be settled" if moment else " It is settled"
    return f"OneFile's reply to “{lost[0].title}” was lost.{until} by looking there; nothing is created twice."


def log_link(plan: ExchangePlan, learner: Learner, text: str) -> Link:
    return Link(text, plan_address(plan, learner), window=True)
