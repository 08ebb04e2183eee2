"""What goes out as a sheet comes back as the same text, and nothing in it is ever computed."""

import csv
import io
import tracemalloc
from datetime import date, time

import pytest
from openpyxl import load_workbook

from learners.files.cells import plain
from learners.files.sheets import csv_lines, workbook_blocks

AWKWARD = [
    *("=1+1", "=HYPERLINK(A1)", "@SUM(1)", "-2+3", "+44 20 7946 0000", "#N/A", "#REF!"),
    *("1E500", "0012345", "9999999999", "10%", "TRUE", "2026-01-02", "3/4", "Zoë O’Neill", "a,b", 'say "yes"', "a\nb"),
]


def opened(heading, rows, title="Learners"):
    book = load_workbook(io.BytesIO(b"".join(workbook_blocks(title, heading, rows))))
    return book.active


@pytest.mark.parametrize("text", AWKWARD)
def test_a_cell_of_a_workbook_is_the_text_it_was(text):
    cell = opened(["Name"], [[text]])["A2"]

    assert (cell.value, cell.data_type, cell.number_format) == (text, "s", "@")


@pytest.mark.parametrize("text", AWKWARD)
def test_a_cell_of_csv_reads_back_and_is_no_formula(text):
    written = list(csv.reader(io.StringIO("".join(csv_lines(["Name"], [[text]])), newline="")))[1][0]

    assert plain(written) == text
    assert not written.startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((None, ""), (True, "Yes"), (False, "No"), (0, "0"), (7, "7")),
        *((date(2026, 11, 23), "2026-11-23"), (time(9, 5), "09:05"), (["Assessor", "IQA"], "Assessor, IQA")),
    ],
)
def test_values_are_written_as_import_reads_them(value, text):
    assert list(csv_lines(["A", "B"], [[value, "end"]]))[1].startswith((f"{text},", f'"{text}",'))
    assert (opened(["A"], [[value]])["A2"].value or "") == text


def test_what_xml_cannot_hold_is_left_out_of_a_workbook():
    assert opened(["Name"], [["a\x0bb\x00c"]])["A2"].value == "abc"


def test_the_heading_is_bold_and_stays_in_view():
    sheet = opened(["Name", "Ident"], [["Ada", "BCD23"]], title="A very long title of a list: 1/2 [all]")

    assert [cell.font.bold for cell in sheet[1]] == [True, True]
    assert [cell.font.bold for cell in sheet[2]] == [False, False]
    assert sheet.freeze_panes == "A2"
    assert sheet.title == "A very long title of a list  1 "


def test_many_rows_need_no_more_memory_than_few():
    def peak(count):
        tracemalloc.start()
        for _ in workbook_blocks("Learners", ["Name"] * 5, (["Ada Lovelace"] * 5 for _ in range(count))):
            pass
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(10)
    assert peak(2000) < 2 * peak(200)
