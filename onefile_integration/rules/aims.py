"""Lines of the delivery plan and learning aims: assigned, matched, filled, never created twice."""

from __future__ import annotations

from onefile_integration.rules.details import is_same
from onefile_integration.rules.elements import elements
from onefile_integration.rules.fields import FILLED_BOTH_WAYS, SENT_WITH_AIM
from onefile_integration.rules.matching import Availability, availability
from onefile_integration.rules.partners import ANSWER, may_be_named, partner_first
from onefile_integration.rules.shown import is_all_it_shows
from onefile_integration.rules.sides import Choices, Here, Line, RemoteAim, Standard, There
from onefile_integration.rules.steps import Change, Doubt, Draft, Kind, PlannedStep, changes

Needs = tuple[str, ...]


def plan(draft: Draft, here: Here, there: There, choices: Choices, learner: Needs) -> None:
    by_id = {aim.onefile_id: aim for aim in there.aims}
    for line in here.lines:
        if line.aim_id is not None:
            if aim := by_id.get(line.aim_id):
                _exchange(draft, here, line, aim, choices, upload=line.upload_due)
        else:
            _find_or_assign(draft, here, there, line, choices, learner)


def _find_or_assign(draft: Draft, here: Here, there: There, line: Line, choices: Choices, learner: Needs) -> None:
    taken = {other.aim_id for other in here.lines}
    chosen = choices.pathways.get(line.vq_reference)
    found = availability(line.vq_reference, choices.centre, choices.standards, chosen)
    wanted = {option.onefile_id for option in found.options}
    held = [aim for aim in there.aims if aim.standard_id in wanted and aim.onefile_id not in taken]
    held = [aim for aim in held if aim.onefile_id not in here.earlier_aims] or held
    if len(held) == 1:
        _link(draft, line, held[0])
        _exchange(draft, here, line, held[0], choices, upload=here.upload_due, needs=_key(Kind.LINK_AIM, line))
    elif held:
        draft.notes.append(f"{line.vq_reference}: OneFile holds it {len(held)} times; nothing was exchanged.")
    elif found.standard:
        _assign(draft, here, line, found.standard, choices, learner)
    elif found.is_missing:
        draft.notes.append(f"{line.vq_reference}: OneFile's list does not show it any more, so it is not assigned now.")
    elif found.options:
        _ask(draft, here, line, found)
    else:
        draft.notes.append(f"{line.vq_reference}: not available in OneFile, so it is not linked.")


def _key(kind: Kind, line: Line) -> Needs:
    return (f"{kind} {line.key}",)


def _link(draft: Draft, line: Line, aim: RemoteAim) -> None:
    title = f"{line.vq_reference} is OneFile's learning aim {aim.onefile_id}"
    made = (Change("onefile_id", None, aim.onefile_id), Change("standard_id", None, aim.standard_id))
    draft.steps.append(PlannedStep(Kind.LINK_AIM, line.key, title, made))


def _assign(draft: Draft, here: Here, line: Line, standard: Standard, choices: Choices, learner: Needs) -> None:
    title = f"Assign {line.vq_reference} {line.title}"
    if standard.centre != choices.centre:
        title += f", a standard of {standard.where}"
    made = (Change("standard_id", None, standard.onefile_id),)
    draft.steps.append(PlannedStep(Kind.ASSIGN_STANDARD, line.key, title, made, learner))
    needs = _key(Kind.ASSIGN_STANDARD, line)
    ours = {name: getattr(line.values, name) for name in (*SENT_WITH_AIM, *FILLED_BOTH_WAYS)}
    _update_aim(draft, line, changes({}, {name: value for name, value in ours.items() if value}), needs)
    _assessor(draft, here, line, standard.onefile_id, choices, needs)


def _assessor(draft: Draft, here: Here, line: Line, standard_id: int, choices: Choices, needs: Needs) -> None:
    """The main officer is the default assessor already; another officer is assigned for this standard."""
    officer = line.assessor
    if officer is None or officer == here.main_officer or (officer.pk, standard_id) in here.assigned:
        return
    if not may_be_named(officer):
        why = "is archived: neither created in OneFile nor assigned"
        draft.notes.append(f"The assessor of {line.vq_reference}, {officer.name}, {why}.")
        return
    first = partner_first(draft, officer, choices)
    title = f"Assign {officer.name} for {line.vq_reference}"
    draft.steps.append(PlannedStep(Kind.ASSIGN_OFFICER, line.key, title, (), (*needs, *first)))


def _exchange(
    draft: Draft, here: Here, line: Line, aim: RemoteAim, choices: Choices, *, upload: bool, needs: Needs = ()
) -> None:
    ours, theirs = line.values, aim.values
    there_new = {name: getattr(ours, name) for name in SENT_WITH_AIM if upload and getattr(ours, name)}
    here_new: dict[str, object] = {}
    for name in FILLED_BOTH_WAYS:
        mine, other = getattr(ours, name), getattr(theirs, name)
        if is_all_it_shows(here.agreed, line.key, name, mine, other):
            continue
        if other is not None:
            here_new[name] = mine if is_same(name, mine, other) else other
        elif mine is not None:
            there_new[name] = mine
    if upload:
        _assessor(draft, here, line, aim.standard_id, choices, needs)
    here_new |= _elements(draft, line, aim)
    _update_aim(draft, line, changes(vars(theirs), there_new), needs)
    if made := changes(vars(ours), here_new):
        draft.steps.append(PlannedStep(Kind.UPDATE_LINE, line.key, f"{line.vq_reference} from OneFile", made))


def _elements(draft: Draft, line: Line, aim: RemoteAim) -> dict[str, object]:
    """A line with units keeps its own progress."""
    if line.has_units:
        return {}
    counted = elements(aim.values)
    if counted is None:
        said = draft.unreadable if aim.complaint else draft.notes
        why = aim.complaint or "OneFile counts no elements for it yet"
        said.append(f"{line.vq_reference}: {why}; elements were left as they are.")
        return {}
    return {"total_elements": counted[0], "elements_done": counted[1]}


def _update_aim(draft: Draft, line: Line, made: tuple[Change, ...], needs: Needs) -> None:
    if made:
        title = f"Set the details of {line.vq_reference} in OneFile"
        draft.steps.append(PlannedStep(Kind.UPDATE_AIM, line.key, title, made, needs))


def _ask(draft: Draft, here: Here, line: Line, found: Availability) -> None:
    answers = tuple((str(each.onefile_id), found.told(each)) for each in found.choosable)
    text = f"{line.vq_reference} of {here.ident}: which {found.needs} is it in OneFile?"
    draft.doubts.append(Doubt(found.needs, line.key, text, answers))
    draft.notes.append(f"{line.vq_reference}: waits for an {ANSWER}, the {found.needs}.")
