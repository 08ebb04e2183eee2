"""Which of our records a learner of the file, and each episode of it, is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format

from learners.files.ilr.episodes import Episode
from learners.files.ilr.records import IlrLearner, Note
from learners.models import Learner
from learners.values import ULN_NOT_YET_KNOWN, folded, uln_is_valid

IDENTITY = {"surname": "Surname", "forenames": "Forenames", "date_of_birth": "Date of birth", "uln": "ULN"}


@dataclass(frozen=True)
class Conflict:
    """The number is ours, but the person may be another: a person decides. ``differs`` is our name of the field."""

    learner: IlrLearner
    record: Learner
    differs: str

    @property
    def facts(self) -> list[tuple[str, str, str]]:
        """(label, ours, the file's). Personal: for the screen of the person who decides, nowhere else."""
        theirs = self.learner.values
        return [
            (label, _shown(getattr(self.record, name)), _shown(theirs.get(name))) for name, label in IDENTITY.items()
        ]


class OursByRef:
    """The records of a chunk's learners, read at once. ``in_file``: all LearnRefNumbers that the file holds."""

    def __init__(self, ukprn: str, learners: Sequence[IlrLearner], in_file: Collection[str], *, whole: bool) -> None:
        self.in_file = in_file
        refs = {learner.ref for learner in learners} | {learner.previous_ref for learner in learners}
        found = Learner.objects.filter(ukprn=ukprn, lrn__in=refs - {""}).order_by("start", "pk")
        if whole:
            found = found.select_related("main_officer", "main_tag").prefetch_related(
                "breaks", "placements__organisation", "delivery_plan__qualification"
            )
        self.by_ref: dict[str, list[Learner]] = defaultdict(list)
        for record in found:
            self.by_ref[record.lrn].append(record)

    def records_of(self, learner: IlrLearner) -> list[Learner]:
        """Under its number; else under the number it had before, where the ULN does not contradict."""
        ours = self.by_ref.get(learner.ref, [])
        if ours or not learner.previous_ref or learner.previous_ref in self.in_file:
            return ours
        before = self.by_ref.get(learner.previous_ref, [])
        if any(_has_other_uln(each, learner) for each in before):
            return []
        return self.by_ref.pop(learner.previous_ref, [])  # a second learner cannot have been the same one

    def doubts_of(self, learner: IlrLearner) -> Iterator[Note]:
        """A former number that is somebody else's now, or as well."""
        before = learner.previous_ref
        if before and before != learner.ref and (before in self.in_file or self.by_ref.get(before)):
            message = f"{before} is another learner here or in the file: perhaps one person, left apart."
            yield learner.named(Note(learner.line, "PrevLearnRefNumber", message))


def pair(episodes: Sequence[Episode], ours: Sequence[Learner]) -> list[tuple[Episode, Learner | None]]:
    """Each episode with its record: the one that shares most lines, else the one of that start."""
    scored = sorted(
        ((_likeness(episode, record), -place, -record.pk) for place, episode in enumerate(episodes) for record in ours),
        reverse=True,
    )
    records = {record.pk: record for record in ours}
    found: dict[int, Learner] = {}
    for likeness, place, pk in scored:
        if likeness and -place not in found and -pk in records:
            found[-place] = records.pop(-pk)
    for place, episode in enumerate(episodes):
        if place not in found and (record := _resumed(episode, list(records.values()))):
            found[place] = records.pop(record.pk)
    return [(episode, found.get(place)) for place, episode in enumerate(episodes)]


def _likeness(episode: Episode, record: Learner) -> int:
    theirs = {(line.vq_reference, line.start) for line in episode.lines}
    ours = {(line.qualification.vq_reference.upper(), line.start) for line in record.delivery_plan.all()}
    return 2 * len(theirs & ours) + (episode.start == record.start)


def _resumed(episode: Episode, records: Sequence[Learner]) -> Learner | None:
    """The latest record that holds an aim which comes back here from a break that the file does not tell of."""
    resumed = {line.vq_reference for line in episode.lines if line.is_resumed}
    holding = [
        record
        for record in records
        if (record.start or date.min) <= episode.start
        and resumed & {line.qualification.vq_reference.upper() for line in record.delivery_plan.all()}
    ]
    return max(holding, key=lambda record: (record.start or date.min, record.pk), default=None)


def conflict_of(learner: IlrLearner, ours: Sequence[Learner]) -> Conflict | None:
    """A number must not be used again for another person, but it has been seen."""
    for record in ours:
        if differs := _contradiction(record, learner):
            return Conflict(learner, record, differs)
    return None


def _contradiction(ours: Learner, theirs: IlrLearner) -> str:
    """The field that says that they are two; blank where they may be one."""
    born = theirs.values.get("date_of_birth")
    if born and ours.date_of_birth and born != ours.date_of_birth:
        return "date_of_birth"
    if _has_other_uln(ours, theirs):
        return "uln"
    differing = [name for name in ("surname", "forenames") if _differs(ours, theirs, name)]
    if len(differing) == 2 or (differing and not (born and ours.date_of_birth)):
        return differing[0]
    return ""


def _differs(ours: Learner, theirs: IlrLearner, name: str) -> bool:
    here, there = folded(getattr(ours, name)), folded(str(theirs.values.get(name, "")))
    return bool(here and there and here != there)


def _has_other_uln(ours: Learner, theirs: IlrLearner) -> bool:
    """Two real numbers that differ; a wrong one says nothing."""
    there = str(theirs.values.get("uln", ""))
    return uln_is_valid(there) and ours.uln not in ("", ULN_NOT_YET_KNOWN, there)


def _shown(value: object) -> str:
    if isinstance(value, date):
        return date_format(value, "j M Y")
    return str(value or "")
