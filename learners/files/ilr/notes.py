"""What is told of one learner while it is read, and the values that are read in the same way everywhere."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from learners.files.ilr.parsing import Element
from learners.files.ilr.records import IlrLearner, Note
from learners.values import cleaned

UNKNOWN_EMPLOYER = "999999999"
YEARS = range(1900, 2101)  # of any date that a learner's record can have


class Notes:
    def __init__(self) -> None:
        self.faults: list[Note] = []
        self.doubts: list[Note] = []

    def fault(self, element: Element, message: str, column: str = "") -> None:
        self.faults.append(Note(element.line, column or element.name, message))

    def doubt(self, element: Element, message: str, column: str = "") -> None:
        self.doubts.append(Note(element.line, column or element.name, message))

    def given_to(self, learner: IlrLearner) -> IlrLearner:
        named = learner.named
        return replace(learner, faults=tuple(map(named, self.faults)), doubts=tuple(map(named, self.doubts)))

    def day(self, element: Element) -> date | None:
        said = cleaned(element.text)[:10]
        try:
            day = date.fromisoformat(said) if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", said) else None
        except ValueError:
            day = None
        if day is None or day.year not in YEARS:
            self.fault(element, "not a date; loaded without it.")
            return None
        return day

    def day_of(self, group: Element, name: str) -> date | None:
        child = group.child(name)
        return self.day(child) if child and cleaned(child.text) else None

    def employer(self, group: Element, name: str) -> str:
        """The employer's number; blank where it is no real one."""
        child = group.child(name)
        said = cleaned(child.text) if child else ""
        if child and said == UNKNOWN_EMPLOYER:
            self.fault(child, "the employer is not yet known (a placeholder); no placement made.")
            return ""
        if child and said and not re.fullmatch("[0-9]{1,9}", said):
            self.fault(child, "not an employer number; no placement made.")
            return ""
        return said
