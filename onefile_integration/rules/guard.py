"""Before a run of many changes anything: would it change suspiciously much? Progress and first fills never count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from onefile_integration.rules.steps import Kind

VALUE_LOST, IDENTITY_OVERWRITTEN = "value_lost", "identity_overwritten"
NOT_IN_ONEFILE, TO_BE_CREATED = "not_in_onefile", "to_be_created"
KINDS = {
    VALUE_LOST: "would lose a value that is filled in",
    IDENTITY_OVERWRITTEN: "would get another name, birth date or email",
    NOT_IN_ONEFILE: "are linked, but OneFile does not know them",
    TO_BE_CREATED: "would be created in OneFile as assessors or employers",
}
IDENTITY = {
    Kind.UPDATE_DETAILS: ("first_name", "surname", "date_of_birth", "email"),
    Kind.UPDATE_LEARNER: ("first_name", "surname", "date_of_birth", "email"),
}
CREATES = (Kind.CREATE_ASSESSOR, Kind.CREATE_EMPLOYER)
NOTHING = (None, "", "Unknown", ())  # a review's Unknown is no value


@dataclass(frozen=True)
class Suspicion:
    """``record`` is whom it would happen to; ``mark`` the same only for the very same change."""

    kind: str
    record: str
    mark: str


def of_step(
    subject: str, kind: str, record: str, changes: Iterable[Mapping[str, Any]], mark: Callable[[str], str]
) -> list[Suspicion]:
    """``subject`` is the plan's. ``mark`` makes something that tells no values of what it is given."""
    found = []
    for change in changes:
        name, old, new = change["field"], change["old"], change["new"]
        if _is_nothing(old):
            continue
        here = f"{subject} {kind} {record} {name} {old!r} {new!r}"
        if _is_nothing(new):
            found.append(Suspicion(VALUE_LOST, subject, mark(here)))
        elif name in IDENTITY.get(Kind(kind), ()):
            found.append(Suspicion(IDENTITY_OVERWRITTEN, subject, mark(here)))
    if kind in CREATES:
        found.append(Suspicion(TO_BE_CREATED, record, mark(f"{kind} {record}")))
    return found


def _is_nothing(value: Any) -> bool:
    return value in NOTHING or value == []


def of_missing(subject: str, mark: Callable[[str], str]) -> Suspicion:
    return Suspicion(NOT_IN_ONEFILE, subject, mark(f"{NOT_IN_ONEFILE} {subject}"))


def holding(
    found: Iterable[Suspicion], looked_at: Collection[str], planned: Mapping[str, int], share: int, least: int
) -> dict[str, int]:
    """How many records of each kind, where that is more than ``least`` and more than ``share`` % of those planned.

    What a person has looked at and let go on does not count again. Learners, officers and organisations are counted
    each by themselves; ``planned`` has their numbers. Assessors and employers to be created are counted together
    against all that is planned.
    """
    records = {(each.kind, each.record) for each in found if each.mark not in looked_at}
    counts: Counter[tuple[str, str]] = Counter()
    for kind, record in records:
        counts[kind, "" if kind == TO_BE_CREATED else record.split(":")[0]] += 1
    held: Counter[str] = Counter()
    for (kind, group), number in counts.items():
        all_planned = planned.get(group, 0) if group else sum(planned.values())
        if number > max(least, share * all_planned / 100):
            held[kind] += number
    return {kind: held[kind] for kind in KINDS if held[kind]}
