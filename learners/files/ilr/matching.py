"""Which of our records a learner of the file, and each episode of it, is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from learners.files.ilr.episodes import Episode
from learners.files.ilr.records import IlrLearner
from learners.models import Learner
from learners.values import ULN_NOT_YET_KNOWN, folded, uln_is_valid

HELD = "held for a decision, nothing was changed"


class Conflict(Exception):
    """The number is ours, but the person may be another; ``column`` is our name of the field."""

    def __init__(self, message: str, column: str) -> None:
        super().__init__(message)
        self.column = column


class OursByRef:
    """The records of a chunk's learners, read at once."""

    def __init__(self, ukprn: str, learners: Sequence[IlrLearner]) -> None:
        refs = {learner.ref for learner in learners} | {learner.previous_ref for learner in learners}
        found = Learner.objects.filter(ukprn=ukprn, lrn__in=refs - {""}).order_by("start", "pk")
        found = found.select_related("main_officer", "main_tag").prefetch_related(
            "breaks", "placements__organisation", "delivery_plan__qualification"
        )
        self.by_ref: dict[str, list[Learner]] = defaultdict(list)
        for learner in found:
            self.by_ref[learner.lrn].append(learner)

    def records_of(self, learner: IlrLearner) -> list[Learner]:
        """Under its number; else under the number it had before, where the ULN does not contradict."""
        ours = self.by_ref.get(learner.ref, [])
        if not ours and learner.previous_ref:
            before = self.by_ref.get(learner.previous_ref, [])
            ours = [] if any(_has_other_uln(each, learner) for each in before) else before
        for each in ours:
            _check_identity(each, learner)
        return ours


def pair(episodes: Sequence[Episode], ours: Sequence[Learner]) -> list[tuple[Episode, Learner | None]]:
    """Each episode with its record: the one that shares most lines, else the one of that start."""
    scored = sorted(
        ((_likeness(episode, record), -episodes.index(episode), -record.pk) for episode in episodes for record in ours),
        reverse=True,
    )
    records = {record.pk: record for record in ours}
    found: dict[int, Learner] = {}
    for likeness, place, pk in scored:
        if likeness and -place not in found and -pk in records:
            found[-place] = records.pop(-pk)
    return [(episode, found.get(place)) for place, episode in enumerate(episodes)]


def _likeness(episode: Episode, record: Learner) -> int:
    theirs = {(line.vq_reference.upper(), line.start) for line in episode.lines}
    ours = {(line.qualification.vq_reference.upper(), line.start) for line in record.delivery_plan.all()}
    return 2 * len(theirs & ours) + (episode.start == record.start)


def _check_identity(ours: Learner, theirs: IlrLearner) -> None:
    """A number must not be used again for another person, but it has been seen."""
    born = theirs.values.get("date_of_birth")
    if born and ours.date_of_birth and born != ours.date_of_birth:
        raise Conflict(f"DateOfBirth differs from the record {ours.ident}: {HELD}.", "date_of_birth")
    if _has_other_uln(ours, theirs):
        raise Conflict(f"ULN differs from the record {ours.ident}: {HELD}.", "uln")
    differing = [name for name in ("surname", "forenames") if _differs(ours, theirs, name)]
    if len(differing) == 2 or (differing and not (born and ours.date_of_birth)):
        raise Conflict(f"The name differs from the record {ours.ident}: {HELD}.", differing[0])


def _differs(ours: Learner, theirs: IlrLearner, name: str) -> bool:
    here, there = folded(getattr(ours, name)), folded(str(theirs.values.get(name, "")))
    return bool(here and there and here != there)


def _has_other_uln(ours: Learner, theirs: IlrLearner) -> bool:
    """Two real numbers that differ; a wrong one says nothing."""
    there = str(theirs.values.get("uln", ""))
    return uln_is_valid(there) and ours.uln not in ("", ULN_NOT_YET_KNOWN, there)
