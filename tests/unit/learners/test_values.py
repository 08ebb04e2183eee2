import random
from datetime import date, time

import pytest

from learners.values import cleaned, folded, london_time_exists, new_ident, nino_is_valid, uln_is_valid


@pytest.mark.parametrize(
    ("uln", "valid"),
    [
        ("4123456781", True),
        ("1000000000", True),
        ("1061484016", True),
        ("9999999999", False),
        ("4123456782", False),
        ("1234567890", False),
        ("412345678", False),
        ("４123456781", False),
        ("", False),
    ],
)
def test_the_check_digit_of_a_uln(uln: str, valid: bool) -> None:
    assert uln_is_valid(uln) is valid


@pytest.mark.parametrize(
    ("nino", "valid"),
    [
        ("AB123456C", True),
        ("AB123456", True),
        ("AB123456E", False),
        ("DB123456C", False),
        ("AO123456C", False),
        ("ab123456c", False),
    ],
)
def test_a_nino(nino: str, valid: bool) -> None:
    assert nino_is_valid(nino) is valid


def test_a_new_ident_is_never_a_number_or_a_date_to_a_spreadsheet() -> None:
    rng = random.Random(1)
    for _ in range(2000):
        ident = new_ident(rng)
        assert len(ident) == 5
        assert ident[:2].isalpha()
        assert not set(ident) & set("AEIOU01")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Östen", "osten"),
        ("O'Dell", "odell"),
        ("O’Dell", "odell"),
        ("André", "andre"),
        ("STRAẞE", "strasse"),
        ("Łukasz Bjørn", "lukasz bjorn"),
        ("  Mac   Intosh ", "mac intosh"),
    ],
)
def test_text_is_folded_as_people_type_it(text: str, key: str) -> None:
    assert folded(text) == key


def test_what_cannot_be_seen_is_cleaned_away() -> None:
    assert cleaned("\u00a0AB12C ") == "AB12C"
    assert cleaned("\ufeffamara.lane@example.org\u200b") == "amara.lane@example.org"


@pytest.mark.parametrize(
    ("day", "at", "exists"),
    [
        (date(2027, 3, 28), time(0, 59), True),
        (date(2027, 3, 28), time(1, 0), False),
        (date(2027, 3, 28), time(1, 30), False),
        (date(2027, 3, 28), time(2, 0), True),
        (date(2027, 10, 31), time(1, 30), True),
    ],
)
def test_the_hour_that_the_clocks_skip(day: date, at: time, exists: bool) -> None:
    assert london_time_exists(day, at) is exists
