"""How lists and links disagree, by data."""

from __future__ import annotations

import pytest

from onefile_integration.presenters.reconciliation import ADVICE, KINDS
from onefile_integration.rules.reconciliation import (
    Compared,
    Here,
    Kind,
    Linked,
    Ours,
    Seen,
    Theirs,
    compare,
    settled,
)
from onefile_integration.words import Difference

AMARA, SADIA = Ours(1, "AB12C", "Amara Lane"), Ours(2, "NM104", "Sadia Rahman")
LINK = Linked(700100, 1, 101)
ROW = Theirs(700100, "Amara Lane", "AB12C")
NAMED = Theirs(5, "amara  LANE", None)
OVER = Ours(1, "AB12C", "A", over="Archived here.")
CREATING = Ours(1, "AB12C", "Amara Lane", is_being_created=True)


def here(*records: Ours, links: tuple[Linked, ...] = (), removed: dict[int, int] | None = None) -> Here:
    return Here(records or (AMARA, SADIA), links, removed or {})


def kinds(compared: Compared) -> list[tuple[str, int, int | None]]:
    return [(found.kind.value, found.onefile_id, found.pk) for found in compared.found]


def test_both_sides_agree() -> None:
    assert compare([ROW], here(links=(LINK,)), 101) == Compared((), ())


def test_the_words_are_those_of_the_rows_and_each_has_its_looks() -> None:
    assert {kind.value for kind in Kind} == set(Difference.values) == set(KINDS) == set(ADVICE)


@pytest.mark.parametrize(
    ("row", "side", "expected"),
    [
        pytest.param(ROW, here(), ("value_is_ours", 700100, 1), id="not linked, our Ident"),
        pytest.param(Theirs(5, "X", " ab12c "), here(), ("value_is_ours", 5, 1), id="case and spaces do not count"),
        pytest.param(Theirs(5, "Zofia B", None), here(), ("not_here", 5, None), id="no value, no such name"),
        pytest.param(Theirs(5, "Zofia B", "OLD-7"), here(), ("not_here", 5, None), id="a value that is not ours"),
        pytest.param(NAMED, here(), ("not_here", 5, 1), id="the name of one here"),
        pytest.param(NAMED, here(links=(LINK,)), ("not_here", 5, None), id="linked ones are not alike"),
        pytest.param(
            NAMED, here(AMARA, Ours(3, "ZZ9ZZ", "Amara Lane")), ("not_here", 5, None), id="two of a name are nobody"
        ),
        pytest.param(
            NAMED,
            here(Ours(3, "ZZ9ZZ", "Amara Lane"), AMARA, links=(LINK,)),
            ("not_here", 5, 3),
            id="the other is linked",
        ),
        pytest.param(ROW, here(removed={700100: 2}), ("removed_here", 700100, 2), id="removed comes before the value"),
        pytest.param(ROW, here(links=(Linked(700100, 1, 102),)), None, id="linked in another centre is linked"),
        pytest.param(ROW, here(OVER, links=(LINK,)), ("over_here", 700100, 1), id="over"),
        pytest.param(ROW, here(CREATING), None, id="being created at this moment"),
        pytest.param(NAMED, here(CREATING), None, id="being created, by name"),
    ],
)
def test_a_row_of_the_list(row: Theirs, side: Here, expected: tuple[str, int, int | None] | None) -> None:
    assert kinds(compare([row], side, 101)) == ([expected] if expected else [])


def test_a_value_whose_record_is_linked_with_another_account_says_so() -> None:
    found = compare([ROW, Theirs(5, "A", "X")], here(links=(Linked(5, 1, 101),)), 101).found
    assert [(each.kind, each.note) for each in found] == [("value_is_ours", "AB12C is linked with 5 already.")]


def test_the_same_value_twice_is_one_difference_for_each_account() -> None:
    found = compare([ROW, Theirs(5, "A Lane", "ab12c")], here(links=(LINK,)), 101).found
    assert [(each.onefile_id, each.pk, each.was_linked, each.note) for each in found] == [
        (700100, 1, True, "This one is linked with AB12C. The same value: 5."),
        (5, 1, False, "This one is not linked. The same value: 700100."),
    ]
    assert compare([Theirs(5, "A", ""), Theirs(6, "B", "")], here(), 101).found[0].kind == Kind.NOT_HERE


def test_only_what_is_linked_in_this_centre_and_not_over_is_doubtful() -> None:
    over = Ours(3, "CC333", "C", over="Ended here.")
    links = (LINK, Linked(5, 2, 102), Linked(6, 3, 101), Linked(7, 4, None), Linked(8, 99, 101))
    side = here(AMARA, SADIA, over, Ours(4, "DD444", "D"), links=links)
    assert compare([], side, 101).doubtful == (LINK, Linked(7, 4, None))


@pytest.mark.parametrize(
    ("link", "seen", "expected"),
    [
        (LINK, None, Kind.GONE),
        (LINK, Seen("A", "", 101), Kind.ARCHIVED_THERE),
        (LINK, Seen("A", "", None), Kind.ARCHIVED_THERE),
        (LINK, Seen("A", "", 102), Kind.ELSEWHERE),
        (LINK, Seen("A", "", 101, is_right_kind=False), Kind.ELSEWHERE),
        (Linked(700100, 1, None), Seen("A", "", 102), None),
    ],
)
def test_what_reading_a_doubtful_one_tells(link: Linked, seen: Seen | None, expected: Kind | None) -> None:
    found = settled(link, seen, 101)
    assert (found.kind if found else None) == expected
    assert found is None or (found.was_linked and found.pk == 1)
