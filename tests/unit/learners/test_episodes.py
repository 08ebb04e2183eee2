"""Aims of the ILR as episodes. Days are written 0901 for 1 September of 2026, 7-0901 for 2027."""

import itertools
from datetime import date
from typing import Any

import pytest

from learners.files.ilr.episodes import episodes_of
from learners.files.ilr.records import Aim


def day(text: str) -> date:
    year, _, rest = text.rpartition("-")
    return date(2020 + int(year or 6), int(rest[:2]), int(rest[2:]))


def aim(ref: str, type_: str, start: str, planned: str, **more: Any) -> Aim:
    for name in ("actual_end", "first_start"):
        if name in more:
            more[name] = day(more[name])
    return Aim(line=1, ref=ref, type=type_, start=day(start), planned_end=day(planned), **more)


def joiner(start: str, planned: str, **more: Any) -> Aim:
    return aim("ZPROG001", "1", start, planned, prog_type="25", std_code="157", **more)


def seen(*aims: Aim) -> list[Any]:
    """The episodes as plain values, the same for every order of the aims."""
    results = [
        [
            (
                episode.start,
                episode.planned_end,
                episode.actual_end,
                sorted(episode.breaks),
                sorted((line.vq_reference, line.start, line.actual_end) for line in episode.lines),
            )
            for episode in episodes_of(order)[0]
        ]
        for order in itertools.permutations(aims)
    ]
    assert all(result == results[0] for result in results), "the order in the file made a difference"
    return results[0]


def test_a_standard_with_its_parts_is_one_episode() -> None:
    part = aim("60093729", "3", "0915", "7-0801", prog_type="25", std_code="157")
    maths = aim("60311046", "4", "1001", "7-0701")
    assert seen(joiner("0901", "8-0831"), part, maths) == [
        (
            day("0901"), day("8-0831"), None, [],
            [("157AS", day("0901"), None), ("60093729", day("0915"), None), ("60311046", day("1001"), None)],
        )
    ]  # fmt: skip


def test_a_framework_makes_no_line_of_its_own() -> None:
    programme = aim("ZPROG001", "1", "0901", "7-0831", prog_type="2", framework=("549", "1"))
    part = aim("50093186", "3", "0901", "7-0831", prog_type="2", framework=("549", "1"))
    [(_, _, _, _, lines)] = seen(programme, part)
    assert lines == [("50093186", day("0901"), None)]


def test_a_programme_after_the_end_of_the_same_one_is_another_episode() -> None:
    first = joiner("0901", "7-0831", completion="3", actual_end="1201")
    assert [episode[:3] for episode in seen(first, joiner("7-0301", "8-0831"))] == [
        (day("0901"), day("7-0831"), day("1201")),
        (day("7-0301"), day("8-0831"), None),
    ]


def test_a_return_goes_on_with_the_episode_and_leaves_a_break() -> None:
    before = joiner("0901", "7-0831", completion="6", actual_end="1201")
    after = joiner("7-0301", "8-0831", is_return=True, first_start="0901")
    assert seen(before, after) == [
        (day("0901"), day("8-0831"), None, [(day("1202"), day("7-0228"))], [("157AS", day("0901"), None)])
    ]


def test_the_same_programme_after_a_break_is_a_return_though_nobody_has_said_so() -> None:
    before = joiner("0901", "7-0831", completion="6", actual_end="1201")
    [(start, _, _, breaks, _)] = seen(before, joiner("7-0301", "8-0831"))
    assert (start, breaks) == (day("0901"), [(day("1202"), day("7-0228"))])


def test_a_break_of_aims_on_their_own_is_when_none_of_them_went_on() -> None:
    maths = aim("60311046", "4", "0901", "7-0701", completion="6", actual_end="1201")
    back = aim("60311046", "4", "7-0801", "8-0701", is_return=True, first_start="0901")
    english = aim("60093729", "4", "0901", "7-0701", completion="2", actual_end="7-0115")
    gap = (day("1202"), day("7-0731"))
    assert [episode[3] for episode in seen(maths, back)] == [[gap]]
    assert [episode[3] for episode in seen(maths, back, english)] == [[(day("7-0116"), gap[1])]]


def test_a_programme_without_any_code_is_one_and_holds_what_begins_in_it() -> None:
    programme = aim("ZPROG001", "1", "0901", "7-0831")
    [(start, planned_end, _, _, lines)] = seen(programme, aim("60311046", "4", "1001", "7-0701"))
    assert (start, planned_end, len(lines)) == (day("0901"), day("7-0831"), 1)


def test_a_return_whose_first_part_is_in_last_year_s_file() -> None:
    [episode] = seen(joiner("7-0301", "8-0831", is_return=True, first_start="0901"))
    assert episode[0] == day("0901")
    assert episode[4] == [("157AS", day("0901"), None)]


def test_a_break_without_return_is_open() -> None:
    [(_, _, end, breaks, _)] = seen(joiner("0901", "7-0831", completion="6", actual_end="1201"))
    assert (end, breaks) == (None, [(day("1202"), None)])


@pytest.mark.parametrize(("completion", "ended"), [("1", None), ("2", "7-0501"), ("3", "7-0501")])
def test_the_end_is_that_of_the_programme(completion: str, ended: str | None) -> None:
    [(_, _, end, _, _)] = seen(joiner("0901", "7-0831", completion=completion, actual_end="7-0501"))
    assert end == (day(ended) if ended else None)


def test_aims_on_their_own_that_overlap_are_one_episode() -> None:
    aims = [
        aim("A0000001", "4", "0901", "1101", completion="2", actual_end="1101"),
        aim("A0000002", "5", "1015", "7-0201", completion="2", actual_end="7-0115"),
        aim("A0000003", "4", "7-0401", "7-0601"),
    ]
    assert [episode[:3] for episode in seen(*aims)] == [
        (day("0901"), day("7-0201"), day("7-0115")),
        (day("7-0401"), day("7-0601"), None),
    ]


def test_an_episode_of_single_aims_ends_when_all_have_ended() -> None:
    [(_, _, end, _, _)] = seen(
        aim("A0000001", "4", "0901", "1101", completion="2", actual_end="1101"), aim("A0000002", "4", "0901", "1201")
    )
    assert end is None


def test_programmes_without_a_code_are_told_apart_by_their_start() -> None:
    first = aim("ZPROG001", "1", "0901", "7-0831", prog_type="32")
    second = aim("ZPROG001", "1", "1001", "7-0930", prog_type="32")
    assert len(seen(first, second)) == 2


def test_what_is_in_doubt_is_told() -> None:
    part = aim("60093729", "3", "0815", "7-0801", prog_type="25", std_code="157")
    episodes, notes = episodes_of([joiner("0901", "8-0831"), part])
    assert len(episodes) == 1
    assert [note.column for note in notes] == ["LearnStartDate"]


def test_the_same_aim_twice_is_one_line_and_is_told() -> None:
    twice = [aim("60311046", "4", "1001", "7-0701"), aim("60311046", "4", "1001", "7-0701")]
    episodes, notes = episodes_of(twice)
    assert [len(episode.lines) for episode in episodes] == [1]
    assert [note.column for note in notes] == ["LearnAimRef"]
