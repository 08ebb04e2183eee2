"""From a LearningDelivery to an aim."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from learners.files.ilr.notes import Notes
from learners.files.ilr.parsing import Element
from learners.files.ilr.records import PROGRAMME, STANDARD, Aim, WorkPlace

AIM_TYPES = ("1", "3", "4", "5")
CONTINUING = "1"
COMPLETIONS = (CONTINUING, "2", "3", "6")
ON_ITS_OWN = "4"


class AimReader:
    """Reads one LearningDelivery; ``aim`` is the result, None where it cannot be loaded."""

    def __init__(self, group: Element, notes: Notes) -> None:
        self.group, self.notes = group, notes

    def aim(self) -> Aim | None:
        ref, start = self._ref(), self.notes.day_of(self.group, "LearnStartDate")
        if not ref:
            return None
        if start is None:
            self._fault("LearnStartDate", "without it the aim cannot be loaded; the aim is left out.")
            return None
        completion = self._code("CompStatus", COMPLETIONS, "taken as 1, continuing.") or CONTINUING
        aim_type = self._code("AimType", AIM_TYPES, "the aim is placed by its programme alone.")
        return Aim(
            line=self.group.line,
            ref=ref,
            type=aim_type,
            start=start,
            planned_end=self._planned_end(),
            actual_end=self._actual_end(start, completion),
            completion=completion,
            prog_type=self.group.said("ProgType") if aim_type != ON_ITS_OWN else "",
            std_code=self._std_code(ref),
            framework=(self.group.said("FworkCode"), self.group.said("PwayCode")),
            is_return=self._is_return(),
            first_start=self._first_start(start),
            work_places=tuple(self._work_places()),
        )

    def _fault(self, name: str, message: str) -> None:
        self.notes.fault(self.group.child(name) or self.group, message, name)

    def _ref(self) -> str:
        ref = self.group.said("LearnAimRef").upper()
        if not ref:
            self._fault("LearnAimRef", "without it the aim cannot be loaded; the aim is left out.")
        elif len(ref) > 8:
            self._fault("LearnAimRef", "longer than eight characters; the aim is left out.")
            return ""
        elif not re.fullmatch("[A-Z0-9]{8}", ref):
            self._fault("LearnAimRef", "not eight letters or digits; loaded as it stands.")
        return ref

    def _code(self, name: str, known: tuple[str, ...], otherwise: str) -> str:
        said = self.group.said(name)
        if said not in known:
            self._fault(name, f"{'the code is not on the list' if said else 'is missing'}; {otherwise}")
            return ""
        return said

    def _planned_end(self) -> date | None:
        if not self.group.said("LearnPlanEndDate"):
            self._fault("LearnPlanEndDate", "is missing; loaded without it.")
        return self.notes.day_of(self.group, "LearnPlanEndDate")

    def _actual_end(self, start: date, completion: str) -> date | None:
        end = self.notes.day_of(self.group, "LearnActEndDate")
        if end and end < start:
            self._fault("LearnActEndDate", "lies before LearnStartDate; loaded without it.")
            return None
        if end is None and completion != CONTINUING:
            self._fault("LearnActEndDate", "is missing or no date, though CompStatus says that the aim is closed.")
        return end

    def _first_start(self, start: date) -> date | None:
        first = self.notes.day_of(self.group, "OrigLearnStartDate")
        if first and first > start:
            self._fault("OrigLearnStartDate", "lies after LearnStartDate; loaded without it.")
            return None
        return first

    def _std_code(self, ref: str) -> str:
        said = self.group.said("StdCode")
        if re.fullmatch("[0-9]{0,5}", said) and (said or ref != PROGRAMME or self.group.said("ProgType") != STANDARD):
            return said
        self._fault("StdCode", "is missing or no number; the programme makes no line.")
        return ""

    def _is_return(self) -> bool:
        """Back from a break: the monitoring code RES 1."""
        return any(
            group.said("LearnDelFAMType") == "RES" and group.said("LearnDelFAMCode") == "1"
            for group in self.group.all("LearningDeliveryFAM")
        )

    def _work_places(self) -> Iterator[WorkPlace]:
        for group in self.group.all("LearningDeliveryWorkPlacement"):
            employer = self.notes.employer(group, "WorkPlaceEmpId")
            start, end = (self.notes.day_of(group, f"WorkPlace{name}Date") for name in ("Start", "End"))
            if start is None:
                self.notes.fault(
                    group, "without it the work placement cannot be placed; left out.", "WorkPlaceStartDate"
                )
            elif employer:
                yield WorkPlace(group.line, start, end, employer)
