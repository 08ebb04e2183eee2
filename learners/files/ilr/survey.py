"""The first reading of an ILR file: that it is whole, whose it is, of which year, and which learners it holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import BinaryIO

from learners.files.faults import FileFault
from learners.files.ilr.parsing import Element, elements, year_of
from learners.files.ilr.records import Note
from learners.values import cleaned

FIRST_YEAR, LAST_YEAR = "2016-17", "2025-26"  # whose files have been read here
MOST_LEARNERS = 200_000
_FILE_NAME = re.compile(r"ILR-([0-9]+)-([0-9]{4})-", re.IGNORECASE)


@dataclass
class IlrFile:
    """``first_lines`` of each LearnRefNumber; ``years`` as the file's parts give them, each with where it stands."""

    ukprn: str = ""
    ukprn_line: int = 1
    line: int = 1  # of the root
    first_lines: dict[str, int] = field(default_factory=dict)
    repeated: set[str] = field(default_factory=set)
    learners: int = 0
    years: dict[str, Note] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    @property
    def year(self) -> str:
        """That of the root's namespace, which comes first."""
        return next(iter(self.years), "")


def survey(stream: BinaryIO, name: str = "") -> IlrFile:
    """Read the whole file once before anything is changed by it. ``name`` is the file's: it is part of the format."""
    found = IlrFile()
    for element in elements(stream):
        _see_years(found, element)
        if element.name == "Message":
            found.line = element.line
        elif element.name == "LearningProvider":
            found.ukprn, found.ukprn_line = element.said("UKPRN"), (element.child("UKPRN") or element).line
        elif element.name == "Learner":
            _count(found, element)
    if not re.fullmatch("[0-9]{8}", found.ukprn):
        message = "LearningProvider gives no UKPRN of eight digits."
        raise FileFault(message, line=found.ukprn_line, column="UKPRN")
    if not found.learners:
        raise FileFault("The file holds no learner.", column="Learner")
    found.notes += [*_on_years(found), *_on_name(found, PurePath(name).name)]
    return found


def _count(found: IlrFile, learner: Element) -> None:
    ref = learner.said("LearnRefNumber")
    if ref in found.first_lines:
        found.repeated.add(ref)
    found.first_lines.setdefault(ref, learner.line)
    found.learners += 1
    if found.learners > MOST_LEARNERS:
        raise FileFault(f"The file holds more than {MOST_LEARNERS} learners.", line=learner.line)


def _see_years(found: IlrFile, element: Element) -> None:
    for each in (element, *element.children):
        year = year_of(each.namespace)
        if year and year not in found.years:
            found.years[year] = Note(each.line, each.name, f"is in the namespace of {year}")
        if each.name == "CollectionDetails" and (stated := _year_stated(cleaned(each.said("Year")))):
            line = next(each.all("Year")).line
            found.years.setdefault(stated, Note(line, "Year", f"says {stated}"))


def _year_stated(digits: str) -> str:
    """1819 as 2018-19; as it stands where it is no year."""
    return f"20{digits[:2]}-{digits[2:]}" if re.fullmatch("[0-9]{4}", digits) else digits[:10]


def _on_years(found: IlrFile) -> Iterator[Note]:
    for note in list(found.years.values())[1:]:
        message = f"{note.message}, the file's namespace {found.year}. Read as a file of {found.year}."
        yield Note(note.line, note.column, message)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        message = f"Files of {found.year} are not known here yet. Loaded as one of {LAST_YEAR}: look it through."
        yield Note(found.line, "Message", message)


def _on_name(found: IlrFile, name: str) -> Iterator[Note]:
    said = _FILE_NAME.match(name)
    if not said:
        return
    ukprn, year = said.group(1), _year_stated(said.group(2))
    if ukprn != found.ukprn:
        yield Note(found.ukprn_line, "UKPRN", f"is {found.ukprn}, in the file's name {ukprn}. The former counts.")
    if year != found.year:
        message = f"The file's name says {year}, its namespace {found.year}. The latter counts."
        yield Note(found.line, "Message", message)
