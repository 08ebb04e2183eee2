"""Codes in brackets, availability, exact keys."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onefile_integration.rules.matching import availability, code_of, same_person, same_text
from onefile_integration.rules.sides import Standard

A, B = Standard(4001, 101, "196AS", "One [196AS]"), Standard(4002, 101, "196AS", "Two [196AS]")
GONE = replace(B, is_missing=True)
C, D = Standard(5001, 102, "196AS", "One [196AS]", "Harbour"), Standard(5002, 103, "196AS", "One [196AS]")


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("Business Administrator [196AS]", "196AS"),
        ("Business Administrator [196as] ", "196AS"),
        ("Business Administrator [ 603/2954/9 ]", "603/2954/9"),
        ("Diploma [old] in Joinery [196AS]", "196AS"),
        ("Diploma [196AS] (2025)", ""),
        ("Diploma 196AS", ""),
        ("Diploma []", ""),
        ("Diploma [[196AS]]", ""),
        ("Diploma [196AS]]", ""),
        ("Diploma [1196AS]", "1196AS"),
        ("", ""),
    ],
)
def test_the_code_that_ends_a_title(title: str, code: str) -> None:
    assert code_of(title) == code


def test_a_code_is_never_a_part_of_a_longer_one() -> None:
    longer = Standard(1, 101, code_of("X [1196AS]"), "X [1196AS]")
    assert availability("196AS", 101, [longer]).options == ()


@pytest.mark.parametrize(
    ("standards", "chosen", "standard", "options"),
    [
        ([], None, None, 0),
        ([A], None, A, 1),
        ([A, B], None, None, 2),
        ([A, B], 4002, B, 2),
        ([A, B], 9999, None, 2),
        ([A, C], None, A, 2),
        ([A, B, C], None, None, 3),
        ([C], None, C, 1),
        ([C, D], None, None, 2),
        ([C, D], 5002, D, 2),
        ([GONE], None, None, 1),
        ([A, GONE], None, None, 2),
        ([GONE, C], None, None, 2),
        ([GONE], 4002, None, 1),
    ],
)
def test_availability(standards: list[Standard], chosen: int | None, standard: Standard | None, options: int) -> None:
    found = availability(" 196as ", 101, standards, chosen)
    assert (found.standard, len(found.options)) == (standard, options)


@pytest.mark.parametrize(
    ("standards", "chosen", "needs", "elsewhere"),
    [
        ([], None, "", ()),
        ([A], None, "", ()),
        ([A], 9999, "pathway", ()),
        ([A, B], None, "pathway", ()),
        ([A, B, C], None, "pathway", ()),
        ([A, C], None, "", ()),
        ([GONE], None, "", ()),
        ([A, GONE], None, "pathway", ()),
        ([C], None, "", ("Harbour",)),
        ([C, D], None, "centre", ("Harbour", "OneFile's centre 103")),
        ([C, D], 5002, "", ("Harbour", "OneFile's centre 103")),
    ],
)
def test_what_is_to_be_chosen(
    standards: list[Standard], chosen: int | None, needs: str, elsewhere: tuple[str, ...]
) -> None:
    found = availability("196AS", 101, standards, chosen)
    assert (found.needs, found.elsewhere) == (needs, elsewhere)


@pytest.mark.parametrize(
    ("standards", "last_used", "last"),
    [
        ([A, B], {}, None),
        ([A, B], {4001: 7}, A),
        ([A, B], {4001: 7, 4002: 9}, B),
        ([A, B, C], {4001: 7, 5001: 9}, A),
        ([C, D], {5001: 7, 5002: 9}, D),
        ([C, D], {4001: 7}, None),
    ],
)
def test_the_last_choice_in_the_own_centre(
    standards: list[Standard], last_used: dict[int, int], last: Standard | None
) -> None:
    assert availability("196AS", 101, standards).last_choice(last_used) == last


def test_a_standard_without_a_code_matches_no_blank_reference() -> None:
    assert availability("", 101, [Standard(1, 101, "", "Diploma")]).options == ()


texts = st.one_of(st.none(), st.text(max_size=8), st.sampled_from(["AB12C", "ab12c", " AB12C ", "", "ß", "SS"]))


@given(texts, texts)
def test_matching_is_symmetric(one: str | None, other: str | None) -> None:
    assert same_text(one, other) == same_text(other, one)
    assert same_person(one, 1, other, 1) == same_person(other, 1, one, 1)


@given(texts)
def test_a_blank_equals_nothing(one: str | None) -> None:
    for blank in (None, "", "  "):
        assert not same_text(blank, one)
        assert not same_person(one, None, one, None)
