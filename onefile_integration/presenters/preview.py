"""The window Create Learner in OneFile, from a preview. Nothing here asks the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from learners.models import Learner
from learners.presenters.records import delivery_plan
from onefile_integration.exchange.enrolment import Given, Preview
from onefile_integration.presenters.comparison import Side, comparison
from onefile_integration.presenters.qualifications import (
    DropDown,
    Option,
    Qualification,
    other_centres,
    qualification,
)
from onefile_integration.presenters.steps import Sight
from onefile_integration.presenters.words import label_of, value_words
from onefile_integration.rules.duplicates import Duplicate
from onefile_integration.rules.eligibility import Problem
from onefile_integration.rules.matching import Availability
from onefile_integration.rules.sides import Employer, Line, Officer, Person
from onefile_integration.rules.steps import Doubt, Kind, PlannedStep
from picsweb.display import Fact, Grid, Link

COMPARED = ("first_name", "surname", "email", "date_of_birth", "uln", "mis_value")
AROUND = ("centre", "classroom", "default_assessor", "placement")  # the learner's, but no detail of the person


@dataclass(frozen=True)
class Blocked:
    message: str
    cure: Link | None


@dataclass(frozen=True)
class ShownDuplicate:
    title: str
    reasons: str
    sides: Grid
    link_instead: Link | None
    is_other_episode: bool


@dataclass(frozen=True)
class ShownDoubt:
    text: str
    sides: Grid | None
    answers: list[Option]  # value: "<number of the doubt>:<word>"


@dataclass(frozen=True)
class Naming:
    """OneFile's centres by id."""

    centres: Mapping[int, str]
    is_administrator: bool


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
    def assessors(self) -> list[str]:
        here = self.shown.here
        officers = [here.main_officer, *(line.assessor for line in here.lines), *here.additional_assessors]
        officers += [review.officer for review in here.reviews]
        unique = {each.pk: each for each in officers if each}
        named = {
            step.record for step in self.shown.plan.steps if step.kind in (Kind.CREATE_ASSESSOR, Kind.LINK_OFFICER)
        }
        said = [self._partner(each, Kind.LINK_OFFICER, Kind.CREATE_ASSESSOR) for each in unique.values()
                if each.key in named or each == here.main_officer]  # fmt: skip
        return said + [f"{s.title}." for s in self.shown.plan.steps if s.kind == Kind.ASSIGN_OFFICER]

    @property
    def employer(self) -> str:
        employer = self.shown.here.employer
        return self._partner(employer, Kind.LINK_EMPLOYER, Kind.CREATE_EMPLOYER) if employer else "No placement."

    def _partner(self, partner: Officer | Employer, link: Kind, create: Kind) -> str:
        name = f"{partner.name or partner.ident} ({partner.ident})"
        if partner.onefile_id is not None:
            return f"{name} is linked with OneFile's {partner.onefile_id}."
        if step := self._step(link, partner.key):
            return f"{name} is found there by its MIS Value: it will be linked with {self._values(step)['onefile_id']}."
        if step := self._step(create, partner.key):
            sent = ", ".join(f"{label_of(step.record, c.field)} {value_words(c.field, c.new)}" for c in step.changes)
            return f"{name} will be created in OneFile with: {sent}."
        return f"{name} is not clear yet: see the question above."

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
    def duplicates(self) -> list[ShownDuplicate]:
        return [self._duplicate(each) for each in self.shown.duplicates]

    def _duplicate(self, each: Duplicate) -> ShownDuplicate:
        where = self.naming.centres.get(each.centre or 0, "")
        held = f", linked with {each.holder} here" if each.holder else ""
        address = f"{reverse('onefile:set-id', args=[self.learner.ident])}?onefile_id={each.onefile_id}"
        link = None if each.holder else Link("Link instead", address, window=True, about=f"with {each.onefile_id}")
        return ShownDuplicate(
            title=f"OneFile learner {each.onefile_id}{f' in {where}' if where else ''}{held}",
            reasons=f"Equal: {', '.join(each.reasons)}.",
            sides=comparison(f"Compared with {each.onefile_id}", _people(self.shown.here.person, each.person)),
            link_instead=link,
            is_other_episode=each.is_other_episode,
        )

    @property
    def has_other_person(self) -> bool:
        return any(not each.is_other_episode for each in self.shown.duplicates)

    @property
    def has_other_episode(self) -> bool:
        return any(each.is_other_episode for each in self.shown.duplicates)

    @property
    def decided(self) -> list[str]:
        given = self.shown.given
        said = ["Staff said: who was found in OneFile is another person."] if given.another_person else []
        return said + (["A new portfolio for this episode."] if given.new_episode else [])

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
        } | {step.title: "planned" for step in self.shown.plan.steps if not step.changes}

    @property
    def flat_json(self) -> str:
        return json.dumps(self.flat)


def _people(ours: Person, theirs: Person) -> Iterable[Side]:
    for name in COMPARED:
        yield Side(
            label_of("learner", name),
            value_words(name, getattr(ours, name)),
            value_words(name, getattr(theirs, name)),
        )


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
            said.append(f"{name}: was {was or 'not there'}, is now {is_now or 'not there'}")
    return said[:50]


def query(given: Given, lines: Mapping[str, int]) -> dict[str, str]:
    """The choices as an address carries them; ``lines``: keys of lines by VQ Reference."""
    found = {"centre": str(given.centre or ""), "classroom": str(given.classroom or "")}
    found |= {f"pathway-{lines[vq]}": str(number) for vq, number in given.pathways.items() if vq in lines}
    found |= {"another_person": "on" if given.another_person else "", "new_episode": "on" if given.new_episode else ""}
    return {name: value for name, value in found.items() if value}
