"""A learner's aims as episodes: one a programme, aims on their own where no programme holds them.

Values in, values out; the result does not depend on the order of the aims in the file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from learners.files.ilr.records import Aim, Note, WorkPlace

DAY = timedelta(days=1)
Gap = tuple[date, date | None]


@dataclass
class Line:
    """A delivery plan line: the deliveries of one aim, before and after a break.

    ``is_resumed``: it is back from a break that only an earlier file tells of, so its start may be another there.
    """

    vq_reference: str
    start: date
    is_resumed: bool
    planned_end: date | None = None
    actual_end: date | None = None


@dataclass
class Episode:
    """``is_own``: of aims that no programme of the file holds. ``returns`` are the days of coming back from a break."""

    start: date
    planned_end: date | None = None
    actual_end: date | None = None
    programme: tuple[str, ...] = ()
    is_own: bool = False
    breaks: list[Gap] = field(default_factory=list)
    aims: list[Aim] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        return list(_lines(self.aims))

    @property
    def returns(self) -> list[date]:
        return [aim.start for aim in self.aims if aim.is_return and (self.is_own or aim.is_programme)]

    @property
    def work_places(self) -> Iterator[WorkPlace]:
        return (place for aim in self.aims for place in aim.work_places)

    def holds(self, day: date) -> bool:
        return self.start <= day and (self.actual_end is None or day <= self.actual_end)

    def is_to_hold(self, day: date) -> bool:
        """Within the planned dates too: an aim on its own says nothing of a programme."""
        return self.holds(day) and (self.actual_end or self.planned_end or day) >= day


def episodes_of(aims: Sequence[Aim]) -> tuple[list[Episode], list[Note]]:
    """The episodes in order of their start, and what was in doubt."""
    notes: list[Note] = []
    ordered = sorted(aims, key=_order)
    found = list(_programmes([aim for aim in ordered if aim.is_programme]))
    own: dict[tuple[str, ...], list[Aim]] = defaultdict(list)
    for aim in ordered:
        if not aim.is_programme and not _joined(aim, found, notes):
            own[aim.programme].append(aim)
    for group in own.values():
        found += _own_episodes(group)
    notes += list(_repeated(ordered))
    return sorted(found, key=lambda episode: episode.start), notes


def _order(aim: Aim) -> tuple[object, ...]:
    """By what they say: of two that begin on one day the later one to end comes last, and counts."""
    return aim.start, aim.ref, aim.planned_end or date.max, aim.actual_end or date.max, aim.programme, aim.line


# Programmes


def _programmes(aims: Iterable[Aim]) -> Iterator[Episode]:
    latest: dict[tuple[str, ...], Episode] = {}
    for aim in aims:
        episode = latest.get(aim.programme)
        if episode and _goes_on(episode, aim):
            _go_on(episode, aim)
            continue
        start = aim.first_start if aim.is_return and aim.first_start else aim.start
        episode = Episode(start, programme=aim.programme)
        _follow(episode, aim)
        latest[aim.programme] = episode
        yield episode


def _goes_on(episode: Episode, aim: Aim) -> bool:
    """A return is the same episode; a start after the end is another. Programmes without a code of their
    own are told apart by their start."""
    before = episode.aims[-1]
    if aim.is_return or before.paused_on:
        return True
    has_code = any(aim.programme[1:])
    return aim.start == before.start or (has_code and (before.actual_end is None or aim.start <= before.actual_end))


def _go_on(episode: Episode, aim: Aim) -> None:
    """Back from a break: what was open until now ends on the day before."""
    before = episode.aims[-1].actual_end
    episode.breaks = [gap for gap in episode.breaks if gap[1] is not None]
    if before and before + DAY < aim.start:
        episode.breaks.append((before + DAY, aim.start - DAY))
    _follow(episode, aim)


def _follow(episode: Episode, aim: Aim) -> None:
    """The latest delivery of the programme says how the episode stands."""
    episode.aims.append(aim)
    episode.planned_end, episode.actual_end = aim.planned_end, aim.ended_on
    if aim.paused_on:
        episode.breaks.append((aim.paused_on + DAY, None))


def _joined(aim: Aim, programmes: Sequence[Episode], notes: list[Note]) -> bool:
    """Put the aim into the programme it belongs to; False where it stands on its own."""
    if aim.is_alone:
        holding = [each for each in programmes if each.is_to_hold(aim.start)]
    else:
        same = [each for each in programmes if each.programme == aim.programme]
        holding = [each for each in same if each.holds(aim.start)]
        if same and not holding:
            holding = [min(same, key=lambda each: abs(each.start - aim.start))]
            message = "the aim starts outside its programme's dates; put into the nearest episode."
            notes.append(Note(aim.line, "LearnStartDate", message))
    if holding:
        max(holding, key=lambda each: each.start).aims.append(aim)
    return bool(holding)


# Aims on their own


def _own_episodes(aims: Iterable[Aim]) -> list[Episode]:
    """Aims whose planned dates overlap are one episode; what comes back from a break is in that of its first part."""
    groups: list[list[Aim]] = []
    for aim in aims:
        group = next((each for each in reversed(groups) if _belongs(aim, each)), None)
        if group is None:
            groups.append(group := [])
        group.append(aim)
    return [_own_episode(group) for group in groups]


def _belongs(aim: Aim, group: Sequence[Aim]) -> bool:
    if aim.is_return and any(each.ref == aim.ref for each in group):
        return True
    return any(aim.start <= max(each.start, each.planned_end or each.start) for each in group)


def _own_episode(aims: list[Aim]) -> Episode:
    lines = list(_lines(aims))
    ended = [line.actual_end for line in lines if line.actual_end]
    episode = Episode(
        min(line.start for line in lines),
        planned_end=max((line.planned_end for line in lines if line.planned_end), default=None),
        actual_end=max(ended) if len(ended) == len(lines) else None,
        is_own=True,
        aims=aims,
    )
    episode.breaks += _pauses(aims, is_over=episode.actual_end is not None)
    return episode


def _pauses(aims: Sequence[Aim], *, is_over: bool) -> Iterator[Gap]:
    """Times in which none of the aims went on, up to a return or without one yet."""
    until = date.min
    for aim in aims:
        if aim.is_return and date.min < until < aim.start - DAY:
            yield until + DAY, aim.start - DAY
        until = max(until, aim.actual_end or date.max)
    if not is_over and until < date.max and any(aim.paused_on for aim in aims):
        yield until + DAY, None


# Lines


def _lines(aims: Iterable[Aim]) -> Iterator[Line]:
    """A return goes on with the line that was there; its first start stays."""
    lines: dict[tuple[str, date], Line] = {}
    for aim in sorted(aims, key=_order):
        if not aim.vq_reference:
            continue
        before = [start for reference, start in lines if reference == aim.vq_reference]
        key = (aim.vq_reference, _first_start(aim, before))
        line = lines.setdefault(key, Line(*key, is_resumed=aim.is_return and not before))
        line.planned_end, line.actual_end = aim.planned_end, aim.ended_on
    yield from lines.values()


def _first_start(aim: Aim, before: Sequence[date]) -> date:
    if not aim.is_return:
        return aim.start
    if aim.first_start and aim.first_start in before:
        return aim.first_start
    return max(before, default=aim.first_start or aim.start)


def _repeated(aims: Iterable[Aim]) -> Iterator[Note]:
    seen: set[tuple[str, tuple[str, ...], date]] = set()
    for aim in aims:
        key = (aim.ref, aim.programme, aim.start)
        if key in seen:
            yield Note(aim.line, "LearnAimRef", "the same aim with the same start stands twice; loaded once.")
        seen.add(key)
