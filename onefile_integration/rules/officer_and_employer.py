"""Changes of a learner's main officer and employer, pushed where that is on.

What both sides last agreed on is remembered. Where ours differs from that, ours was changed: it is pushed. Where only
theirs differs, theirs was changed: it is left. What was never compared is only remembered.
"""

from __future__ import annotations

from onefile_integration.rules.partners import Partner, may_be_named, partner_first
from onefile_integration.rules.sides import Choices, Here, Officer, There
from onefile_integration.rules.steps import Change, Draft, Kind, PlannedStep

MAIN_OFFICER, EMPLOYER = "main_officer", "employer"
LABELS = {MAIN_OFFICER: "main officer", EMPLOYER: "employer"}
PUSHES = {MAIN_OFFICER: Kind.UPDATE_MAIN_OFFICER, EMPLOYER: Kind.UPDATE_EMPLOYER}


def exchanged(choices: Choices) -> tuple[str, ...]:
    """Which of the two are switched on."""
    switches = {MAIN_OFFICER: choices.push_main_officer, EMPLOYER: choices.push_employer}
    return tuple(name for name, is_on in switches.items() if is_on)


def to_compare(here: Here, choices: Choices) -> tuple[str, ...]:
    """Those for which OneFile's side must be read: ours has changed, or was never compared."""
    if here.onefile_id is None:
        return ()
    return tuple(name for name in exchanged(choices) if _ours(here, name) and not _is_agreed(here, name))


def plan(draft: Draft, here: Here, there: There, choices: Choices) -> None:
    for name in to_compare(here, choices):
        ours = _ours(here, name)
        assert ours is not None, "to_compare leaves blanks out"
        theirs = there.main_officer if name == MAIN_OFFICER else there.employer
        if name not in here.agreed or (theirs is not None and theirs == ours.onefile_id):
            _remember(draft, here, name, ours, theirs)
        elif isinstance(ours, Officer) and not may_be_named(ours):
            draft.notes.append(f"The main officer {ours.name} is archived and not in OneFile, so not pushed.")
        else:
            _push(draft, here, name, ours, choices)


def _ours(here: Here, name: str) -> Partner | None:
    return here.main_officer if name == MAIN_OFFICER else here.employer


def _is_agreed(here: Here, name: str) -> bool:
    ours = _ours(here, name)
    return ours is not None and here.agreed.get(name) == ours.key


def _change(here: Here, name: str, ours: Partner) -> tuple[Change, ...]:
    return (Change(name, here.agreed.get(name), ours.key),)


def _remember(draft: Draft, here: Here, name: str, ours: Partner, theirs: int | None) -> None:
    same = theirs is not None and theirs == ours.onefile_id
    title = f"Note the {LABELS[name]} {ours.name or ours.ident}"
    if not same:
        title += f": OneFile has {'another' if theirs else 'none'}, which is left as it is"
        draft.notes.append(f"The {LABELS[name]} differs: {ours.name or ours.ident} here, OneFile's {theirs} there.")
    kind = Kind.NOTE_MAIN_OFFICER if name == MAIN_OFFICER else Kind.NOTE_EMPLOYER
    draft.steps.append(PlannedStep(kind, here.key, title, _change(here, name, ours)))


def _push(draft: Draft, here: Here, name: str, ours: Partner, choices: Choices) -> None:
    first = partner_first(draft, ours, choices)
    title = f"Change the {LABELS[name]} in OneFile to {ours.name or ours.ident}"
    draft.steps.append(PlannedStep(PUSHES[name], here.key, title, _change(here, name, ours), first))
