"""Officers and the employer in the window Create Learner in OneFile. Nothing here asks the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from onefile_integration.exchange.enrolment import Preview
from onefile_integration.exchange.reading.partners import Absence
from onefile_integration.presenters.words import label_of, value_words
from onefile_integration.rules.needs import officers_named
from onefile_integration.rules.partners import Partner, may_be_named
from onefile_integration.rules.sides import Line, Officer
from onefile_integration.rules.steps import Kind, PlannedStep
from picsweb.display import Link

ABSENT = {
    Absence.NOT_LISTED: "OneFile's own search does not list it any more, so it is probably archived there",
    Absence.INACTIVE: "It is not active in OneFile",
    Absence.GONE: "OneFile does not know it any more",
}
CURE = "OneFile may refuse it. Restore it there, or remove the link and look up another record:"
OTHER_ROLE = "Creating makes a second account. Or make the first an assessor in OneFile, and look it up here:"


@dataclass(frozen=True)
class Said:
    """One sentence, and perhaps a warning with the page where it is put right."""

    text: str
    warning: str = ""
    cure: Link | None = None


@dataclass(frozen=True)
class Partners:
    shown: Preview

    @property
    def assessors(self) -> list[Said]:
        main, named = self.shown.here.main_officer, officers_named(self.shown.plan, self.shown.here)
        if main:
            named = {main.key: main, **named}
        said = [self._said(each, Kind.LINK_OFFICER, Kind.CREATE_ASSESSOR) for each in named.values()]
        return said + [Said(f"{s.title}.") for s in self.shown.plan.steps if s.kind == Kind.ASSIGN_OFFICER]

    @property
    def employer(self) -> Said:
        employer = self.shown.here.employer
        return self._said(employer, Kind.LINK_EMPLOYER, Kind.CREATE_EMPLOYER) if employer else Said("No placement.")

    def _said(self, partner: Partner, link: Kind, create: Kind) -> Said:
        name = f"{partner.name or partner.ident} ({partner.ident})"
        if partner.onefile_id is not None:
            return self._linked(partner, f"{name} is linked with OneFile's {partner.onefile_id}.")
        if step := self._step(link, partner):
            number = _values(step)["onefile_id"]
            return Said(f"{name} is found there by its MIS Value: it will be linked with {number}.")
        if step := self._step(create, partner):
            sent = ", ".join(f"{label_of(step.record, c.field)} {value_words(c.field, c.new)}" for c in step.changes)
            return Said(f"{name} will be created in OneFile with: {sent}.", *self._in_other_role(partner))
        if isinstance(partner, Officer) and not may_be_named(partner):
            return Said(f"{name} is archived and not in OneFile.")
        return Said(f"{name} is not clear yet: see the question above.")

    def _linked(self, partner: Partner, text: str) -> Said:
        absence = self.shown.absences.get(partner.key)
        if absence is None:
            return Said(text)
        kind = partner.key.split(":")[0]
        cure = Link(
            f"The {kind}", reverse(f"learners:{kind}", args=[partner.ident]), about=partner.name or partner.ident
        )
        return Said(text, f"{ABSENT[absence]}. {CURE}", cure)

    def _in_other_role(self, partner: Partner) -> tuple[str, Link] | tuple[()]:
        if not (said := self.shown.in_other_roles.get(partner.key)):
            return ()
        cure = Link(
            "The officer", reverse("learners:officer", args=[partner.ident]), about=partner.name or partner.ident
        )
        return f"{said} has this officer's MIS Value already. {OTHER_ROLE}", cure

    def _step(self, kind: Kind, partner: Partner) -> PlannedStep | None:
        return next((s for s in self.shown.plan.steps if s.kind == kind and s.record == partner.key), None)


def _values(step: PlannedStep) -> dict[str, Any]:
    return {change.field: change.new for change in step.changes}


def assessor_of(line: Line) -> str:
    officer = line.assessor
    if officer is None:
        return ""
    return officer.name if may_be_named(officer) else f"{officer.name} (archived here, so not assigned)"
