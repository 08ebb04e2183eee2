"""Enrol many: what became of each learner, and how far the whole is. Nothing here asks the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse

from learners.presenters.records import delivery_plan
from onefile_integration.models import Run, Step
from onefile_integration.presenters.addresses import learner_page, progress_address, questions_address
from onefile_integration.presenters.many import Said
from onefile_integration.presenters.standing import standing
from onefile_integration.presenters.words import clock
from onefile_integration.words import REFRESHES, RowOutcome, RunKind, StepState
from picsweb.display import Badge, Bar, Link

# What wants somebody first stands first.
RESULTS: dict[str, Badge] = {
    "failed": Badge("Not finished", "bad"),
    "question": Badge("A question to answer", "warning"),
    RowOutcome.CHANGED: Badge(str(RowOutcome.CHANGED.label), "warning"),
    RowOutcome.DUPLICATE: Badge(str(RowOutcome.DUPLICATE.label), "warning"),
    "left_out": Badge("Left out", "warning"),
    "checking": Badge("Checking with OneFile", "warning"),
    "working": Badge("Being created", "info"),
    "waiting": Badge("Waiting"),
    "enrolled": Badge("Created in OneFile", "good"),
    RowOutcome.ALREADY_LINKED: Badge(str(RowOutcome.ALREADY_LINKED.label)),
    RowOutcome.BUSY: Badge(str(RowOutcome.BUSY.label)),
    RowOutcome.CANCELLED: Badge(str(RowOutcome.CANCELLED.label)),
}
OPEN = ("checking", "working", "waiting")
FEWEST_FOR_A_GUESS = 3


@dataclass(frozen=True)
class ResultRow:
    key: int
    ident: str
    name: str
    href: str
    badge: Badge
    said: list[Said] = field(default_factory=list)
    onefile_id: str = ""
    link: Link | None = None
    try_again: str = ""  # where a button sends it

    @property
    def id(self) -> str:
        return f"row-{self.key}"


def result_row(plan: Any, run: Run, onefile_id: int | None, *, half_done: bool, now: datetime) -> ResultRow:
    """``plan`` with its ``result`` and ``telling``: its steps that say something."""
    learner = plan.learner
    return ResultRow(
        key=plan.pk,
        ident=learner.ident,
        name=str(learner),
        href=delivery_plan(learner),
        badge=RESULTS[plan.result],
        said=said_of(plan, run, now),
        onefile_id=str(onefile_id or ""),
        link=Link("Show the steps", progress_address(run.pk, learner.ident), window=True, about=f"of {learner}"),
        try_again=learner_page("go-on", learner) if half_done else "",
    )


def said_of(plan: Any, run: Run, now: datetime) -> list[Said]:
    steps: list[Step] = plan.telling
    match plan.result:
        case "enrolled":
            return []
        case "question":
            return [Said("A question waits for an answer.", Link("Answer it", questions_address(plan.learner)))]
        case "failed":
            refused = [Said(f"{step.title}: {step.message}") for step in steps if step.state == StepState.REFUSED]
            return refused or [Said(standing(plan, run, steps, now).words)]
        case "working":
            begun = next((step.title for step in steps if step.state == StepState.BEGUN), "")
            return [Said(f"At work: {begun}." if begun else "OneFile is read.")]
        case "checking":
            return [Said(standing(plan, run, steps, now).words)]
        case "waiting":
            return [Said(plan.failure_message)] if plan.failure_message else []
    return [Said(plan.failure_message)] if plan.failure_message else []


# ---- the whole


def result_bar(found: Mapping[str, int]) -> Bar | None:
    total = sum(found.values())
    ended = total - sum(found.get(word, 0) for word in OPEN)
    return Bar("Learners ended", ended, total, f"{ended} of {total} ended") if total else None


def result_words(run: Run, found: Mapping[str, int], left: str) -> str:
    total, created = sum(found.values()), found.get("enrolled", 0)
    going_on = sum(found.get(word, 0) for word in OPEN)
    unfinished = found.get("failed", 0) + found.get("question", 0)
    left_out = total - created - going_on - unfinished
    said = f"{created} of {total} created in OneFile"
    said += f", {unfinished} not finished" if unfinished else ""
    said += f", {left_out} left out." if left_out else "."
    if run.cancelled_at:
        return f"Cancelled by {run.cancelled_by}. {said}"
    if not going_on:
        return f"It has ended. {said}"
    if run.paused_at:
        return f"Paused by {run.paused_by}, {clock(run.paused_at)}. {said} {going_on} left."
    return f"{said} {going_on} left{left}. You may close this page; it goes on by itself."


def time_left(ended: Sequence[datetime], left: int, now: datetime) -> str:
    """In words, by the pace of the last ones; blank where that says too little. ``ended``: newest first."""
    if len(ended) < FEWEST_FOR_A_GUESS or not left:
        return ""
    seconds = (now - ended[-1]).total_seconds() / len(ended) * left
    minutes = round(seconds / 60)
    if minutes < 1:
        return ", less than a minute"
    return f", about {minutes} minute{'' if minutes == 1 else 's'}"


def controls(run: Run) -> dict[str, Any]:
    """Buttons that stop a run: one that may be."""
    return {
        "pause": "" if run.paused_at else reverse("onefile:many-pause", args=[run.pk]),
        "resume": reverse("onefile:many-resume", args=[run.pk]) if run.paused_at else "",
        "cancel": Link("Cancel the rest", reverse("onefile:many-cancel", args=[run.pk]), window=True, danger=True),
    }


def cancel_question(run: Run, left: int) -> list[str]:
    if run.kind == RunKind.ENROL:
        who = "1 learner who has" if left == 1 else f"{left:,} learners who have"
        return [
            f"{who} not been begun will be left out. They can be shown in a list again.",
            "A learner whose creation has begun goes on to its end. Nothing in OneFile is taken back.",
        ]
    who = "1 record that has" if left == 1 else f"{left:,} records that have"
    again = "The next run exchanges them." if run.kind in REFRESHES and not run.dry else ""
    return [f"{who} not been begun will be left out. {again}".strip(), "What has begun goes on to its end, and stays."]
