"""Pictures are made of numbers alone: what they say, where it stands, and that nothing of it is styled or scripted."""

from __future__ import annotations

import re
from datetime import date
from xml.etree.ElementTree import Element, fromstring

import pytest

from picsweb.pictures import (
    LEFT,
    RIGHT,
    WIDTH,
    Course,
    Frame,
    bands_picture,
    columns_picture,
    course_picture,
    month_firsts,
)

TODAY, START, END = date(2026, 11, 29), date(2026, 9, 1), date(2027, 8, 31)
EVIL = '<script>alert(1)</script>" onload="x'
COURSE = Course([(date(2026, 10, 1), 10), (date(2026, 11, 1), 40)], TODAY, START, END)


def parsed(svg: str) -> Element:
    return fromstring(svg)


def words(svg: str) -> list[str]:
    return [each.text or "" for each in parsed(svg).iter("text")]


PICTURES = [
    course_picture("a", COURSE, EVIL, EVIL),
    columns_picture("b", [(EVIL, 3), ("10:01", 300)], 300, EVIL, EVIL),
    bands_picture("c", [(EVIL[:20], (3, 1, 0, 200))], ("Ahead", "On time", "Behind", EVIL), EVIL, EVIL),
]


@pytest.mark.parametrize("svg", PICTURES)
def test_it_is_named_for_those_who_do_not_see_it_and_escaped(svg: str) -> None:
    root = parsed(svg)
    named = root.attrib["aria-labelledby"].split()
    found = {each.attrib["id"]: each.text for each in root if "id" in each.attrib}
    assert root.attrib["role"] == "img" and [found[name] for name in named] == [EVIL, EVIL]


@pytest.mark.parametrize("svg", PICTURES)
def test_nothing_is_styled_or_scripted_within_it(svg: str) -> None:
    for each in parsed(svg).iter():
        assert each.tag not in ("script", "style", "foreignObject", "a")
        assert not [name for name in each.attrib if name == "style" or name.startswith("on")]


@pytest.mark.parametrize(("value", "x"), [(0, LEFT), (10, WIDTH - RIGHT), (5, (LEFT + WIDTH - RIGHT) / 2)])
def test_the_field(value: float, x: float) -> None:
    assert Frame(0, 10, 100).x(value) == x


def test_a_field_of_one_day_and_no_height_is_no_division_by_zero() -> None:
    frame = Frame(5, 5, 0)
    assert frame.x(5) == LEFT and frame.y(0) == frame.height - 34


def test_progress_is_drawn_in_steps_beside_the_straight_line() -> None:
    svg = PICTURES[0]
    frame = Frame(START.toordinal(), END.toordinal(), 100)
    path = next(parsed(svg).iter("path")).attrib["d"]
    first, second = (frame.x(day.toordinal()) for day, _ in COURSE.points)
    assert path == f"M{first} {frame.y(10)}H{second}V{frame.y(40)}H{frame.x(TODAY.toordinal())}"
    planned = next(each for each in parsed(svg).iter("line") if each.attrib["class"] == "planned")
    assert (planned.attrib["x1"], planned.attrib["y2"]) == (str(frame.x(START.toordinal())), str(frame.y(100)))
    assert {"Done 40%", "Straight line", "Today", "100%"} <= set(words(svg))


@pytest.mark.parametrize("end", [None, START])
def test_without_a_planned_end_there_is_no_line(end: date | None) -> None:
    svg = course_picture("a", Course(COURSE.points, TODAY, START, end), "t", "d")
    assert "Straight line" not in words(svg) and "planned" not in svg
    assert "Done" not in " ".join(words(course_picture("a", Course([], TODAY, START, None), "t", "d")))


def test_names_of_months_do_not_crowd() -> None:
    assert month_firsts(date(2026, 1, 15), date(2026, 4, 1)) == [date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)]
    long = course_picture("a", Course([], TODAY, date(2020, 1, 1), date(2029, 1, 1)), "t", "d")
    assert 3 <= len([word for word in words(long) if re.fullmatch(r"\w{3} 20\d\d", word)]) <= 6


def test_columns_stand_under_their_limit() -> None:
    svg = columns_picture("b", [("10:00", 0), ("10:01", 150), ("10:02", 300)], 300, "t", "d")
    tops = [float(each.attrib["y"]) for each in parsed(svg).iter("rect")]
    limit = next(float(each.attrib["y1"]) for each in parsed(svg).iter("line") if each.attrib["class"] == "limit")
    assert tops[2] == limit < tops[1] < tops[0] and "Limit 300" in words(svg)
    assert "Limit" not in " ".join(words(columns_picture("b", [("10:00", 3)], None, "t", "d")))


def test_bands_are_as_long_as_they_count_and_carry_their_numbers() -> None:
    svg = bands_picture("c", [("Bryn", (10, 10, 20, 0)), ("Meera", (0, 0, 10, 0))], ("A", "O", "B", "N"), "t", "d")
    parts = [each for each in parsed(svg).iter("rect") if each.attrib["class"].startswith("part")][4:]
    widths = [float(each.attrib["width"]) for each in parts]
    assert [each.attrib["class"] for each in parts] == ["part solid", "part slanted", "part dotted", "part dotted"]
    assert widths[2] == pytest.approx(2 * widths[0], abs=0.2) and widths[3] == widths[0]
    assert {"Bryn", "Meera", "10", "20", "40"} <= set(words(svg))
    assert words(bands_picture("c", [], ("A",), "t", "d")) == ["A"]


def test_parts_differ_by_more_than_colour() -> None:
    fills = {each.attrib.get("fill") for each in parsed(PICTURES[2]).iter("rect")}
    assert {"url(#c-slanted)", "url(#c-dotted)"} <= fills
