"""Pictures as SVG, made of numbers alone: no style attributes (the CSP forbids them), no meaning by colour alone.

Each has a title and a description for those who hear it, and stands beside a table of the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from picsweb.display import Grid

WIDTH = 720
LEFT, RIGHT, TOP, BOTTOM = 46, 96, 18, 34
ROW, BAR = 30, 18  # of bands: a row's height, and that of its bar
NAMES = 190  # where the bars of bands begin
MOST_TICKS = 6
LEAST_COLUMNS = 12  # few columns are not drawn broader than these


@dataclass(frozen=True)
class Picture:
    """``grid`` holds the same numbers."""

    title: str
    svg: SafeString
    grid: Grid
    words: str = ""


@dataclass(frozen=True)
class Frame:
    """The field between the axes: values of x from ``first`` to ``last``, of y from 0 to ``top``."""

    first: float
    last: float
    top: float
    height: int = 260

    def x(self, value: float) -> float:
        span = (self.last - self.first) or 1
        return round(LEFT + (value - self.first) / span * (WIDTH - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        return round(self.height - BOTTOM - value / (self.top or 1) * (self.height - TOP - BOTTOM), 1)


def drawn(key: str, title: str, description: str, height: int, parts: Iterable[SafeString]) -> SafeString:
    """``key`` makes the ids of title and description the page's own."""
    return format_html(
        '<svg class="picture" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-about">'
        '<title id="{}-title">{}</title><desc id="{}-about">{}</desc>{}</svg>',
        *(WIDTH, height, key, key, key, title, key, description),
        format_html_join("", "{}", ((part,) for part in parts)),
    )


def text(x: float, y: float, words: object, kind: str = "", anchor: str = "start") -> SafeString:
    return format_html('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>', kind, x, y, anchor, words)


def line(kind: str, *ends: float) -> SafeString:
    return format_html('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>', kind, *ends)


def rectangle(kind: str, x: float, y: float, width: float, height: float) -> SafeString:
    shape = '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>'
    return format_html(shape, kind, round(x, 1), round(y, 1), round(width, 1), round(height, 1))


def _levels(frame: Frame, values: Sequence[int], unit: str = "") -> list[SafeString]:
    parts = []
    for value in values:
        y = frame.y(value)
        parts += [
            line("level", LEFT, y, WIDTH - RIGHT, y),
            text(LEFT - 6, y + 4, f"{value}{unit}", "scale", "end"),
        ]
    return parts


# ---- a learner's progress against the straight line


@dataclass(frozen=True)
class Course:
    """What was recorded: percent done from each day on. ``start`` and ``end``: of the straight line, where known."""

    points: Sequence[tuple[date, int]]
    today: date
    start: date
    end: date | None


def course_picture(key: str, course: Course, title: str, description: str) -> SafeString:
    frame = _frame_of(course)
    parts = [
        *_levels(frame, (0, 25, 50, 75, 100), "%"),
        *_months(frame, course),
        *_straight(frame, course),
        *_recorded(frame, course),
    ]
    return drawn(key, title, description, frame.height, parts)


def _frame_of(course: Course) -> Frame:
    days = [course.start, course.today, *(day for day, _ in course.points), *([course.end] if course.end else [])]
    top = max([100, *(percent for _, percent in course.points)])
    return Frame(min(days).toordinal(), max(days).toordinal(), top)


def _months(frame: Frame, course: Course) -> list[SafeString]:
    """First days of months, so many that their names do not touch."""
    firsts = month_firsts(date.fromordinal(int(frame.first)), date.fromordinal(int(frame.last)))
    every = max(1, -(-len(firsts) // MOST_TICKS))
    base = frame.y(0)
    parts = []
    for day in firsts[::every]:
        x = frame.x(day.toordinal())
        parts += [line("tick", x, base, x, base + 5), text(x, base + 20, f"{day:%b %Y}", "scale", "middle")]
    return parts


def month_firsts(first: date, last: date) -> list[date]:
    """Each first day of a month from ``first`` to ``last``."""
    found, day = [], first.replace(day=1)
    while day <= last:
        if day >= first:
            found.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    return found


def _straight(frame: Frame, course: Course) -> list[SafeString]:
    if course.end is None or course.end <= course.start:
        return []
    ends = frame.x(course.start.toordinal()), frame.y(0), frame.x(course.end.toordinal()), frame.y(100)
    return [line("planned", *ends), text(ends[2] + 6, ends[3] + 4, "Straight line", "label")]


def _recorded(frame: Frame, course: Course) -> list[SafeString]:
    """Steps: what was recorded holds until something else is."""
    if not course.points:
        return []
    places = [(frame.x(day.toordinal()), frame.y(percent)) for day, percent in course.points]
    path = [f"M{places[0][0]} {places[0][1]}", *(f"H{x}V{y}" for x, y in places[1:])]
    now = frame.x(course.today.toordinal())
    y = places[-1][1]
    # Out of the way of the other line's name, where both end together.
    below = 16 if course.end and abs(frame.y(100) - y) < 14 and frame.x(course.end.toordinal()) - now < 80 else 4
    return [
        line("today", now, TOP, now, frame.y(0)),
        text(now, TOP - 6, "Today", "label", "middle"),
        format_html('<path class="recorded" d="{}"/>', "".join([*path, f"H{now}"])),
        format_html('<circle class="recorded-end" cx="{}" cy="{}" r="4"/>', now, y),
        text(now + 8, y + below, f"Done {course.points[-1][1]}%", "label strong"),
    ]


# ---- columns under a limit


def columns_picture(
    key: str, columns: Sequence[tuple[str, int]], limit: int | None, title: str, description: str
) -> SafeString:
    """A column for each (name, number), from left to right; a line across at ``limit``."""
    highest = max([1, limit or 0, *(number for _, number in columns)])
    frame = Frame(0, max(len(columns), LEAST_COLUMNS), highest)
    parts = [*_levels(frame, _scale(highest)), *_columns(frame, columns)]
    if limit is not None:
        y = frame.y(limit)
        parts += [
            line("limit", LEFT, y, WIDTH - RIGHT, y),
            text(WIDTH - RIGHT + 6, y + 4, f"Limit {limit}", "label strong"),
        ]
    return drawn(key, title, description, frame.height, parts)


def _scale(highest: int) -> list[int]:
    """0 and up to four round numbers above it."""
    step = next(s * 10**n for n in range(9) for s in (1, 2, 5) if s * 10**n * 5 > highest)
    return list(range(0, highest + 1, step))


def _columns(frame: Frame, columns: Sequence[tuple[str, int]]) -> list[SafeString]:
    every = max(1, -(-len(columns) // MOST_TICKS))
    width = frame.x(1) - frame.x(0)
    base, parts = frame.y(0), []
    for place, (name, number) in enumerate(columns):
        x, top = frame.x(place), frame.y(number)
        parts.append(rectangle("column", x + width * 0.1, top, width * 0.8, base - top))
        if place % every == 0:
            parts.append(text(x + width / 2, base + 20, name, "scale", "middle"))
    return parts


# ---- bands: a row each, parts of a whole side by side

PATTERNS = ("solid", "slanted", "dotted", "open")


def bands_picture(
    key: str, rows: Sequence[tuple[str, Sequence[int]]], names: Sequence[str], title: str, description: str
) -> SafeString:
    """Each row's bar is as long as its sum; its parts differ by pattern, and carry their numbers where they fit."""
    most = max([1, *(sum(parts) for _, parts in rows)])
    height = TOP + ROW * (len(rows) + 1) + 6
    drawn_rows = [part for place, row in enumerate(rows) for part in _band(key, row, TOP + ROW * (place + 1), most)]
    return drawn(key, title, description, height, [_patterns(key), *_legend(key, names), *drawn_rows])


def _patterns(key: str) -> SafeString:
    return format_html(
        '<defs><pattern id="{0}-slanted" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="back" width="6" height="6"/><line class="hatch" x1="0" y1="0" '
        'x2="0" y2="6"/></pattern><pattern id="{0}-dotted" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<rect class="back" width="6" height="6"/><circle class="dot" cx="3" cy="3" r="1.6"/></pattern></defs>',
        key,
    )


def _part(key: str, pattern: str, x: float, y: float, width: float) -> SafeString:
    """The pattern's paint is an attribute: a stylesheet does not know the id."""
    paint = format_html(' fill="url(#{}-{})"', key, pattern) if pattern in ("slanted", "dotted") else ""
    shape = '<rect class="part {}" x="{}" y="{}" width="{}" height="{}"{}/>'
    return format_html(shape, pattern, round(x, 1), y, round(width, 1), BAR, paint)


def _legend(key: str, names: Sequence[str]) -> list[SafeString]:
    parts, x = [], float(NAMES)
    for pattern, name in zip(PATTERNS, names, strict=False):
        parts += [_part(key, pattern, x, TOP - 12, 18), text(x + 24, TOP + 2, name, "label")]
        x += 44 + 8 * len(name)
    return parts


def _band(key: str, row: tuple[str, Sequence[int]], y: int, most: int) -> list[SafeString]:
    name, numbers = row
    short = name if len(name) <= 26 else f"{name[:25]}…"
    parts, x = [text(NAMES - 8, y + BAR - 4, short, "label", "end")], float(NAMES)
    for pattern, number in zip(PATTERNS, numbers, strict=False):
        width = number / most * (WIDTH - NAMES - 40)
        if number:
            parts.append(_part(key, pattern, x, y, width))
            parts += _number(x, y, width, number, pattern)
        x += width
    return [*parts, text(x + 6, y + BAR - 4, sum(numbers), "label strong")]


def _number(x: float, y: int, width: float, number: int, pattern: str) -> list[SafeString]:
    if width < 9 * len(str(number)) + 8:
        return []
    middle, room = x + width / 2, 8 * len(str(number)) + 6
    plate = [] if pattern in ("solid", "open") else [rectangle("plate", middle - room / 2, y + 2, room, BAR - 4)]
    words = text(round(middle, 1), y + BAR - 4, number, f"number on-{pattern}", "middle")
    return [*plate, words]
