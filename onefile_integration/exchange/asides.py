"""What staff answered about an account that was found: kept as a question, so that nothing asks twice."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone

from learners.actor import Actor
from learners.models import Learner
from onefile_integration.exchange.reading.here import person_here
from onefile_integration.models import Question
from onefile_integration.rules.duplicates import EARLIER, Aside, Decided, Duplicate, without_value
from onefile_integration.rules.steps import plain
from onefile_integration.words import QuestionKind

ANSWERS = {
    Aside.ANOTHER_PERSON: "Another person: create",
    Aside.NEW_EPISODE: "The same person: a new account all the same",
}
ASK_AGAIN = "ask_again"
FACTS = (("first_name", "First Name"), ("surname", "Surname"), ("date_of_birth", "DOB"))
PARTED = "; "


def decided(learner: Learner, environment: str) -> Mapping[int, Decided]:
    """By OneFile ID. The newest answer counts; one that was taken back is none."""
    rows = Question.objects.filter(environment=environment, learner=learner, answered_at__isnull=False)
    rows = rows.filter(kind__in=[QuestionKind.POSSIBLE_DUPLICATE, QuestionKind.OTHER_PERSON])
    found: dict[int, Decided | None] = {}
    for row in rows.order_by("answered_at", "pk"):
        number = row.about.rpartition(" ")[2]
        if number.isdigit():  # an erasure may have taken it away
            found[int(number)] = _decided(row)
    return {number: answer for number, answer in found.items() if answer}


def _decided(row: Question) -> Decided | None:
    """Whose link was removed as another person's is answered for that link, not for what else may be equal."""
    assert row.answered_at is not None, "only answered questions are read"
    if row.kind == QuestionKind.OTHER_PERSON and row.answer == "other":
        return Decided(Aside.ANOTHER_PERSON, frozenset({EARLIER}), row.answered_by, row.answered_at)
    if row.kind == QuestionKind.POSSIBLE_DUPLICATE and row.answer in list(Aside):
        return Decided(Aside(row.answer), frozenset(row.value.split(PARTED)), row.answered_by, row.answered_at)
    return None


def set_aside(learner: Learner, duplicate: Duplicate, aside: Aside, *, environment: str, by: Actor) -> None:
    _note(learner, duplicate, aside.value, ANSWERS[aside], environment, by)


def ask_again(learner: Learner, duplicate: Duplicate, *, environment: str, by: Actor) -> None:
    """The answer is taken back; both stay as history."""
    _note(learner, duplicate, ASK_AGAIN, "Ask again", environment, by)


def _note(learner: Learner, duplicate: Duplicate, word: str, label: str, environment: str, by: Actor) -> None:
    """Of somebody who may be a stranger no value is kept: only whether it was ours."""
    ours, theirs = person_here(learner), duplicate.person
    sides = [(what, getattr(ours, name), getattr(theirs, name)) for name, what in FACTS]
    Question.objects.create(
        kind=QuestionKind.POSSIBLE_DUPLICATE,
        environment=environment,
        learner=learner,
        about=f"learner:{learner.pk} {duplicate.onefile_id}",
        text=f"Is OneFile's {duplicate.onefile_id} the same person as {learner.ident}?",
        facts=[[what, plain(mine), plain(without_value(mine, other))] for what, mine, other in sides],
        answers=[[word, label]],
        answer=word,
        value=PARTED.join(duplicate.reasons),
        answered_at=timezone.now(),
        answered_by=by.label,
    )
