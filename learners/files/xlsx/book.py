"""What a workbook says before its first sheet: where the sheet is, its shared strings, how numbers are shown."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from datetime import datetime

from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from learners.files.faults import FileFault
from learners.files.xlsx import xml
from learners.files.xlsx.archive import DAMAGED, LARGEST_STRINGS, NO_WORKBOOK, Archive

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


@dataclass
class Book:
    """``formats`` are the number formats by the style number that cells give."""

    sheet: str
    epoch: datetime
    strings: list[str]
    formats: list[str]


def book_of(archive: Archive) -> Book:
    workbook = next(iter(_targets(archive, "").values_of("officeDocument")), "")
    if not workbook:
        raise FileFault(NO_WORKBOOK)
    parts, said = _targets(archive, workbook), _Workbook()
    xml.read(archive.blocks(workbook), said)
    sheets = [parts.by_id[each] for each in said.sheets if each in parts.by_id]
    first = next((target for kind, target in sheets if kind == "worksheet"), "")
    if not first:
        raise FileFault("The workbook has no sheet with cells.")
    strings, styles = _Strings(), _Styles()
    for name in parts.values_of("sharedStrings"):
        xml.read(archive.blocks(name, most=LARGEST_STRINGS), strings)
    for name in parts.values_of("styles"):
        xml.read(archive.blocks(name), styles)
    return Book(first, MAC_EPOCH if said.counts_from_1904 else WINDOWS_EPOCH, strings.found, styles.formats())


def _targets(archive: Archive, part: str) -> _Relations:
    """Where other parts are, from the relations file that stands beside each part."""
    folder, name = posixpath.split(part)
    found = _Relations(folder)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    if relations not in archive:
        raise FileFault(NO_WORKBOOK)
    xml.read(archive.blocks(relations), found)
    return found


class _Quiet:
    def start(self, name: str, attributes: dict[str, str]) -> None:
        pass

    def end(self, name: str) -> None:
        pass

    def text(self, data: str) -> None:
        pass


class _Relations(_Quiet):
    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.by_id: dict[str, tuple[str, str]] = {}  # kind and target

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", self.folder, attributes.get("Target", ""))).lstrip("/")
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.by_id[attributes.get("Id", "")] = (kind, target)

    def values_of(self, kind: str) -> list[str]:
        """The first part of that kind, if there is one."""
        return [target for each, target in self.by_id.values() if each == kind][:1]


class _Workbook(_Quiet):
    def __init__(self) -> None:
        self.sheets: list[str] = []  # ids of relations, in the order of the tabs
        self.counts_from_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            self.sheets += [value for key, value in attributes.items() if key.endswith(" id")]
        elif name == "workbookPr":
            self.counts_from_1904 = attributes.get("date1904") in ("1", "true")


class _Strings(_Quiet):
    def __init__(self) -> None:
        self.found: list[str] = []
        self.text_of = InText()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.text_of.start(name)

    def text(self, data: str) -> None:
        self.text_of.text(data)

    def end(self, name: str) -> None:
        self.text_of.end(name)
        if name == "si":
            self.found.append(self.text_of.take())


@dataclass
class _Styles(_Quiet):
    codes: dict[str, str] = field(default_factory=lambda: {str(k): v for k, v in BUILTIN_FORMATS.items()})
    ids: list[str] = field(default_factory=list)
    in_cells: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self.codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self.in_cells = True
        elif name == "xf" and self.in_cells:
            self.ids.append(attributes.get("numFmtId", "0"))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self.in_cells = False

    def formats(self) -> list[str]:
        return [self.codes.get(each, "General") for each in self.ids]


class InText:
    """Gathers the ``t`` elements of one string: plain, or in runs; not how it is pronounced."""

    LONGEST = 70_000  # Excel itself has 32,767 at most

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._listens = self._is_phonetic = False

    def start(self, name: str) -> None:
        if name == "rPh":
            self._is_phonetic = True
        self._listens = name == "t" and not self._is_phonetic

    def text(self, data: str) -> None:
        if self._listens:
            self._length += len(data)
            if self._length > self.LONGEST:
                raise FileFault(DAMAGED)
            self._parts.append(data)

    def end(self, name: str) -> None:
        self._listens = False
        if name == "rPh":
            self._is_phonetic = False

    def take(self) -> str:
        text = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), "".join(self._parts))
        self._parts, self._length = [], 0
        return text
