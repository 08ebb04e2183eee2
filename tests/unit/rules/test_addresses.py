"""Addresses: lines here, one text there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onefile_integration.rules.addresses import address_of, as_postcode, from_text, same_address, split


@pytest.mark.parametrize(
    ("text", "lines", "postcode"),
    [
        ("17 Mill Lane\nNorthmoor\nNM1 4AB", ["17 Mill Lane", "Northmoor", "", ""], "NM1 4AB"),
        ("17 Mill Lane, Northmoor, nm14ab", ["17 Mill Lane", "Northmoor", "", ""], "NM1 4AB"),
        ("NM1 4AB\n17 Mill Lane", ["17 Mill Lane", "", "", ""], "NM1 4AB"),
        ("Flat 2, 17 Mill Lane\nNorthmoor", ["Flat 2, 17 Mill Lane", "Northmoor", "", ""], ""),
        ("1\n2\n3\n4\n5\nW1A 0AX", ["1", "2", "3", "4, 5"], "W1A 0AX"),
        ("W1A 0AX\nM1 1AE", ["W1A 0AX", "", "", ""], "M1 1AE"),
        ("", ["", "", "", ""], ""),
        (None, ["", "", "", ""], ""),
    ],
)
def test_a_text_becomes_four_lines_and_a_postcode(text: str | None, lines: list[str], postcode: str) -> None:
    assert split(from_text(text)) == (lines, postcode)


@pytest.mark.parametrize(("line", "postcode"), [("sw1a1aa", "SW1A 1AA"), ("17 Mill Lane", ""), ("M1", ""), ("", "")])
def test_a_postcode(line: str, postcode: str) -> None:
    assert as_postcode(line) == postcode


words = st.text(st.characters(whitelist_categories=("Lu", "Ll", "Nd")), min_size=1, max_size=9)


@given(st.lists(words, max_size=4))
def test_what_was_sent_reads_back_as_the_same(lines: list[str]) -> None:
    ours = address_of(lines)
    assert same_address(ours, from_text("\n".join(ours)))
    assert same_address(ours, from_text(", ".join(ours)))
