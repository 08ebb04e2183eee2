"""From the elements of a learner to plain values. What cannot be read is told and left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from learners.files.ilr.aims import AimReader
from learners.files.ilr.notes import Notes
from learners.files.ilr.parsing import Element
from learners.files.ilr.records import Employment, IlrLearner
from learners.values import ULN_NOT_YET_KNOWN, cleaned
from learners.words import LLDD_CATEGORIES, Ethnicity, Lldd, Sex

UNKNOWN_POSTCODE = "ZZ99 9ZZ"
PRIOR_ADDRESS = "1"
EMPLOYMENTS = ("10", "11", "12", "98")

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
NEEDED = ("ULN", "Ethnicity", "Sex", "LLDDHealthProb", "Postcode")
NAMES_OF_OLD = {"TelNumber": "TelNo", "PostCode": "Postcode"}  # in the contact groups until 2016-17
# What the schemas of all years take; what is otherwise is kept as it stands, but it will not pass there.
REF = r"[A-Za-z0-9 ]{1,12}"
_NAME, _ADDRESS = r'[^0-9\r\n\t|"]*', r"[\w ~!@&'\\()*+,\-./:;’]*"
FORMS = {
    "PrevLearnRefNumber": REF,
    "FamilyName": _NAME,
    "GivenNames": _NAME,
    "TelNo": r"[0-9]{1,18}",
    **{f"AddLine{number}": _ADDRESS for number in range(1, 5)},
}


class LearnerReader:
    """Reads one Learner element; ``learner`` is the result."""

    def __init__(self, element: Element) -> None:
        self.element = element
        self.ref = element.said("LearnRefNumber")
        self.notes = Notes()
        self.values: dict[str, Any] = {}
        self.lines: dict[str, tuple[int, str]] = {}
        self.fields = _fields(element)

    def learner(self) -> IlrLearner:
        self._forms()
        self._texts()
        self._codes()
        self._unknowns()
        self._birth_date()
        self._categories()
        aims = tuple(AimReader(group, self.notes).aim() for group in self.element.all("LearningDelivery"))
        read = IlrLearner(
            line=self.element.line,
            ref=self.ref,
            previous_ref=self.element.said("PrevLearnRefNumber"),
            values=self.values,
            lines=self.lines,
            aims=tuple(aim for aim in aims if aim),
            employments=tuple(self._employments()),
        )
        return self.notes.given_to(read)

    def _put(self, element: Element, field: str, value: Any) -> None:
        self.values[field] = value
        self.lines[field] = (element.line, element.name)

    def _said(self, name: str) -> tuple[Element, str]:
        """The field and its text; the learner itself where there is no such field."""
        found = self.fields.get(name)
        return (found, cleaned(found.text)) if found else (self.element, "")

    def _forms(self) -> None:
        where, ref = self._said("LearnRefNumber")
        if ref and len(ref) <= 12 and not re.fullmatch(REF, ref):
            self.notes.fault(where, "has other characters than letters, digits and spaces; loaded as it stands.")
        for name, form in FORMS.items():
            where, text = self._said(name)
            if text and not re.fullmatch(form, text):
                self.notes.doubt(where, "has characters that no ILR takes here; loaded as it stands.")
        for name in NEEDED:
            where, text = self._said(name)
            if not text:
                self.notes.fault(where, "is missing, and every learner needs it.", name)

    def _texts(self) -> None:
        for name, field in TEXTS.items():
            where, text = self._said(name)
            if text:
                self._put(where, field, text)

    def _codes(self) -> None:
        for name, (field, known) in CODES.items():
            where, said = self._said(name)
            code = next((each for each in known if str(each) == said), None)
            if code is not None:
                self._put(where, field, code)
            elif said:
                self.notes.fault(where, "the code is not on the list; loaded without it.")

    def _unknowns(self) -> None:
        """ULN and postcode, of which one value each means that nobody knows it yet."""
        for name, field, unknown in (("ULN", "uln", ULN_NOT_YET_KNOWN), ("Postcode", "postcode", UNKNOWN_POSTCODE)):
            where, said = self._said(name)
            if said and said != unknown:
                self._put(where, field, said)
            elif said == ULN_NOT_YET_KNOWN:  # someone has to ask for it; an unknown postcode is an answer
                self.notes.fault(where, "not yet known (a placeholder); loaded without it.")

    def _birth_date(self) -> None:
        where, said = self._said("DateOfBirth")
        if said and (day := self.notes.day(where)):
            self._put(where, "date_of_birth", day)

    def _categories(self) -> None:
        """LLDD categories; they need the flag and follow the file as one value with it."""
        if "lldd" in self.values:
            self.values |= {"lldd_primary": None, "lldd_others": []}
        for group in self.element.all("LLDDandHealthProblem"):
            where, category = group.child("LLDDCat") or group, _number(group.said("LLDDCat"))
            if category not in LLDD_CATEGORIES:
                self.notes.fault(where, "the category is not on the list; loaded without it.", "LLDDCat")
            elif self.values.get("lldd") != Lldd.YES:
                self.notes.fault(where, "a category needs LLDDHealthProb 1; loaded without it.", "LLDDCat")
            else:
                self._put_category(category, is_primary=group.said("PrimaryLLDD") == "1")

    def _put_category(self, category: int, *, is_primary: bool) -> None:
        if is_primary and self.values["lldd_primary"] is None:
            self.values["lldd_primary"] = category
        others = {*self.values["lldd_others"], category} - {self.values["lldd_primary"]}
        self.values["lldd_others"] = sorted(others)

    def _employments(self) -> Iterator[Employment]:
        for group in self.element.all("LearnerEmploymentStatus"):
            day, status = self.notes.day_of(group, "DateEmpStatApp"), group.said("EmpStat")
            if day is None:
                self.notes.fault(group, "without its date the status cannot be placed; left out.", "DateEmpStatApp")
            elif status not in EMPLOYMENTS:
                self.notes.fault(group, "the code is missing or not on the list; the status is left out.", "EmpStat")
            else:
                yield Employment(group.line, day, status, self.notes.employer(group, "EmpId"))


def _fields(learner: Element) -> dict[str, Element]:
    """Its fields by name, the first of each; those of the old contact groups under the names of today."""
    fields: dict[str, Element] = {}
    for each in learner.children:
        fields.setdefault(each.name, each)
    for group in learner.all("LearnerContact"):
        if group.said("ContType") != PRIOR_ADDRESS:
            address = group.child("PostAdd")
            for each in [*group.children, *(address.children if address else [])]:
                fields.setdefault(NAMES_OF_OLD.get(each.name, each.name), each)
    return fields


def _number(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else -1
