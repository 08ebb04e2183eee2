"""Imports of files in the words, grids and links that their pages show."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator

from learners.files.guard import explained
from learners.files.jobs import ILR, import_kinds
from learners.models import FileImport
from learners.presenters.records import day
from learners.sensitive import SENSITIVE_FIELDS
from learners.words import FileImportState, Lacking
from picsweb.display import Badge, Bar, Cell, Fact, Grid, GridRow, Kind, Link

SHOWN_ERRORS = 100
BY_IDENT = ("Learner", "Organisation")
LONGEST_VALUE = 80
KIND_WORDS = {
    ILR: "ILR",
    "learner_officers": "Officers of learners",
    "delivery": "Qualifications of learners",
    "breaks": "Breaks in learning",
    "links": "OneFile links",
}
FIELD_WORDS = {"uln": "ULN", "nino": "NI number", "lldd": "LLDD", "lldd_primary": "Primary LLDD category"} | {
    "lldd_others": "Other LLDD categories", "edrs": "EDRS / ERN", "vq_reference": "VQ Reference"
}  # fmt: skip
KINDS: dict[str, Kind] = {
    FileImportState.READ: "warning",
    FileImportState.IMPORTED: "good",
    FileImportState.REFUSED: "bad",
    FileImportState.FAILED: "bad",
    FileImportState.DISCARDED: "neutral",
    FileImportState.EXPIRED: "neutral",
}
COUNT_WORDS = {"created": "New", "updated": "Changed", "unchanged": "As they were"}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def kind_words(kind: str) -> str:
    return KIND_WORDS.get(kind, kind.replace("_", " ").capitalize())


def kind_choices() -> list[tuple[str, str]]:
    return [(kind, kind_words(kind)) for kind in import_kinds()]


def address(job: FileImport) -> str:
    return reverse("learners:import", args=[job.pk])


def state_badge(job: FileImport) -> Badge:
    return Badge(state_words(job), KINDS.get(job.state, "info"))


def state_words(job: FileImport) -> str:
    if job.claim and job.state == FileImportState.TO_READ:
        return "Being read"
    if job.claim and job.state == FileImportState.TO_IMPORT:
        return "Being imported"
    return str(job.get_state_display())


def outcome_words(job: FileImport) -> str:
    if job.state == FileImportState.REFUSED:
        return _counted(job.error_count, "fault")
    changed = job.done.get("created", 0) + job.done.get("updated", 0)
    return f"{changed:,} new or changed" if job.done else ""


def when(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else ""


def bar(job: FileImport, progress: tuple[int, int] | None) -> Bar | None:
    if not job.claim or not progress or not progress[1]:
        return None
    done, total = progress
    unit = "learners" if job.kind == ILR else "rows"
    return Bar("How far it is", done, total, f"{done:,} of {total:,} {unit}")


def facts(job: FileImport) -> list[Fact]:
    found = [
        Fact("What it holds", kind_words(job.kind)),
        Fact("Size", _size(job.size)),
        Fact("Uploaded by", f"{job.uploaded_by}, {when(job.uploaded_at)}"),
    ]
    if job.approved_at:
        found.append(Fact("Import agreed to by", f"{job.approved_by}, {when(job.approved_at)}"))
    if job.ended_at:
        found.append(Fact("Ended", when(job.ended_at)))
    return found


def _size(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB" if size >= 1_000_000 else f"{size / 1000:,.1f} kB"


def _counted(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"


def counts(job: FileImport) -> Grid:
    """What the preview said and what was done stand side by side: others may have worked in between."""
    columns: list[tuple[str, Mapping[str, int]]] = []
    if job.expected:
        columns.append(("Expected" if job.done else "Would be", job.expected))
    if job.done:
        columns.append(("Done", job.done))
    rows = [
        GridRow([Cell(words), *(Cell(f"{values.get(name, 0):,}") for _, values in columns)])
        for name, words in COUNT_WORDS.items()
    ]
    unit = "Learners" if job.kind == ILR else "Rows"
    return Grid(f"{unit} by what becomes of them", [unit, *(head for head, _ in columns)], rows if columns else [])


def held(job: FileImport) -> list[str]:
    return explained(job.held)


def changes(job: FileImport, *, sees_sensitive: bool) -> Grid:
    unnamed = _drawn_idents(job)
    rows = [
        _change(change, "drawn when imported" if change["ident"] in unnamed else change["ident"], sees_sensitive)
        for change in job.preview
    ]
    return Grid("What would change", ["Ident", "Record", "Field", "Old", "New"], rows)


def changes_note(job: FileImport) -> str:
    shown = len(job.preview)
    return f"The first {shown:,} of {job.preview_count:,} changes." if shown < job.preview_count else ""


def _drawn_idents(job: FileImport) -> set[str]:
    """An ILR brings no Idents: those that the preview drew are drawn anew by the import."""
    if job.kind != ILR:
        return set()
    return {each["ident"] for each in job.preview if each["record"] in BY_IDENT and not each["field"]} - {""}


def _change(change: Mapping[str, str], ident: str, sees_sensitive: bool) -> GridRow:
    masked = change["field"] in SENSITIVE_FIELDS and not sees_sensitive
    field = Cell(_field(change["field"])) if change["field"] else Cell(badge=Badge("New", "good"))
    values = [Cell(_value(change[name]), masked=masked and bool(change[name])) for name in ("old", "new")]
    return GridRow([Cell(ident, short=True), Cell(change["record"]), field, *values])


def _field(name: str) -> str:
    if name.isupper():  # a column that another app keeps
        return name
    words = FIELD_WORDS.get(name, name.replace("_", " "))
    return words[:1].upper() + words[1:]


def _value(text: str) -> str:
    if _DAY.fullmatch(text):
        return day(date.fromisoformat(text))
    return Truncator(text).chars(LONGEST_VALUE)


def errors(job: FileImport) -> Grid:
    place = "Line" if job.kind == ILR else "Row"
    rows = [
        GridRow([Cell(str(error["row"] or ""), short=True), Cell(error["column"], short=True), Cell(error["message"])])
        for error in job.errors[:SHOWN_ERRORS]
    ]
    return Grid("Faults in the file", [place, "Column", "What is wrong"], rows)


def errors_words(job: FileImport) -> str:
    words = f"{_counted(job.error_count, 'fault')} in the file"
    shown = min(len(job.errors), SHOWN_ERRORS)
    return f"{words}; the first {shown} are shown" if shown < job.error_count else words


def errors_link(job: FileImport) -> Link:
    return Link("Download the faults as CSV", reverse("learners:import-errors", args=[job.pk]))


def lacking(counted: Mapping[Lacking, int]) -> Grid:
    learners = reverse("learners:learner-list")
    rows = [
        GridRow(
            [
                Cell(str(lack.label)),
                Cell(link=Link(_counted(count, "learner"), f"{learners}?lacks={lack}", about=f"lack: {lack.label}")),
            ]
        )
        for lack, count in counted.items()
        if count
    ]
    return Grid("Learners who lack something that a file does not bring", ["They lack", "Learners"], rows)


def conflicts(job: FileImport) -> list[tuple[str, str, Grid]]:
    """(LearnRefNumber, what it is about, ours and the file's values) of records that may be another person's."""
    return [_conflict(conflict) for conflict in job.conflicts]


def _conflict(conflict: Mapping[str, Any]) -> tuple[str, str, Grid]:
    about = f"LearnRefNumber {conflict['ref']} (line {conflict['line']}) and our record {conflict['ident']}"
    rows = [
        GridRow([Cell(label), Cell(_value(ours)), Cell(_value(theirs))]) for label, ours, theirs in conflict["facts"]
    ]
    return conflict["ref"], about, Grid(f"{about}: values", ["", "Our record", "The file"], rows)


def words(job: FileImport) -> str:
    """Where it stands and what to do next, in one sentence."""
    match job.state:
        case FileImportState.TO_READ:
            return "The file is read first; nothing is changed by that. You may leave this page and come back."
        case FileImportState.READ if job.error_count:
            return "Nothing has been changed yet. What has a fault below stays out; all else can be imported."
        case FileImportState.READ:
            return "Nothing has been changed yet. Look at what would change, then import or discard the file."
        case FileImportState.TO_IMPORT:
            return "It is being imported. You may leave this page and come back."
        case FileImportState.REFUSED:
            return "Nothing was changed. Put the faults right in the file and upload it again."
    return job.ending or "The file is in."


def seen(job: FileImport, shown: Bar | None) -> str:
    """Changes when the page would."""
    return f"{state_words(job)} {shown.text if shown else ''}"


def templates(kinds: Sequence[str]) -> Grid:
    return Grid("Empty files to fill in", ["What it holds"], [_files(kind, "import-template") for kind in kinds])


def exports(kinds: Sequence[str]) -> Grid:
    return Grid("Files of all records of a kind", ["What it holds"], [_files(kind, "export") for kind in kinds])


def _files(kind: str, page: str) -> GridRow:
    links = [
        Link(words, reverse(f"learners:{page}", args=[kind, form]), about=f"file of {kind_words(kind)}")
        for form, words in (("csv", "CSV"), ("xlsx", "Excel"))
    ]
    return GridRow([Cell(kind_words(kind))], links)
