"""Templates name the columns that import takes, and say how to write each."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from learners.files.kinds import kind_named, kind_names
from learners.files.templates import csv_template, workbook_template
from tests.integration.learners.conftest import LEARNER, Load


@pytest.mark.django_db
@pytest.mark.parametrize("name", kind_names())
def test_a_template_is_a_file_of_that_kind_without_rows(name: str, load: Load) -> None:
    kind = kind_named(name)
    assert kind
    for data in (csv_template(kind).encode(), workbook_template(kind)):
        outcome = load(name, data)
        assert (outcome.created, outcome.updated, outcome.errors) == (0, 0, [])
    book = openpyxl.load_workbook(io.BytesIO(workbook_template(kind)))
    assert book.sheetnames == [name, "Columns"]
    explained = [row[0] for row in book["Columns"].iter_rows(min_row=2, values_only=True) if row[0]]
    assert explained == kind.headings() == next(csv.reader(io.StringIO(csv_template(kind))))


@pytest.mark.django_db
def test_a_column_says_whether_it_is_needed_and_which_words_it_takes(load: Load) -> None:
    kind = kind_named("learners")
    assert kind
    sheet = openpyxl.load_workbook(io.BytesIO(workbook_template(kind)))["Columns"]
    said = {row[0]: row[1:] for row in sheet.iter_rows(values_only=True)}
    assert said["IDENT"] == ("Always: it says which record", "Ident: five letters or digits")
    assert said["SYSTEM_STATUS"] == ("By a new record", "One of: Partial Entry, Live, Archived, Deleted")
    assert said["BIRTHDATE"] == ("May be blank", "Date: YYYY-MM-DD")
    assert set(said) >= set(LEARNER)
