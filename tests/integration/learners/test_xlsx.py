"""Workbooks instead of CSV: what Excel makes of cells, and files that nobody should believe."""

from __future__ import annotations

import io
import random
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, BinaryIO, cast

import pytest

from learners.files import importing, reading
from learners.files.faults import CellFault, FileFault, Outcome
from learners.files.importing import import_csv
from learners.files.kinds import kind_named
from learners.files.xlsx import archive, book
from learners.files.xlsx.sheet import rows
from learners.models import Learner, Qualification, Review
from tests import factories as make
from tests.integration.learners.conftest import BY, LEARNER, Load
from tests.integration.learners.workbooks import MAIN, by_hand, row, workbook, zipped

pytestmark = pytest.mark.once

HEADING = ("VQREF", "TITLE", "LEVEL", "AWARDINGBODY")
MEGABYTE = 1 << 20


def load_learners(load: Load, *changes: dict[str, Any]) -> Outcome:
    return load("learners", workbook([list(LEARNER), *([*(LEARNER | change).values()] for change in changes)]))


@pytest.mark.django_db
def test_a_workbook_says_what_a_csv_file_says(load: Load) -> None:
    typed = {
        "MIAP_ULN": 4123456781.0, "BIRTHDATE": date(2007, 7, 14), "START": datetime(2026, 9, 1), "ETHNICORIGIN": 31,
        "ADDR2": None,
    }  # fmt: skip
    assert load_learners(load, typed).created == 1
    learner = Learner.objects.get()
    assert (learner.uln, learner.date_of_birth, learner.start) == ("4123456781", date(2007, 7, 14), date(2026, 9, 1))
    assert (learner.ethnicity, learner.lldd_primary, learner.address2) == (31, 12, "")
    assert load("learners", LEARNER).unchanged == 1


@pytest.mark.django_db
def test_times_are_read_to_the_minute(load: Load) -> None:
    make.LearnerFactory(ident="AB12C")
    heading = ["IDENT", "TYPE", "SCHEDULED", "STARTTIME", "OFFICER", "ATTENDED", "ACTUAL"]
    assert load(
        "reviews", workbook([heading, ["AB12C", None, date(2026, 12, 3), time(10, 40), None, None, None]])
    ).created
    assert Review.objects.get().start_time == time(10, 40)


@pytest.mark.django_db
def test_one_bad_cell_refuses_the_workbook(load: Load) -> None:
    wrong = {"IDENT": "AB12D", "MIAP_ULN": "", "BIRTHDATE": "#N/A"}
    outcome = load_learners(load, {}, wrong)
    assert [(error.row, error.column) for error in outcome.errors] == [(3, "BIRTHDATE")]
    assert "#N/A" in outcome.errors[0].message
    assert not Learner.objects.exists()


STYLES = (
    '<numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="00000"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="11"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/>'
    '<xf numFmtId="20"/><xf numFmtId="46"/><xf numFmtId="11"/><xf numFmtId="165"/><xf numFmtId="22"/></cellXfs>'
)
STRINGS = (
    "<si><t>1E5xx</t></si><si><r><t>Ama</t></r><r><t>ra</t></r><rPh><t>no</t></rPh></si><si><t>a_x000D_b</t></si><si/>"
)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c t="s"><v>0</v></c>', "1E5xx"),
        ('<c t="s"><v>1</v></c>', "Amara"),
        ('<c t="s"><v>2</v></c>', "a\rb"),
        ('<c t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is></c>', "inline"),
        ("<c><v>1061485810.0</v></c>", "1061485810"),
        ("<c><v>1.06148581E9</v></c>", "1061485810"),
        ("<c><v>12345</v></c>", "12345"),
        ("<c><v>999999999999999</v></c>", "999999999999999"),
        ("<c><v>0.1</v></c>", "0.1"),
        ("<c><v>-5</v></c>", "-5"),
        ('<c s="5"><v>123</v></c>', "00123"),
        ('<c s="1"><v>46266</v></c>', "2026-09-01"),
        ('<c s="6"><v>46266</v></c>', "2026-09-01"),
        ('<c s="6"><v>46266.4375</v></c>', "2026-09-01 10:30"),
        ('<c s="2"><v>0.41666666666666669</v></c>', "10:00"),
        ('<c s="3"><v>0.4375</v></c>', "10:30"),
        ('<c t="d"><v>2026-09-01T00:00:00</v></c>', "2026-09-01"),
        ('<c t="b"><v>1</v></c>', "TRUE"),
        ('<c t="b"><v>0</v></c>', "FALSE"),
        ('<c t="str"><f>A2&amp;"x"</f><v>kept</v></c>', "kept"),
        ("<c><f>1+1</f><v>2</v></c>", "2"),
    ],
)  # fmt: skip
def test_a_cell_reads_as_its_text(cell: str, text: str) -> None:
    assert second_row(cell) == [text]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("<c><f>1+1</f></c>", "no value"),
        ("<c><f>1+1</f><v></v></c>", "no value"),
        ('<c t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!"),
        ("<c><v>12345678901234567</v></c>", "15 digits"),
        ("<c><v>1.2E34</v></c>", "15 digits"),
        ("<c><v>1E999</v></c>", "15 digits"),
        ('<c s="4"><v>100000</v></c>', "made a number"),
        ('<c s="3"><v>1.5</v></c>', "more than a day"),
        ('<c s="1"><v>99999999</v></c>', "can be read"),
        ('<c t="s"><v>77</v></c>', "can be read"),
        ('<c t="s"><v>-1</v></c>', "can be read"),
        ("<c><v>nonsense</v></c>", "can be read"),
        ("<c><v>nan</v></c>", "15 digits"),
    ],
)
def test_a_cell_that_cannot_be_read_says_why(cell: str, said: str) -> None:
    [fault] = second_row(cell)
    assert isinstance(fault, CellFault)
    assert said in str(fault)


def second_row(cell: str) -> list[Any]:
    data = by_hand(f"{row(1, 'A')}<row r='2'>{cell}</row>", strings=STRINGS, styles=STYLES)
    return list(rows(io.BytesIO(data)))[1][1]


def test_rows_keep_the_numbers_of_the_sheet_whatever_it_says_of_its_size() -> None:
    sheet = row(1, "A", "B") + "<row r='2'/>" + row(7, "x") + "<row><c r='B8'><v>1</v></c></row>"
    for dimension in ("A1", "A1:XFD1048576"):
        found = list(rows(io.BytesIO(by_hand(sheet, dimension=dimension))))
        assert found == [(1, ["A", "B"]), (7, ["x", ""]), (8, ["", "1"])]


def test_empty_rows_to_the_end_of_the_sheet_are_passed_over() -> None:
    empty = "".join(f'<row r="{number}"/>' for number in range(3, 1_048_576, 10))
    assert list(rows(io.BytesIO(by_hand(row(1, "A") + row(2, "x") + empty)))) == [(1, ["A"]), (2, ["x"])]


@pytest.mark.django_db
def test_a_heading_that_is_merged_over_columns_is_named(load: Load) -> None:
    [error] = load("qualifications", workbook([["VQREF", "TITLE", None, "AWARDINGBODY"]])).errors
    assert (error.row, error.message[:26]) == (1, "Column 3 has no heading. K")


# Files from outside


def bomb() -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made,
        made.open("xl/sheet", "w", force_zip64=True) as part,
    ):
        for _ in range(40):
            part.write(b"\0" * MEGABYTE)
    return stream.getvalue()


def locked() -> bytes:
    data = bytearray(by_hand(row(1, *HEADING)))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + place] |= 1
            at = data.find(mark, at + 1)
    return bytes(data)


def huge_directory() -> bytes:
    """An archive whose end says, truly, that its directory has 40 megabytes: the library would read them at once."""
    whole, size = by_hand(row(1, *HEADING)), 40 * MEGABYTE
    end = bytearray(whole[whole.rfind(b"PK\x05\x06") :])
    end[12:16], end[16:20] = size.to_bytes(4, "little"), len(whole).to_bytes(4, "little")
    return whole + bytes(size) + bytes(end)


def cut() -> bytes:
    data = by_hand(row(1, *HEADING))
    return data[: len(data) // 2]


def rotten() -> bytes:
    data = bytearray(workbook([HEADING, *(["Q", "T", "1", str(n)] for n in range(500))]))
    at = data.find(b"xl/worksheets/sheet1.xml") + 100
    data[at : at + 40] = b"\xff" * 40
    return bytes(data)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a zip bomb": (bomb, "unpacks to more"),
    "a thousand parts": (lambda: by_hand("", more=[(f"p{n}", "") for n in range(2_001)]), "unpacks to more"),
    "a styles part of megabytes": (
        lambda: by_hand(row(1, "A"), styles="".join(f"<xf a='{n * 7919:x}'/>" for n in range(150_000))),
        "unpacks to more",
    ),
    "a directory without end": (huge_directory, "damaged"),
    "an XML bomb": (
        lambda: by_hand("", more=[("xl/styles.xml", '<!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><b>&b;</b>')]),
        "DOCTYPE",
    ),
    "a document type in the sheet": (
        lambda: by_hand("", more=[("xl/worksheets/sheet1.xml", "<!DOCTYPE x><x/>")]),
        "DOCTYPE",
    ),
    "elements without end": (lambda: by_hand("<row>" * 100), "damaged"),
    "a tag without end": (
        lambda: by_hand(f"<row a='{''.join(random.choices('abcdef', k=3 * MEGABYTE))}'/>"),
        "damaged",
    ),
    "a cell without end": (lambda: by_hand(row(1, "x" * 100_000)), "damaged"),
    "a value without end": (lambda: by_hand(f"<row><c><v>{'1' * 100_000}</v></c></row>"), "damaged"),
    "a row of 16,000 columns": (
        lambda: by_hand(f"<row r='4'>{''.join(f'<c><v>{n}</v></c>' for n in range(16_000))}</row>"),
        "1000 columns",
    ),
    "a password": (locked, "password"),
    "an old workbook": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "password"),
    "half a workbook": (cut, "damaged"),
    "a workbook with rotten bytes": (rotten, "damaged"),
    "XML that is none": (lambda: by_hand("<row"), "damaged"),
    "a zip of something else": (lambda: zipped({"photo.txt": "x"}), "no Excel workbook"),
    "a Word document": (
        lambda: zipped({"_rels/.rels": f'<Relationships xmlns="{MAIN}"/>', "word/document.xml": "<w/>"}),
        "no Excel workbook",
    ),
    "nothing after the mark": (lambda: b"PK\x03\x04", "damaged"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_is_refused_in_bounded_memory(name: str, load: Load) -> None:
    make_it, said = HOSTILE[name]
    data = make_it()
    tracemalloc.start()
    try:
        outcome = load("qualifications", data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert said in outcome.errors[0].message
    assert outcome.error_count == 1
    assert peak < 16 * MEGABYTE
    assert not Qualification.objects.exists()


def test_shared_strings_are_not_held_without_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "LARGEST_STRINGS", 10_000)
    strings = "".join(f"<si><t>{number}</t></si>" for number in range(1_000))
    with pytest.raises(FileFault, match="unpacks to more"):
        list(rows(io.BytesIO(by_hand(row(1, "A"), strings=strings))))


@pytest.mark.django_db
@pytest.mark.parametrize("start", [b"PK\x03\x04", b"VQREF,TITLE,LEVEL,AWARDINGBODY\n"])
def test_a_file_of_two_gigabytes_is_refused_before_it_is_read(start: bytes) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(start)
        file.truncate(2 << 30)
        [error] = outcome_of(file).errors
    assert error.message == "The file is larger than 200 MB. Part it."


@pytest.mark.django_db
def test_a_pipe_without_end_is_not_copied_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b"x" * size

    monkeypatch.setattr(reading, "LARGEST_FILE", 3 * MEGABYTE)
    pipe = Endless()
    assert "larger than 3 MB" in outcome_of(cast(BinaryIO, pipe)).errors[0].message
    assert pipe.given <= 5 * MEGABYTE


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_more_rows_than_are_taken(form: str, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "MOST_ROWS", 3)
    table = [HEADING, *((f"Q{n}", "T", "1", "C&G") for n in range(4))]
    data = workbook(table) if form == "xlsx" else "".join(f"{','.join(line)}\n" for line in table).encode()
    [error] = load("qualifications", data).errors
    assert (error.row, "more than 3 rows" in error.message) == (5, True)


def outcome_of(stream: BinaryIO) -> Outcome:
    kind = kind_named("qualifications")
    assert kind
    return import_csv(kind, stream, by=BY)


def test_limits_leave_room_for_a_real_provider() -> None:
    """50,000 learners of 23 columns have some 60 MB of sheet and 20 MB of strings."""
    assert archive.LARGEST_UNPACKED >= 200 * MEGABYTE
    assert archive.LARGEST_STRINGS >= 40 * MEGABYTE
