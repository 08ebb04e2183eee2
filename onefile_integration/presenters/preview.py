"""The window Create Learner in OneFile, from a preview. Nothing here asks the database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from learners.models import Learner
from learners.presenters.records import delivery_plan
from onefile_integration.exchange.enrolment import Given, Preview
from onefile_integration.presenters.comparison import Side, comparison
from onefile_integration.presenters.duplicates import Found
from onefile_integration.presenters.partners import Partners, Said
from onefile_integration.presenters.qualifications import (
    DropDown,
    Option,
    Qualification,
    other_centres,
    qualification,
)
from onefile_integration.presenters.steps import Sight
from onefile_integration.presenters.words import label_of, value_words
from onefile_integration.rules.eligibility import Problem
from onefile_integration.rules.matching import Availability
from onefile_integration.rules.sides import Line
from onefile_integration.rules.steps import Doubt, Kind, PlannedStep
from picsweb.display import Fact, Grid, Link

AROUND = ("centre", "classroom", "default_assessor", "placement")  # the learner's, but no detail of the person
PLANNED = "planned"  # what is shown of a step that has no values


@dataclass(frozen=True)
class Blocked:
    message: str
    cure: Link | None


@dataclass(frozen=True)
class ShownDoubt:
    text: str
    sides: Grid | None
    answers: list[Option]  # value: "<number of the doubt>:<word>"


@dataclass(frozen=True)
class Naming:
    """OneFile's centres by id. ``of_list``: the enrolment list to which the window leads back."""

    centres: Mapping[int, str]
    is_administrator: bool
    of_list: int | None = None


@dataclass(frozen=True)
class Window:
    """What the template is given."""

    learner: Learner
    shown: Preview
    sight: Sight
    naming: Naming

    def _step(self, kind: Kind, record: str) -> PlannedStep | None:
        return next((s for s in self.shown.plan.steps if s.kind == kind and s.record == record), None)

    def _values(self, step: PlannedStep | None) -> dict[str, Any]:
        return {change.field: change.new for change in step.changes} if step else {}

    @property
    def _learner_values(self) -> dict[str, Any]:
        return self._values(self._step(Kind.CREATE_LEARNER, self.shown.here.key))

    @property
    def centre(self) -> DropDown:
        return centre_choice(self.naming.centres, self.shown.given.centre)

    @property
    def classroom(self) -> DropDown:
        chosen = self._learner_values.get("classroom")
        options = [Option(str(number), name, number == chosen) for number, name in self.shown.there.classrooms]
        return DropDown("classroom", "Classroom", options, "A classroom of that centre.", "Choose a classroom")

    @property
    def learner_facts(self) -> list[Fact]:
        values = self._learner_values
        return [
            self._fact(self.shown.here.key, name, value)
            for name, value in values.items()
            if name not in ("centre", "classroom")
        ]

    @property
    def not_sent(self) -> str:
        """Details that are blank here."""
        blank = [
            label_of("learner", name)
            for name, value in vars(self.shown.here.person).items()
            if value in (None, ()) and not name.startswith("lldd_")
        ]
        return f"Blank here, so not sent: {', '.join(blank)}." if blank else ""

    def _fact(self, record: str, name: str, value: Any) -> Fact:
        cell = self.sight.cell(name, value)
        return Fact(label_of(record, name), cell.text, masked=cell.masked)

    @property
    def qualifications(self) -> list[Qualification]:
        return [self._qualification(line, found) for line, found in self.shown.availability]

    def _qualification(self, line: Line, found: Availability) -> Qualification:
        sent = self._values(self._step(Kind.UPDATE_AIM, line.key))
        facts = [self._fact(line.key, name, value) for name, value in sent.items()]
        return qualification(line, found, facts, self.shown.last_used)

    @property
    def other_centres(self) -> str:
        """A learner whose qualifications are all elsewhere is probably about to be made in the wrong centre."""
        return other_centres(self.shown.availability, self.naming.centres.get(self.shown.given.centre or 0, ""))

    @property
    def assessors(self) -> list[Said]:
        return Partners(self.shown).assessors

    @property
    def employer(self) -> Said:
        return Partners(self.shown).employer

    @property
    def reviews(self) -> list[str]:
        return [
            f"{step.title}{self._told_with(step)}."
            for step in self.shown.plan.steps
            if step.kind in (Kind.CREATE_VISIT, Kind.CREATE_REVIEW)
        ]

    def _told_with(self, step: PlannedStep) -> str:
        """What is sent beside the date that the title names; a review's time stands there too."""
        values = self._values(step)
        start = f" from {values['start_time']}" if step.kind == Kind.CREATE_VISIT else ""
        officer = f", with {values['officer']}" if values.get("officer") else ""
        kind = values.get("visit_type")
        return (
            start
            + officer
            + (f", {label_of('review', 'visit_type')} {value_words('visit_type', kind)}" if kind else "")
        )

    @property
    def notes(self) -> list[str]:
        """Without those that stand beside their qualification already."""
        said = (*self.shown.plan.notes, *self.shown.notes)
        return [
            note for note in said if not note.startswith(tuple(line.vq_reference for line in self.shown.here.lines))
        ]

    @property
    def problems(self) -> list[Blocked]:
        return [Blocked(each.message, self._cure(each)) for each in self.shown.problems]

    def _cure(self, problem: Problem) -> Link | None:
        employer, officer = self.shown.here.employer, self.shown.here.main_officer
        match problem.about:
            case "placements":
                return Link("Placements", delivery_plan(self.learner, "placements"))
            case "organisation" if employer:
                return Link("Edit the organisation", reverse("learners:organisation-edit", args=[employer.ident]))
            case "officer" if officer:
                return Link("The officer", reverse("learners:officer", args=[officer.ident]))
            case "settings":
                return Link("Choose a classroom", f"#{self.classroom.id}") if self.shown.there.classrooms else None
            case about if about.startswith("line:"):
                return Link("Choose it", f"#id_pathway-{about.split(':')[1]}")
        if problem.code in ("on_break", "ended"):
            return Link("Delivery Plan", delivery_plan(self.learner))
        return Link("Edit the learner", reverse("learners:learner-edit", args=[self.learner.ident]), window=True)

    @property
    def found(self) -> Found:
        return Found(self.learner, self.shown, self.naming.centres, self.naming.of_list)

    @property
    def doubts(self) -> list[ShownDoubt]:
        return [self._doubt(number, each) for number, each in enumerate(self.shown.plan.doubts)
                if each.kind not in ("pathway", "centre")]  # fmt: skip

    def _doubt(self, number: int, doubt: Doubt) -> ShownDoubt:
        sides = [Side(what, value_words("", a), value_words("", b)) for what, a, b in doubt.facts]
        return ShownDoubt(
            text=doubt.text,
            sides=comparison("Both sides", sides) if sides else None,
            answers=[Option(f"{number}:{word}", label, False) for word, label in doubt.answers],
        )

    @property
    def flat(self) -> dict[str, str]:
        """Every value by its name, so that a later look can say what has changed."""
        return {
            f"{step.title}: {label_of(step.record, change.field)}": self.sight.text(change.field, change.new)
            for step in self.shown.plan.steps
            for change in step.changes
        } | {step.title: PLANNED for step in self.shown.plan.steps if not step.changes}

    @property
    def flat_json(self) -> str:
        return json.dumps(self.flat)


def centre_choice(centres: Mapping[int, str], chosen: int | None) -> DropDown:
    options = [Option(str(number), name, number == chosen) for number, name in centres.items()]
    help_text = "A centre of OneFile's, kept there. It is none of the organisations of this system."
    return DropDown("centre", "OneFile Organisation", options, help_text, "" if chosen else "Choose the centre")


def what_changed(before: str, now: Mapping[str, str]) -> list[str]:
    """``before`` is what the browser sent back: text to be shown, not to be believed."""
    try:
        old = json.loads(before)
    except ValueError:
        old = {}
    if not isinstance(old, dict):
        old = {}
    said = []
    for name in [*now, *(name for name in old if name not in now)]:
        was, is_now = str(old.get(name, "")), now.get(name, "")
        if was != is_now:
            said.append(f"{name}: was {was or 'not there'}, {f'is now {is_now}' if is_now else _gone(name, was)}")
    return said[:50]


def _gone(name: str, was: str) -> str:
    if was == PLANNED:
        return "is not any more"
    return f"will no longer be {'linked' if name.endswith(label_of('', 'onefile_id')) else 'sent'}"


def query(given: Given, lines: Mapping[str, int]) -> dict[str, str]:
    """The choices as an address carries them; ``lines``: keys of lines by VQ Reference."""
    found = {"centre": str(given.centre or ""), "classroom": str(given.classroom or "")}
    found |= {f"pathway-{lines[vq]}": str(number) for vq, number in given.pathways.items() if vq in lines}
    return {name: value for name, value in found.items() if value}
