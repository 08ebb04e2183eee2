"""Single fields that are held: the exchange neither sends nor brings them until somebody frees them.

Every update leaves them out. What is created in OneFile goes up whole, for it is there for the first time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from onefile_integration.rules.fields import LABELS, TABLE, Rule
from onefile_integration.rules.steps import Doubt, Kind, Plan, PlannedStep

UPDATES = frozenset(
    {
        Kind.UPDATE_LEARNER,
        Kind.UPDATE_MAIN_OFFICER,
        Kind.UPDATE_EMPLOYER,
        Kind.UPDATE_ASSESSOR,
        Kind.UPDATE_PLACEMENT,
        Kind.UPDATE_AIM,
        Kind.UPDATE_DETAILS,
        Kind.UPDATE_OFFICER,
        Kind.UPDATE_ORGANISATION,
        Kind.UPDATE_LINE,
        Kind.UPDATE_REVIEW,
    }
)
# Planned only because another step names the officer or employer; so is a question about one.
FOR_ANOTHER = ("link_officer", "create_assessor", "link_employer", "create_employer", "answer")
# Half of such a set would say something that neither side ever said: where one is held, none is exchanged.
TOGETHER = (
    frozenset({"total_elements", "elements_done"}),
    frozenset({"scheduled_date", "start_time"}),
    frozenset({"lldd", "lldd_primary", "lldd_others"}),
)
# What an update can change at all, by kind of record.
MAY_BE_HELD = {
    record: tuple(
        row.name
        for row in TABLE
        if row.record == record and (row.after or row.rule not in (Rule.SENT_ONCE, Rule.SENT_WITH_AIM))
    )
    for record in ("learner", "line", "review", "officer", "organisation")
}


@dataclass(frozen=True)
class Held:
    """``record`` as in ``line:12``; ``of`` what people call it where the plan's subject does not say it already."""

    record: str
    field: str
    since: date
    of: str = ""

    @property
    def words(self) -> str:
        label = LABELS[self.record.split(":")[0], self.field]
        return f"Held since {self.since:%-d %b %Y}: {label}" + (f" of {self.of}" if self.of else "")

    def holds(self, record: str, field: str) -> bool:
        if record != self.record:
            return False
        return field == self.field or any({field, self.field} <= names for names in TOGETHER)


def leave_out(plan: Plan, held: Iterable[Held]) -> Plan:
    """The plan without the held fields, without what only they needed, and saying which they were."""
    leaving = _Leaving(tuple(held))
    steps = tuple(leaving.steps(plan.steps))
    needs = {need for step in steps for need in step.needs}
    idle = {need for need in leaving.needs - needs if need.split(" ")[0] in FOR_ANOTHER}
    doubts = tuple(doubt for doubt in plan.doubts if not leaving.leaves(doubt, idle))
    if not leaving.said:
        return plan
    steps = tuple(step for step in steps if step.key not in idle)
    return replace(plan, steps=steps, doubts=doubts, notes=(*plan.notes, *leaving.said))


class _Leaving:
    """``said``: the held fields that were met; ``needs``: what the steps needed of which nothing is left."""

    def __init__(self, held: tuple[Held, ...]) -> None:
        self.held = held
        self.said: dict[str, None] = {}
        self.needs: set[str] = set()

    def steps(self, steps: Iterable[PlannedStep]) -> Iterator[PlannedStep]:
        for step in steps:
            kept = step if step.kind not in UPDATES else self._without(step)
            if kept.changes or not step.changes:
                yield kept
            else:
                self.needs |= set(step.needs)

    def _without(self, step: PlannedStep) -> PlannedStep:
        record = record_of(step.record)
        kept = tuple(each for each in step.changes if not self._holds(record, each.field))
        return step if len(kept) == len(step.changes) else replace(step, changes=kept)

    def _holds(self, record: str, field: str) -> bool:
        found = next((each for each in self.held if each.holds(record, field)), None)
        if found:
            self.said[found.words] = None
        return found is not None

    def leaves(self, doubt: Doubt, idle: set[str]) -> bool:
        """A question about a held field, or about somebody whom nothing names any more."""
        match doubt.kind, doubt.about.split(" "):
            case "replace_email", [record, _]:
                return self._holds(record, "email")
            case "centres_differ", [record, field, _]:
                return self._holds(record, field)
        return f"answer {doubt.about}" in idle


def record_of(record: str) -> str:
    """Without the centre that a step about an officer or organisation names."""
    return ":".join(record.split(":")[:2])
