"""From the elements of a learner to plain values. What cannot be read is noted and left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from learners.files.ilr.parsing import child_of, children_of, local, text_of
from learners.files.ilr.records import Aim, Employment, IlrLearner, Note, WorkPlace
from learners.values import ULN_NOT_YET_KNOWN, cleaned
from learners.words import LLDD_CATEGORIES, Ethnicity, Lldd, Sex

UNKNOWN_EMPLOYER = "999999999"
UNKNOWN_POSTCODE = "ZZ99 9ZZ"

# Field of the file -> ours, where the value is taken as it stands.
TEXTS = {
    "FamilyName": "surname",
    "GivenNames": "forenames",
    "Email": "email",
    "TelNo": "telephone",
    "AddLine1": "address1",
    "AddLine2": "address2",
    "AddLine3": "address3",
    "AddLine4": "address4",
    "NINumber": "nino",
}
CODES: dict[str, tuple[str, list[Any]]] = {
    "Sex": ("sex", Sex.values),
    "Ethnicity": ("ethnicity", Ethnicity.values),
    "LLDDHealthProb": ("lldd", Lldd.values),
}


class LearnerReader:
    """Reads one Learner element; ``learner`` is the result."""

    def __init__(self, element: Any) -> None:
        self.element = element
        self.ref = cleaned(text_of(element, "LearnRefNumber"))
        self.notes: list[Note] = []
        self.values: dict[str, Any] = {}
        self.lines: dict[str, tuple[int, str]] = {}

    def learner(self) -> IlrLearner:
        self._texts()
        self._codes()
        self._unknowns()
        self._birth_date()
        self._categories()
        return IlrLearner(
            line=self.element.sourceline,
            ref=self.ref,
            previous_ref=cleaned(text_of(self.element, "PrevLearnRefNumber")),
            values=self.values,
            lines=self.lines,
            aims=tuple(self._aims()),
            employments=tuple(self._employments()),
            notes=tuple(self.notes),
        )

    def _note(self, element: Any, message: str, column: str = "") -> None:
        self.notes.append(Note(element.sourceline, column or local(element), f"LearnRefNumber {self.ref}: {message}"))

    def _put(self, element: Any, field: str, value: Any) -> None:
        self.values[field] = value
        self.lines[field] = (element.sourceline, local(element))

    def _texts(self) -> None:
        for name, field in TEXTS.items():
            child = child_of(self.element, name)
            if child is not None and cleaned(child.text or ""):
                self._put(child, field, cleaned(child.text))

    def _codes(self) -> None:
        for name, (field, known) in CODES.items():
            child = child_of(self.element, name)
            said = cleaned(child.text or "") if child is not None else ""
            code = next((each for each in known if str(each) == said), None)
            if code is not None:
                self._put(child, field, code)
            elif said:
                self._note(child, "the code is not on the list; loaded without it.")

    def _unknowns(self) -> None:
        """ULN and postcode, of which one value each means that nobody knows it yet."""
        for name, field, unknown in (("ULN", "uln", ULN_NOT_YET_KNOWN), ("Postcode", "postcode", UNKNOWN_POSTCODE)):
            child = child_of(self.element, name)
            said = cleaned(child.text or "") if child is not None else ""
            if said and said != unknown:
                self._put(child, field, said)
            elif said == ULN_NOT_YET_KNOWN:  # someone has to ask for it; an unknown postcode is an answer
                self._note(child, "not yet known (a placeholder); loaded without it.")

    def _birth_date(self) -> None:
        child = child_of(self.element, "DateOfBirth")
        if child is not None and (day := self._day(child)):
            self._put(child, "date_of_birth", day)

    def _categories(self) -> None:
        """LLDD categories; they need the flag and follow the file as one value with it."""
        primary: list[int] = []
        others: list[int] = []
        for group in children_of(self.element, "LLDDandHealthProblem"):
            category = self._number(group, "LLDDCat")
            if category not in LLDD_CATEGORIES:
                self._note(group, "the category is not on the list; loaded without it.", "LLDDCat")
            elif self.values.get("lldd") != Lldd.YES:
                self._note(group, "a category needs LLDDHealthProb 1; loaded without it.", "LLDDCat")
            elif text_of(group, "PrimaryLLDD") == "1" and not primary:
                primary.append(category)
            elif category not in others:
                others.append(category)
        if "lldd" in self.values:
            self.values["lldd_primary"] = primary[0] if primary else None
            self.values["lldd_others"] = sorted(set(others) - set(primary))

    def _number(self, element: Any, name: str) -> int:
        said = text_of(element, name)
        return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else -1

    def _day(self, element: Any) -> date | None:
        try:
            return date.fromisoformat(cleaned(element.text or "")[:10])
        except ValueError:
            self._note(element, "not a date; loaded without it.")
            return None

    def _day_in(self, element: Any, name: str) -> date | None:
        child = child_of(element, name)
        return self._day(child) if child is not None else None

    def _employments(self) -> Iterator[Employment]:
        for group in children_of(self.element, "LearnerEmploymentStatus"):
            day = self._day_in(group, "DateEmpStatApp")
            if day is None:
                self._note(group, "without its date it cannot be placed; left out.", "DateEmpStatApp")
                continue
            yield Employment(group.sourceline, day, text_of(group, "EmpStat"), self._employer(group, "EmpId"))

    def _employer(self, group: Any, name: str) -> str:
        """The employer's number; blank where it is no real one."""
        child = child_of(group, name)
        said = cleaned(child.text or "") if child is not None else ""
        if said == UNKNOWN_EMPLOYER:
            self._note(child, "the employer is not yet known (a placeholder); no placement made.")
            return ""
        if said and not (said.isascii() and said.isdigit() and len(said) <= 9):
            self._note(child, "not an employer number; no placement made.")
            return ""
        return said

    def _aims(self) -> Iterator[Aim]:
        for group in children_of(self.element, "LearningDelivery"):
            ref, start = cleaned(text_of(group, "LearnAimRef")), self._day_in(group, "LearnStartDate")
            if not ref or start is None:
                missing = "LearnStartDate" if ref else "LearnAimRef"
                self._note(group, "without it the aim cannot be loaded; the aim is left out.", missing)
                continue
            yield self._aim(group, ref, start)

    def _aim(self, group: Any, ref: str, start: date) -> Aim:
        return Aim(
            line=group.sourceline,
            ref=ref.upper(),
            type=text_of(group, "AimType"),
            start=start,
            planned_end=self._day_in(group, "LearnPlanEndDate"),
            actual_end=self._actual_end(group, start),
            completion=text_of(group, "CompStatus") or "1",
            prog_type=text_of(group, "ProgType") if text_of(group, "AimType") != "4" else "",
            std_code=text_of(group, "StdCode"),
            framework=(text_of(group, "FworkCode"), text_of(group, "PwayCode")),
            is_return=_is_return(group),
            first_start=self._day_in(group, "OrigLearnStartDate"),
            work_places=tuple(self._work_places(group)),
        )

    def _actual_end(self, group: Any, start: date) -> date | None:
        end = self._day_in(group, "LearnActEndDate")
        if end and end < start:
            self._note(group, "lies before LearnStartDate; loaded without it.", "LearnActEndDate")
            return None
        return end

    def _work_places(self, aim: Any) -> Iterator[WorkPlace]:
        for group in children_of(aim, "LearningDeliveryWorkPlacement"):
            employer, start = self._employer(group, "WorkPlaceEmpId"), self._day_in(group, "WorkPlaceStartDate")
            if employer and start:
                yield WorkPlace(group.sourceline, start, self._day_in(group, "WorkPlaceEndDate"), employer)


def _is_return(aim: Any) -> bool:
    """Back from a break: the monitoring code RES 1."""
    return any(
        text_of(group, "LearnDelFAMType") == "RES" and text_of(group, "LearnDelFAMCode") == "1"
        for group in children_of(aim, "LearningDeliveryFAM")
    )
