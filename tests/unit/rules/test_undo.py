"""What can be put back, by data; and for every plan: undone, all is here as it was."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from onefile_integration.rules import undo
from onefile_integration.rules.fields import REVIEW_FIELDS
from onefile_integration.rules.plan import make_plan
from onefile_integration.rules.sides import Choices, Here, There
from onefile_integration.rules.steps import HERE, Change, Kind, PlannedStep, plain
from onefile_integration.rules.undo import WHOLE, Done, Part
from tests.unit.rules import building as build
from tests.unit.rules.test_properties import World, pairs

RECORD = "learner:1"


@pytest.mark.parametrize("case", build.cases("undo"), ids=lambda case: case["name"])
def test_what_can_be_put_back(case: dict[str, Any]) -> None:
    """Each change of a case was a step of its own."""
    steps = [Done(n, Kind.UPDATE_DETAILS, RECORD, "", (Change(*each),)) for n, each in enumerate(case["did"])]
    now = {(RECORD, name): value for name, value in case["now"].items()}
    undone = {(n, each[0]) for n, each in enumerate(case["did"]) if each[0] in case.get("undone", [])}

    found = undo.judged(steps, now, undone)

    assert {part.field: part.left for part in found if part.left} == case.get("left", {})
    values = dict(now)
    for part in found:
        if part.left is None:
            (change,) = undo.reverse(part.step, [part], {}).changes
            assert undo.same(part.field, values[RECORD, part.field], change.old), "what it is planned from stands here"
            values[RECORD, part.field] = change.new
    put = {name: value for (_, name), value in values.items() if value != case["now"][name]}
    assert put == case.get("back", {})


def test_a_review_that_was_added_is_one_thing() -> None:
    added = (Change("onefile_id", None, 88001), Change("attended", None, "Unknown"))
    step, record = Done(1, Kind.ADD_REVIEW, "onefile_review:88001", "New review", added), "onefile_review:88001"

    def left(now: Any) -> Any:
        (part,) = undo.judged([step], {(record, WHOLE): now}, set())
        return part.left

    assert left({"onefile_id": 88001, "attended": "Unknown"}) is None
    assert left({"onefile_id": 88001, "attended": "Unknown", "notes": "He came"}) == "It was changed since."
    assert left(None) == "It is what it was before."
    removed = undo.reverse(step, undo.parts(step), {})
    assert (removed.kind, removed.undoes) == (Kind.REMOVE_REVIEW, 1)
    again = undo.reverse(Done(2, removed.kind, record, "", removed.changes), (), {})
    assert (again.kind, again.changes) == (Kind.ADD_REVIEW, added)


def test_only_what_is_written_here_can_be_put_back() -> None:
    here = {kind for kind in Kind if PlannedStep(kind, "", "").side == HERE}
    assert set(undo.REVERSES) < here and set(undo.REVERSES.values()) == set(undo.REVERSES)
    assert all(undo.REVERSES[undo.REVERSES[kind]] == kind for kind in undo.REVERSES)


class Undoing(World):
    """A world in which what was added can be taken away."""

    def remove_review(self, step: PlannedStep) -> None:
        number = step.changes[0].old
        self.here = _with(self.here, reviews=tuple(each for each in self.here.reviews if each.onefile_id != number))

    def now(self, done: Done) -> dict[tuple[str, str], Any]:
        if done.kind in undo.WHOLE_KINDS:
            number = int(done.record.split(":")[1])
            kept = next((each for each in self.here.reviews if each.onefile_id == number), None)
            held = {name: plain(getattr(kept.values, name)) for name in REVIEW_FIELDS} if kept else {}
            shown = {name: value for name, value in held.items() if value is not None}
            return {(done.record, WHOLE): {"onefile_id": number} | shown if kept else None}
        records: dict[str, Any] = {each.key: each.values for each in (*self.here.lines, *self.here.reviews)}
        records[self.here.key] = self.here.person
        return {(done.record, each.field): plain(getattr(records[done.record], each.field)) for each in done.changes}


def _with(here: Here, **values: Any) -> Here:
    return Here(**{**vars(here), **values})


def _undone(world: Undoing, steps: list[Done]) -> list[Done]:
    """As the exchange does it: judged, turned round, done; gives the steps that were done."""
    now = {place: value for step in steps for place, value in world.now(step).items()}
    found = undo.judged(steps, now, set())
    assert [part.left for part in found] == [None] * len(found), "nobody has touched it since"
    made = []
    for step in sorted(steps, key=lambda each: -each.pk):
        of_step: list[Part] = [part for part in found if part.step == step]
        planned = undo.reverse(step, of_step, {})
        getattr(world, planned.kind.value)(planned)
        made.append(Done(1000 - step.pk, planned.kind, planned.record, "", planned.changes))
    return made


@given(pairs())
def test_undone_all_is_as_it_was(pair: tuple[Here, There, Choices]) -> None:
    here, there, choices = pair
    plan = make_plan(here, there, choices)
    world = Undoing(here, there)
    mine = [step for step in plan.steps if step.kind in undo.REVERSES]
    for step in mine:
        getattr(world, step.kind.value)(step)
    after = world.here
    steps = [Done(n, step.kind, step.record, step.title, step.changes) for n, step in enumerate(mine)]

    undone = _undone(world, steps)

    assert world.here == here
    _undone(world, undone)
    assert _sorted(world.here) == _sorted(after), "and the undo of the undo is what the plan had made"


def _sorted(here: Here) -> Here:
    return _with(here, reviews=tuple(sorted(here.reviews, key=lambda each: each.pk)))
