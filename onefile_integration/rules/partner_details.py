"""An officer's or organisation's own details: pushed to every centre that holds them, or pulled, by the mode.

A blank never erases the other side. Where centres differ on what is pulled, a person says once whose value counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from onefile_integration.rules.addresses import completed
from onefile_integration.rules.details import differing, is_blank, is_same, made, may_send_email, to_send
from onefile_integration.rules.fields import LABELS, PULLED, PUSHED
from onefile_integration.rules.held_fields import leave_out
from onefile_integration.rules.shown import fingerprint
from onefile_integration.rules.sides import Firm, InCentre, PartnerSides, Person
from onefile_integration.rules.steps import Doubt, Draft, Kind, Plan, PlannedStep, plain

KEEP = ("keep", "Keep what is here")
KINDS = {
    "officer": (Kind.UPDATE_ASSESSOR, Kind.UPDATE_OFFICER),
    "organisation": (Kind.UPDATE_PLACEMENT, Kind.UPDATE_ORGANISATION),
}


@dataclass(frozen=True)
class Source:
    """A value, and the centres that have it; the first stands for all of them in an answer."""

    value: Any
    centres: tuple[InCentre, ...]

    @property
    def word(self) -> str:
        return f"centre:{self.centres[0].centre}"

    @property
    def where(self) -> str:
        return ", ".join(each.where for each in self.centres)


def plan(partner: PartnerSides) -> Plan:
    """An agreed record gives a plan without steps."""
    draft = Draft(missing=partner.missing, archived=partner.archived, unreadable=list(partner.unreadable))
    if partner.mode == "push":
        for centre in partner.there:
            _push(draft, partner, centre)
    elif partner.mode == "pull":
        _pull(draft, partner)
    return leave_out(draft.finished(), partner.held)


def _push(draft: Draft, partner: PartnerSides, centre: InCentre) -> None:
    """Each centre by itself: a step names the record and the centre."""
    names = to_send(PUSHED[partner.kind], partner.values, centre.values, centre.agreed, partner.key)
    if isinstance(partner.values, Person) and isinstance(centre.values, Person):
        whose = (partner.key, partner.ident, partner.kind)
        if not may_send_email(draft, names, whose, partner.values, centre.values, partner.answers):
            names.remove("email")
    if names:
        remote, _ = KINDS[partner.kind]
        title = f"Update {partner.kind} {partner.ident} in OneFile, {centre.where}"
        changes = made(names, centre.values, partner.values)
        draft.steps.append(PlannedStep(remote, f"{partner.key}:{centre.centre}", title, changes))


def _pull(draft: Draft, partner: PartnerSides) -> None:
    found: dict[str, Any] = {}
    for name in PULLED[partner.kind]:
        sources = _sources(partner, name)
        source = sources[0] if len(sources) == 1 else _chosen(draft, partner, name, sources)
        if source is not None:
            found[name] = source.value
    if "address" in found and isinstance(partner.values, Firm):
        found["address"] = completed(found["address"], partner.values.address)
    theirs = replace(partner.values, **found)
    if names := differing(found, theirs, partner.values):
        _, local = KINDS[partner.kind]
        title = f"Details of {partner.kind} {partner.ident} from OneFile"
        draft.steps.append(PlannedStep(local, partner.key, title, made(names, partner.values, theirs)))


def _sources(partner: PartnerSides, name: str) -> list[Source]:
    """Each different value that some centre has, in the order of the centres."""
    found: list[Source] = []
    for centre in partner.there:
        value = getattr(centre.values, name)
        if is_blank(value):
            continue
        at = next((at for at, source in enumerate(found) if is_same(name, source.value, value)), None)
        if at is None:
            found.append(Source(value, (centre,)))
        else:
            found[at] = replace(found[at], centres=(*found[at].centres, centre))
    return found


def _chosen(draft: Draft, partner: PartnerSides, name: str, sources: list[Source]) -> Source | None:
    """By the answer that was given for these very values; None where ours stays, or the question is still to be
    answered.
    """
    if not sources:
        return None
    values = "\n".join(f"{source.word} {plain(source.value)}" for source in sources)
    about = f"{partner.key} {name} {fingerprint(values)}"
    if answer := partner.answers.get(f"centres_differ {about}"):
        return next((source for source in sources if source.word == answer), None)
    draft.doubts.append(_doubt(partner, name, sources, about))
    return None


def _doubt(partner: PartnerSides, name: str, sources: list[Source], about: str) -> Doubt:
    label, ours = LABELS[partner.kind, name], getattr(partner.values, name)
    text = f"OneFile's centres hold different values for {label} of {partner.kind} {partner.ident}. Which one counts?"
    answers = tuple((source.word, f"Take the value of {source.where}"[:200]) for source in sources)
    facts = tuple((f"{label} in {source.where}", ours, source.value) for source in sources)
    return Doubt("centres_differ", about, text, (*answers, KEEP), facts)
