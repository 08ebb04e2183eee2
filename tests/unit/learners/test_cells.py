from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learners.files.cells import CLOCK, DAY, IDENT, LLDD, NUMBER, ROLES, lldd_text, plain, safe, word
from learners.files.faults import CellFault
from learners.values import cleaned


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+44 161", "'+44 161"),
        ("-", "'-"),
        ("@home", "'@home"),
        ("'=x", "''=x"),
        ("'tis", "'tis"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_a_formula_is_shown_as_text(value: str, cell: str) -> None:
    assert safe(value) == cell
    assert plain(cell) == value


VISIBLE = st.text(st.characters(exclude_categories=["Cc", "Cs"]))


@given(st.one_of(VISIBLE, st.from_regex(r"'*[=+\-@].*", fullmatch=True).filter(str.isprintable)))
def test_any_text_comes_back_as_it_went_out(text: str) -> None:
    assert plain(safe(cleaned(text))) == cleaned(text)


def test_a_control_character_is_refused() -> None:
    with pytest.raises(CellFault, match="control"):
        plain("Am\x00ara")


@pytest.mark.parametrize("text", ["2007-02-30", "2007-2-3", "14/07/2007", "20070714", "today", "2007-02-30T00:00"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(CellFault):
        DAY.read(text)


@pytest.mark.parametrize("text", ["9:00", "24:00", "09.00", "09:00:00", "0900"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(CellFault):
        CLOCK.read(text)


@pytest.mark.parametrize("text", ["1.5", "-1", "1e3", "١", "12345678901"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(CellFault):
        NUMBER.read(text)


def test_values_are_read_and_written() -> None:
    assert DAY.read("2008-02-29") == date(2008, 2, 29)
    assert CLOCK.read("09:05") == time(9, 5)
    assert CLOCK.write(time(9, 5)) == "09:05"
    assert IDENT.read("ab12c") == "AB12C"
    assert ROLES.read("assessor * Main Adviser*") == ["Assessor", "Main Adviser"]
    assert word(["Live", "Deleted"]).read("LIVE") == "Live"


@pytest.mark.parametrize("text", ["Assessor*Wizard", "Verifier"])
def test_an_unknown_role_is_refused(text: str) -> None:
    with pytest.raises(CellFault, match="Not one of"):
        ROLES.read(text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("2", (2, None, [])),
        ("1*12", (1, 12, [])),
        ("1*4*12*9", (1, 4, [12, 9])),
        ("1**12", (1, None, [12])),
    ],
)
def test_lldd_is_flag_primary_others(text: str, values: tuple[int, int | None, list[int]]) -> None:
    read = LLDD.read(text)
    assert (read["lldd"], read["lldd_primary"], read["lldd_others"]) == values
    assert lldd_text(*values) == text


@pytest.mark.parametrize("text", ["3", "yes", "1*x", "*4"])
def test_a_wrong_lldd_is_refused(text: str) -> None:
    with pytest.raises(CellFault):
        LLDD.read(text)
