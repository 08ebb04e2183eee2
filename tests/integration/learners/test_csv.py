from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date, time

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from learners.actor import Actor
from learners.files import importing
from learners.files.exporting import csv_lines
from learners.files.faults import LISTED, Outcome
from learners.files.kinds import kind_named
from learners.models import DeliveryPlanLine, Learner, Officer, Organisation, Review, Tag, Unit
from learners.registry import ExtraColumn, registry
from learners.services import learners
from tests import factories as make
from tests.integration.learners.conftest import LEARNER, Load, as_csv

pytestmark = pytest.mark.django_db

OFFICER = {
    "IDENT": "OF001", "FIRSTNAME": "Bryn", "SURNAME": "Tallis", "EMAIL": "bryn@provider.example", "PHONE": "",
    "MOBILE": "", "ROLES": "Assessor*Main Adviser", "OTHER_SYSTEM_ID": "",
}  # fmt: skip
ORGANISATION = {
    "EMPCODE": "EM001", "EMPNAME": "Pitt & Sons' Joinery", "EMPADDR1": "1 Mill Lane", "EMPADDR2": "", "EMPADDR3": "",
    "EMPADDR4": "", "EMPADDR5": "", "EMPPOSTCODE": "M2 2BB", "EMPPHONE": "", "EMPEMAIL": "", "EMPWEBSITE": "",
    "EMPEDRS": "123456789", "ADDITIONAL_ID": "", "EMPCONTACT": "Ann Pitt",
}  # fmt: skip
LINE = {
    "IDENT": "AB12C", "VQREF": "157AS", "ASSESSOR": "OF001", "START": "2026-09-01", "EXPECTEDEND": "2028-08-31",
    "ACTUALEND": "", "TOTALELEMENTS": "40", "ELEMENTSDONE": "10", "REGNUMBER": "R1", "REGDATE": "2026-10-01",
    "CERTAPPLIED": "", "CERTRECEIVED": "",
}  # fmt: skip
REVIEW = {
    "IDENT": "AB12C", "TYPE": "Normal", "SCHEDULED": "2026-12-03", "STARTTIME": "10:00", "OFFICER": "OF001",
    "ATTENDED": "Unknown", "ACTUAL": "",
}  # fmt: skip
EVERYTHING = {
    "officers": OFFICER,
    "organisations": ORGANISATION,
    "qualifications": {"VQREF": "157AS", "TITLE": "Joiner", "LEVEL": "2", "AWARDINGBODY": "C&G"},
    "learners": LEARNER | {"MAIN_OFFICER": "OF001"},
    "breaks": {"IDENT": "AB12C", "FROM": "2027-01-01", "TO": ""},
    "placements": {"IDENT": "AB12C", "EMPCODE": "EM001", "TYPE": "P", "START": "2026-09-01", "END": ""},
    "delivery": LINE,
    "units": {"IDENT": "AB12C", "VQREF": "157AS", "UNITREF": "U1", "TITLE": "Safety", "UNITEND": "2026-11-01"},
    "reviews": REVIEW,
    "learner_officers": {"IDENT": "AB12C", "OFFICER": "OF001", "ROLE": "Mentor"},
}


@pytest.fixture
def everything(load: Load) -> None:
    for kind, row in EVERYTHING.items():
        assert load(kind, row).created == 1, kind


def counts(outcome: Outcome) -> tuple[int, int, int]:
    assert not outcome.errors, outcome.errors
    return outcome.created, outcome.updated, outcome.unchanged


def exported(kind: str, *, with_sensitive: bool = True) -> list[str]:
    found = kind_named(kind)
    assert found
    return list(csv_lines(found, with_sensitive=with_sensitive))


def test_the_kinds_and_columns_are_those_agreed() -> None:
    assert {name: kind.headings() for name in EVERYTHING if (kind := kind_named(name))} == {
        "officers": ["IDENT", "FIRSTNAME", "SURNAME", "EMAIL", "PHONE", "MOBILE", "ROLES", "OTHER_SYSTEM_ID"],
        "organisations": [
            "EMPCODE",
            "EMPNAME",
            *(f"EMPADDR{line}" for line in range(1, 6)),
            "EMPPOSTCODE",
            "EMPPHONE",
            "EMPEMAIL",
            "EMPWEBSITE",
            "EMPEDRS",
            "EMPCONTACT",
            "ADDITIONAL_ID",
        ],
        "qualifications": ["VQREF", "TITLE", "LEVEL", "AWARDINGBODY"],
        "learners": list(LEARNER),
        "breaks": ["IDENT", "FROM", "TO"],
        "placements": ["IDENT", "EMPCODE", "TYPE", "START", "END"],
        "delivery": list(LINE),
        "units": ["IDENT", "VQREF", "UNITREF", "TITLE", "UNITEND"],
        "reviews": [*REVIEW, "ONEFILE_SYSTEM_ID"],
        "learner_officers": ["IDENT", "OFFICER", "ROLE"],
    }


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("kind", EVERYTHING)
def test_a_second_import_changes_nothing(kind: str, load: Load) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert counts(load(kind, EVERYTHING[kind])) == (0, 0, 1)
    assert not [query for query in queries if query["sql"].startswith(("INSERT", "UPDATE"))]


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("kind", EVERYTHING)
def test_an_export_is_an_import_that_changes_nothing(kind: str, load: Load) -> None:
    assert counts(load(kind, "".join(exported(kind)).encode())) == (0, 0, 1)


@pytest.mark.usefixtures("everything")
def test_values_arrive_as_they_are_written() -> None:
    learner = Learner.objects.get(ident="AB12C")
    assert (learner.full_name, learner.uln, learner.nino) == ("Amara Okafor-Lane", "4123456781", "AB123456C")
    assert (learner.date_of_birth, learner.start) == (date(2007, 7, 14), date(2026, 9, 1))
    assert (learner.lldd, learner.lldd_primary, learner.lldd_others) == (1, 12, [4])
    assert (str(learner.main_officer), str(learner.main_tag)) == ("Bryn Tallis", "Joinery 26")
    assert Officer.objects.get().roles == ["Assessor", "Main Adviser"]
    assert Organisation.objects.get().contact == "Ann Pitt"
    assert Review.objects.get().start_time == time(10)
    assert Unit.objects.get().actual_end == date(2026, 11, 1)
    assert learner.history.first().history_change_reason == "test"


# Blank and dash


def test_a_blank_leaves_and_a_dash_clears(load: Load) -> None:
    load("learners", LEARNER | {"ACTUALEND": "2026-10-02"})
    blank = {"EMAIL": "", "MOBILE": "", "ACTUALEND": "", "LLDD": "", "MAIN_TAG": ""}
    assert counts(load("learners", LEARNER | blank)) == (0, 0, 1)
    dashes = {"MOBILE": "-", "ACTUALEND": "-", "LLDD": "-", "MAIN_TAG": "-", "MIAP_ULN": "-"}
    assert counts(load("learners", LEARNER | dashes)) == (0, 1, 0)
    learner = Learner.objects.get()
    assert (learner.mobile, learner.actual_end, learner.lldd, learner.main_tag, learner.uln) == (
        "",
        None,
        None,
        None,
        "",
    )
    assert learner.email == "amara.lane@example.org"


def test_what_a_record_needs_cannot_be_cleared(load: Load) -> None:
    load("learners", LEARNER)
    outcome = load("learners", LEARNER | {"SURNAME": "-"})
    assert [(error.row, error.column) for error in outcome.errors] == [(2, "SURNAME")]


@pytest.mark.parametrize("column", ["IDENT", "FIRSTNAME", "SURNAME", "START", "SYSTEM_STATUS"])
def test_a_new_learner_needs(column: str, load: Load) -> None:
    [error] = load("learners", LEARNER | {column: ""}).errors
    assert (error.row, error.column) == (2, column)


def test_a_new_learner_needs_no_more(load: Load) -> None:
    needed = {"IDENT", "FIRSTNAME", "SURNAME", "START", "SYSTEM_STATUS"}
    row = {name: value if name in needed else "" for name, value in LEARNER.items()}
    assert counts(load("learners", row)) == (1, 0, 0)


# One bad row refuses the file


def test_a_wrong_birth_date_refuses_the_file_and_changes_nothing(load: Load) -> None:
    load("learners", LEARNER)
    good = LEARNER | {"IDENT": "AB12D", "MIAP_ULN": "", "MAIN_TAG": "New"}
    outcome = load("learners", good, LEARNER | {"BIRTHDATE": "2007-02-30"})
    assert [(error.row, error.column) for error in outcome.errors] == [(3, "BIRTHDATE")]
    assert (outcome.created, outcome.updated, outcome.unchanged) == (0, 0, 0)
    assert Learner.objects.count() == 1
    assert not Tag.objects.filter(name="New").exists()


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("MIAP_ULN", "4123456782"),
        ("NINUMBER", "DA123456C"),
        ("EMAIL", "amara at example"),
        ("SEX", "X"),
        ("ETHNICORIGIN", "12"),
        ("LLDD", "1*50"),
        ("LLDD", "2*4"),
        ("BIRTHDATE", "2100-01-01"),
        ("BIRTHDATE", "0001-01-01"),
        ("BIRTHDATE", "14/07/2007"),
        ("ACTUALEND", "2026-08-31"),
        ("SYSTEM_STATUS", "Gone"),
        ("MAIN_OFFICER", "NOONE"),
        ("FIRSTNAME", "x" * 101),
        ("MAIN_TAG", "x" * 101),
        ("SURNAME", "Am\x07ara"),
    ],
)
def test_a_wrong_cell_is_named(column: str, cell: str, load: Load) -> None:
    [error] = load("learners", LEARNER | {column: cell}).errors
    assert (error.row, error.column) == (2, column)


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize(
    ("kind", "change", "column"),
    [
        ("officers", {"ROLES": "Wizard"}, "ROLES"),
        ("officers", {"IDENT": "NEW01", "SURNAME": ""}, "SURNAME"),
        ("officers", {"SURNAME": "-"}, "SURNAME"),
        ("organisations", {"EMPEDRS": "12A"}, "EMPEDRS"),
        ("breaks", {"IDENT": "NOONE"}, "IDENT"),
        ("breaks", {"FROM": "2027-02-01"}, "FROM"),
        ("breaks", {"TO": "2026-12-31"}, "TO"),
        ("placements", {"EMPCODE": "NOONE"}, "EMPCODE"),
        ("placements", {"TYPE": "Z"}, "TYPE"),
        ("delivery", {"VQREF": "999AS"}, "VQREF"),
        ("delivery", {"ASSESSOR": "NOONE"}, "ASSESSOR"),
        ("delivery", {"ELEMENTSDONE": "41"}, "ELEMENTSDONE"),
        ("delivery", {"TOTALELEMENTS": "-5"}, "TOTALELEMENTS"),
        ("delivery", {"START": ""}, "START"),
        ("units", {"VQREF": "158AS"}, "VQREF"),
        ("reviews", {"SCHEDULED": "2027-03-28", "STARTTIME": "01:30"}, "STARTTIME"),
        ("reviews", {"ATTENDED": "Perhaps"}, "ATTENDED"),
        ("reviews", {"TYPE": "Chat"}, "TYPE"),
        ("learner_officers", {"ROLE": "Wizard"}, "ROLE"),
    ],
)
def test_a_wrong_cell_of_any_kind_is_named(kind: str, change: dict[str, str], column: str, load: Load) -> None:
    [error] = load(kind, EVERYTHING[kind] | change).errors
    assert (error.row, error.column) == (2, column)


def test_no_message_repeats_a_personal_value(load: Load) -> None:
    wrong = {"MIAP_ULN": "4123456782", "NINUMBER": "DA123456C", "EMAIL": "secret at example"}
    outcome = load("learners", LEARNER | wrong)
    assert len(outcome.errors) == 3
    assert not [error for error in outcome.errors for value in wrong.values() if value in error.message]


def test_the_same_key_twice_is_refused(load: Load) -> None:
    [error] = load("learners", LEARNER, LEARNER | {"IDENT": "ab12c"}).errors
    assert (error.row, error.message) == (3, "The same key stands in row 2.")


def test_a_file_of_faults_is_listed_in_part_and_counted_whole(load: Load) -> None:
    rows = [LEARNER | {"IDENT": f"A{number:04d}", "BIRTHDATE": "never"} for number in range(250)]
    outcome = load("learners", *rows)
    assert (len(outcome.errors), outcome.error_count) == (LISTED, 250)


# Headings, bytes, invisible characters


@pytest.mark.parametrize(
    ("heading", "column", "said"),
    [
        ("VQREF,TITLE,LEVEL,AWARDINGBODY,COLOUR", "COLOUR", "Unknown column COLOUR"),
        ("VQREF,TITLE,LEVEL", "AWARDINGBODY", "Missing column AWARDINGBODY"),
        ("VQREF,TITLE,TITLE,LEVEL,AWARDINGBODY", "TITLE", "twice"),
        ("VQREF;TITLE;LEVEL;AWARDINGBODY", "VQREF;TITLE;LEVEL;AWARDINGBODY", "parted by semicolons"),
        ("", "", "empty"),
    ],
)
def test_a_wrong_heading_is_named(heading: str, column: str, said: str, load: Load) -> None:
    [error] = load("qualifications", f"{heading}\n".encode()).errors
    assert (error.row, error.column) == (1, column)
    assert said in error.message


def test_columns_in_any_order_and_optional_ones_left_out(load: Load) -> None:
    row = dict(reversed(ORGANISATION.items()))
    del row["EMPCONTACT"]
    assert counts(load("organisations", row)) == (1, 0, 0)


def test_invisible_characters_are_cleaned(load: Load) -> None:
    row = {f"{name}\u00a0": value for name, value in LEARNER.items()}
    row |= {"IDENT\u00a0": "\u00a0AB12C ", "EMAIL\u00a0": "\ufeffamara.lane@example.org\u200b"}
    assert counts(load("learners", b"\xef\xbb\xbf" + as_csv(row))) == (1, 0, 0)
    assert Learner.objects.get(ident="AB12C").email == "amara.lane@example.org"


def test_another_encoding_is_refused_by_line(load: Load) -> None:
    [error] = load(
        "learners", as_csv(LEARNER, LEARNER | {"IDENT": "AB12D", "FIRSTNAME": "André"}).decode().encode("cp1252")
    ).errors
    assert error.row == 3
    assert "UTF-8" in error.message
    assert not Learner.objects.exists()


def test_a_cut_row_is_refused(load: Load) -> None:
    [error] = load("qualifications", b"VQREF,TITLE,LEVEL,AWARDINGBODY\n157AS,Joiner\n").errors
    assert (error.row, error.message) == (2, "The row has 2 cells where the heading has 4.")


def test_formulas_go_out_as_text_and_come_back(load: Load) -> None:
    load("learners", LEARNER | {"SURNAME": "=cmd()", "PHONE": "+44 161 496 0001", "ADDR1": "'-", "ADDR2": "''=x"})
    learner = Learner.objects.get()
    assert (learner.surname, learner.address1, learner.address2) == ("=cmd()", "-", "'=x")
    line = exported("learners")[1]
    assert "'=cmd()," in line
    assert ",'+44 161 496 0001," in line
    assert ",'-,''=x," in line
    assert counts(load("learners", "".join(exported("learners")).encode())) == (0, 0, 1)


def test_sensitive_values_stay_blank_for_those_who_may_not_see_them(load: Load) -> None:
    load("learners", LEARNER)
    text = "".join(exported("learners", with_sensitive=False))
    assert not [value for value in ("AB123456C", ",31,", "1*12*4") if value in text]
    assert counts(load("learners", text.encode())) == (0, 0, 1)


def test_a_dry_run_says_the_same_and_changes_nothing(load: Load) -> None:
    assert counts(load("learners", LEARNER, dry_run=True)) == (1, 0, 0)
    assert not Learner.objects.exists()
    assert not Tag.objects.exists()


# Keys of their own kind


@pytest.mark.usefixtures("everything")
class TestDelivery:
    def starts(self) -> list[date]:
        return [line.start for line in DeliveryPlanLine.objects.order_by("start")]

    def test_an_open_line_takes_another_start(self, load: Load) -> None:
        assert counts(load("delivery", LINE | {"START": "2026-09-08"})) == (0, 1, 0)
        assert self.starts() == [date(2026, 9, 8)]

    def test_after_an_ended_line_a_second_one_is_made(self, load: Load) -> None:
        load("delivery", LINE | {"ACTUALEND": "2026-12-01"})
        assert counts(load("delivery", LINE | {"START": "2027-02-01"})) == (1, 0, 0)
        assert self.starts() == [date(2026, 9, 1), date(2027, 2, 1)]

    @pytest.mark.parametrize("turned", [False, True])
    def test_two_rows_of_one_file_are_two_lines(self, load: Load, *, turned: bool) -> None:
        rows = [LINE, LINE | {"START": "2027-02-01"}]
        assert counts(load("delivery", *(reversed(rows) if turned else rows))) == (1, 0, 1)
        assert counts(load("delivery", *rows)) == (0, 0, 2)
        assert self.starts() == [date(2026, 9, 1), date(2027, 2, 1)]

    def test_units_are_those_of_the_latest_line(self, load: Load) -> None:
        load("delivery", LINE, LINE | {"START": "2027-02-01"})
        assert counts(load("units", EVERYTHING["units"])) == (1, 0, 0)
        assert [unit.line.start for unit in Unit.objects.order_by("line__start")] == self.starts()
        assert len(exported("units")) == 2

    def test_the_case_of_a_vq_reference_is_of_no_meaning(self, load: Load) -> None:
        assert counts(load("delivery", LINE | {"VQREF": "157as"})) == (0, 0, 1)
        assert counts(load("qualifications", EVERYTHING["qualifications"] | {"VQREF": "157as"})) == (0, 0, 1)


@pytest.mark.usefixtures("everything")
def test_another_time_is_another_review(load: Load) -> None:
    assert counts(load("reviews", REVIEW | {"STARTTIME": "11:00"})) == (1, 0, 0)
    assert counts(load("reviews", REVIEW | {"ATTENDED": "Yes", "ACTUAL": "2026-12-03"})) == (0, 1, 0)


# Columns of another app


class OtherSystem:
    """Another app that knows reviews and officers by ids of its own."""

    def __init__(self) -> None:
        self.ids: dict[tuple[type[Model], int], str] = {}

    def read_all(self, records: Sequence[Model]) -> dict[int, str]:
        return {record.pk: self.ids.get((type(record), record.pk), "") for record in records}

    def check(self, record: Model | None, text: str) -> None:
        if text and not text.isdigit():
            raise ValueError("An id is digits only.")

    def write(self, record: Model, text: str, by: Actor) -> bool:
        self.ids[type(record), record.pk] = text
        return True

    def review(self, text: str) -> Review | None:
        return next((Review.objects.get(pk=pk) for (_, pk), known in self.ids.items() if known == text), None)


@pytest.fixture
def other_system(monkeypatch: pytest.MonkeyPatch) -> Iterator[OtherSystem]:
    other = OtherSystem()
    column = {"read_all": other.read_all, "check": other.check, "write": other.write}
    columns = {
        "officers": [ExtraColumn(name="OTHER_SYSTEM_ID", **column)],
        "reviews": [ExtraColumn(name="ONEFILE_SYSTEM_ID", **column)],
    }
    monkeypatch.setattr(registry, "file_columns", columns)
    monkeypatch.setattr(registry, "review_by_other_id", other.review)
    yield other


def test_a_column_that_nobody_keeps_must_be_blank(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "file_columns", {})
    [error] = load("officers", OFFICER | {"OTHER_SYSTEM_ID": "500101"}).errors
    assert (error.row, error.column) == (2, "OTHER_SYSTEM_ID")
    assert counts(load("officers", OFFICER)) == (1, 0, 0)


def test_another_app_s_column_is_checked_written_and_exported(load: Load, other_system: OtherSystem) -> None:
    [error] = load("officers", OFFICER | {"OTHER_SYSTEM_ID": "5x"}).errors
    assert (error.column, error.message) == ("OTHER_SYSTEM_ID", "An id is digits only.")
    assert counts(load("officers", OFFICER | {"OTHER_SYSTEM_ID": "500101"})) == (1, 0, 0)
    assert counts(load("officers", OFFICER)) == (0, 0, 1)
    assert "500101" in exported("officers")[1]
    assert counts(load("officers", OFFICER | {"OTHER_SYSTEM_ID": "-"})) == (0, 1, 0)


@pytest.mark.usefixtures("everything")
def test_a_review_is_known_by_the_other_system_s_id(load: Load, other_system: OtherSystem) -> None:
    row = REVIEW | {"ONEFILE_SYSTEM_ID": "88001"}
    assert counts(load("reviews", row)) == (0, 1, 0)  # the one that was planned so gets the id
    assert counts(load("reviews", row | {"SCHEDULED": "2026-12-10"})) == (0, 1, 0)
    assert counts(load("reviews", row, row | {"ONEFILE_SYSTEM_ID": "88002"})) == (1, 1, 0)
    assert Review.objects.count() == 2
    learners.create(ident="AB12D", by=Actor("test"))
    [error] = load("reviews", row | {"IDENT": "AB12D"}).errors
    assert error.column == "ONEFILE_SYSTEM_ID"


# Size


def test_the_queries_of_unchanged_rows_do_not_grow_with_them(load: Load) -> None:
    def rows(number: int) -> list[dict[str, str]]:
        return [LEARNER | {"IDENT": f"A{n:04d}", "MAIN_OFFICER": "OF001"} for n in range(number)]

    make.OfficerFactory(ident="OF001")
    load("learners", *rows(40))
    seen = []
    for number in (5, 40):
        with CaptureQueriesContext(connection) as queries:
            assert counts(load("learners", *rows(number))) == (0, 0, number)
        seen.append(len(queries))
    assert seen[0] == seen[1]


def test_rows_beyond_one_chunk(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK", 3)
    rows = [LEARNER | {"IDENT": f"A{number:04d}", "MAIN_TAG": f"New {number % 2}"} for number in range(10)]
    assert counts(load("learners", *rows)) == (10, 0, 0)
    assert Tag.objects.count() == 2


def test_progress_is_told_in_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK", 2)
    told: list[tuple[int, int]] = []
    kind, data = kind_named("learners"), as_csv(*(LEARNER | {"IDENT": f"AB12{n}", "MIAP_ULN": ""} for n in range(3)))
    assert kind
    importing.import_csv(kind, io.BytesIO(data), by=Actor("test"), progress=lambda done, of: told.append((done, of)))
    assert told == [(2, 3), (3, 3)]
