"""What only a person can decide: asked once, answered once, and what the answer does."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeGuard

from django.db import IntegrityError, transaction
from django.utils import timezone

from learners.actor import Actor
from learners.models import Officer, Organisation, Review
from learners.models.clock import from_now
from learners.values import cleaned
from onefile_integration.exchange import links
from onefile_integration.models import ExchangePlan, Link, Question, RemoteReview, Step
from onefile_integration.models.journal import Subject
from onefile_integration.rules.duplicates import without_value
from onefile_integration.rules.steps import Doubt, Kind, plain
from onefile_integration.words import (
    UNSETTLED_STEPS,
    FailureKind,
    LinkState,
    PlanState,
    QuestionKind,
    RunKind,
    RunState,
    StepState,
)

TYPED = "typed ID"
LOST_VISIT = (
    ("there", "The visit is in OneFile: make the review without naming it"),
    ("not_there", "It is not there: book it again"),
    ("skip", "Leave this review out"),
    (TYPED, "Staff added the review in OneFile: its id"),
)
ABOUT_VALUES = (QuestionKind.REPLACE_EMAIL, QuestionKind.CENTRES_DIFFER)
GAVE_UP = (("try_again", "Try again"), ("leave", "Leave it"))


NOTED = "Noted: from now on exchanges go by it."


class BadAnswer(ValueError):
    """In words for people."""


def ask(plan: ExchangePlan, doubt: Doubt, step: Step | None = None) -> Question:
    """The same doubt about the same record is one question, however often it is met."""
    question = ask_beforehand(doubt, plan.subject, plan.run.environment, plan=plan, step=step)
    if question.plan_id != plan.pk:
        Question.objects.filter(pk=question.pk).update(plan=plan)
    return question


def ask_beforehand(doubt: Doubt, whose: Subject, environment: str, **more: Any) -> Question:
    """Before anything has begun there is no plan that waits for the answer; the next one reads it."""
    more = _withdrawn(doubt, environment) | more
    question, _ = Question.objects.get_or_create(
        environment=environment,
        kind=doubt.kind,
        about=doubt.about,
        answered_at=None,
        defaults={
            whose._meta.model_name or "": whose,
            "text": doubt.text,
            "facts": [[what, plain(ours), plain(theirs)] for what, ours, theirs in doubt.facts],
            "answers": [list(answer) for answer in doubt.answers],
            **more,
        },
    )
    return question


def withdraw(plan: ExchangePlan, doubts: Iterable[Doubt]) -> None:
    """Where the values that were asked about have changed, nobody need answer any more."""
    still = [doubt.about for doubt in doubts]
    asked = Question.objects.open().filter(kind__in=ABOUT_VALUES, environment=plan.run.environment)
    asked.filter(**plan.of_subject).exclude(about__in=still).delete()


def _withdrawn(doubt: Doubt, environment: str) -> dict[str, Any]:
    """A question about other candidates goes before it is put anew: whoever still has it on the screen would else
    answer for records never seen. Gives the plan that waited for its answer.
    """
    if doubt.kind != QuestionKind.WHICH_RECORD:
        return {}
    open_ones = Question.objects.open().filter(environment=environment, kind=doubt.kind, about=doubt.about, step=None)
    old = open_ones.exclude(text=doubt.text).select_related("plan").first()
    if old is None or not open_ones.filter(pk=old.pk).delete()[0]:
        return {}
    return {"plan": old.plan}


def ask_about_lost_visit(plan: ExchangePlan, step: Step) -> None:
    ident = plan.subject.ident
    if step.kind == Kind.CREATE_REVIEW:
        text = f"OneFile refuses the review of {ident} without its visit. Add it there and give its ID."
    else:
        until = f"It may still be booked until {_settles_at(step):%H:%M:%S}; look in OneFile after that."
        text = f"OneFile's reply to booking a visit for {ident} was lost. Is the visit there? {until}"
    facts = tuple((change["field"], change["new"], None) for change in step.changes)
    ask(plan, Doubt(QuestionKind.LOST_VISIT, step.record, text, LOST_VISIT, facts), step)


def ask_which(plan: ExchangePlan, step: Step, found: list[int]) -> None:
    text = f"{step.title}: the reply was lost, and OneFile now has {len(found)} new records. Which is ours?"
    answers = tuple((str(number), f"OneFile record {number}") for number in found)
    ask(plan, Doubt(QuestionKind.WHICH_RECORD, f"step:{step.pk}", text, answers), step)


def ask_gave_up(plan: ExchangePlan) -> None:
    text = f"The exchange of {plan.subject.ident} ended three times without a word. Its values were kept."
    ask(plan, Doubt(QuestionKind.GAVE_UP, f"plan:{plan.pk}", text, GAVE_UP))


@dataclass(frozen=True)
class Answered:
    message: str


@transaction.atomic
def answer(question_id: int, word: str, value: str = "", *, by: Actor) -> Answered:
    """Raises BadAnswer for an unknown question, one answered already, or an answer it does not have."""
    question = Question.objects.select_for_update().filter(pk=question_id).first()
    if question is None:
        raise BadAnswer(f"There is no question {question_id}.")
    if question.answered_at is not None:
        raise BadAnswer(
            f"Question {question_id} was answered by {question.answered_by} with “{question.answer_label}”."
        )
    word = _word(question, word)
    message = _act(question, word, cleaned(value), by)
    question.answer, question.value = word, cleaned(value)[:100]
    question.answered_at, question.answered_by = timezone.now(), by.label
    question.save()
    return Answered(f"{message} It goes on now." if _let_go_on(question) else message)


def _word(question: Question, word: str) -> str:
    """The answer itself, or its number in the list, from 1."""
    words = [str(pair[0]) for pair in question.answers]
    if word in words:
        return word
    if re.fullmatch(r"[0-9]{1,2}", word) and 1 <= int(word) <= len(words):
        return words[int(word) - 1]
    raise BadAnswer(f"Answers to question {question.pk} are: {', '.join(words)}.")


def _act(question: Question, word: str, value: str, by: Actor) -> str:
    """What must happen at once; the rest is read from the answer by the next plan."""
    match question.kind:
        case QuestionKind.OTHER_PERSON:
            return _other_person(question, word, by)
        case QuestionKind.SAME_REVIEW if word.startswith("same:"):
            return _same_review(question, int(word.removeprefix("same:")))
        case QuestionKind.LOST_VISIT:
            return _lost_visit(question, word, value)
        case QuestionKind.WHICH_RECORD if question.step_id:
            return _settled(question, int(word))
        case QuestionKind.WHICH_RECORD if word.isdigit():
            return _which_partner(question, int(word), by)
        case QuestionKind.GAVE_UP:
            return _gave_up(question, word)
    return NOTED


def _other_person(question: Question, word: str, by: Actor) -> str:
    link = Link.objects.within(question.environment).filter(learner=question.learner).first()
    if link is None or question.about != f"learner:{link.learner_id} {link.onefile_id}":
        return "The link has changed meanwhile; nothing was done."
    question.facts = [[what, ours, without_value(ours, theirs)] for what, ours, theirs in question.facts]
    if word == "same":
        Link.objects.filter(pk=link.pk).update(state=LinkState.VERIFIED)
        return "The link is verified."
    links.remove(link, by=by)
    return "The link was removed. Nothing in OneFile was touched."


def _same_review(question: Question, onefile_id: int) -> str:
    review = Review.objects.filter(pk=int(question.about.split(":")[1])).first()
    link = Link.objects.within(question.environment).filter(learner=question.learner).first()
    if review is None or link is None:
        return "The review or the link is gone; nothing was done."
    known = RemoteReview.objects.filter(link__in=Link.objects.within(question.environment), onefile_id=onefile_id)
    if other := known.exclude(review=review, link=link).select_related("link__learner").first():
        raise BadAnswer(f"OneFile's review {onefile_id} is a review of {other.link.record} here already.")
    RemoteReview.objects.update_or_create(link=link, review=review, defaults={"onefile_id": onefile_id})
    return f"It is OneFile's review {onefile_id}."


def _may_land(step: Step | None) -> TypeGuard[Step]:
    """A visit whose reply was lost may come yet: who has seen nothing so far cannot know."""
    if step is None or step.kind != Kind.CREATE_VISIT or step.state not in UNSETTLED_STEPS:
        return False
    return step.seconds_to_settle() > 0


def _settles_at(step: Step) -> datetime:
    return timezone.localtime(timezone.now() + timedelta(seconds=step.seconds_to_settle()))


def _lost_visit(question: Question, word: str, value: str) -> str:
    step = question.step
    if word == "not_there" and _may_land(step):
        return f"Noted. It may still be booked: after {_settles_at(step):%H:%M:%S} you are asked once more."
    if word == TYPED:
        if not re.fullmatch(r"[0-9]{1,9}", value):
            raise BadAnswer("Type the id of the review in OneFile: digits only.")
        message = _same_review(question, int(value))
    else:
        message = NOTED
    if step and step.state in UNSETTLED_STEPS:
        step.end(StepState.SKIPPED, f"The reply was lost; {question.learner and question.learner.ident}: {word}.")
    return message


def _settled(question: Question, onefile_id: int) -> str:
    """The id is kept by the plan when it goes on."""
    step = question.step
    assert step is not None
    step.known_ids = [*step.known_ids, *(int(a) for a, _ in question.answers if int(a) != onefile_id)]
    step.save(update_fields=["known_ids"])
    return f"OneFile's {onefile_id} is ours; the exchange goes on."


def _which_partner(question: Question, onefile_id: int, by: Actor) -> str:
    record, centre = question.about.split(" centre:")
    kind, key = record.split(":")
    model = Officer if kind == "officer" else Organisation
    try:
        links.link_partner(
            model.objects.get(pk=int(key)), onefile_id, environment=question.environment, centre=int(centre), by=by
        )
    except links.BadLink as why:
        raise BadAnswer(str(why)) from None
    return f"Linked with OneFile's {onefile_id}."


def _gave_up(question: Question, word: str) -> str:
    if question.plan and word != "try_again":
        for step in question.plan.steps.unsettled():
            _leave(question.plan, step)
        Link.objects.filter(plan=question.plan, state=LinkState.CREATING).delete()
        question.plan.release(state=PlanState.FAILED, ended_at=timezone.now(), failure_kind=FailureKind.BUG)
        return "It was left."
    return "It goes on."


def _leave(plan: ExchangePlan, step: Step) -> None:
    """What may have been made is found by the next exchange, which looks who is there; but for a visit."""
    if step.kind == Kind.CREATE_VISIT:
        step.doubt()
        ask_about_lost_visit(plan, step)
    else:
        step.end(StepState.SKIPPED, "The reply was lost; staff chose to leave it.")


def _let_go_on(question: Question) -> bool:
    """The plan that asked takes the answer up by itself, once nothing else of it is open; True where it does so now."""
    plan = question.plan
    return plan is not None and not Question.objects.open().filter(plan=plan).exists() and _take_up(plan)


def await_answers(plan: ExchangePlan, **fields: Any) -> None:
    """Give the claim back until people have answered. One who has just answered the last of them found the plan still
    in hand: then it goes on.
    """
    plan.release(state=PlanState.ASKING, **fields)
    with transaction.atomic():
        if not Question.objects.open().select_for_update().filter(plan=plan):
            _take_up(plan)


def _take_up(plan: ExchangePlan) -> bool:
    """True where it goes on now: what may still land is waited for first."""
    if plan.questions.filter(kind=QuestionKind.OTHER_PERSON, answer="other").exists():
        return False  # its link is gone: there is nothing to go on with
    if _is_over(plan):
        return False
    seconds = max((step.seconds_to_settle() for step in plan.steps.unsettled()), default=0.0)
    due_at = from_now(timedelta(seconds=seconds)) if seconds else None
    asking = ExchangePlan.objects.filter(pk=plan.pk, state=PlanState.ASKING)
    try:
        with transaction.atomic():
            goes_on = asking.update(state=PlanState.READY, is_stale=True, due_at=due_at, deaths=0, ended_at=None)
    except IntegrityError:  # another enrolment of the learner is under way, and takes the answer up
        return False
    return bool(goes_on) and due_at is None


def _is_over(plan: ExchangePlan) -> bool:
    """Nobody goes on with a plan of a discarded run, or with one that was not begun of a cancelled run; without its
    link an enrolment would create a second account.
    """
    run = plan.run
    if run.state == RunState.DISCARDED or (plan.kind == RunKind.ENROL and _lost_its_link(plan)):
        return True
    return run.cancelled_at is not None and ExchangePlan.objects.not_begun().filter(pk=plan.pk).exists()


def _lost_its_link(plan: ExchangePlan) -> bool:
    links = Link.objects.filter(environment=plan.run.environment, learner=plan.learner_id)
    return links.filter(removed_at__gte=plan.created_at).exists()
