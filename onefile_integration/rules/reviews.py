"""Reviews up and down."""

from __future__ import annotations

from datetime import date
from typing import Any

from onefile_integration.rules.partners import may_be_named, partner_first
from onefile_integration.rules.sides import Choices, Here, Officer, OwnReview, RemoteReview, There
from onefile_integration.rules.steps import Change, Doubt, Draft, Kind, PlannedStep, changes
from onefile_integration.rules.times import SkippedTime, to_utc

SIGNATURES = ("trainee_signed", "officer_signed", "employer_signed")


def plan(draft: Draft, here: Here, there: There, choices: Choices, learner: tuple[str, ...]) -> None:
    known = {review.onefile_id for review in here.reviews} | here.removed_reviews
    strangers = [review for review in there.reviews if review.onefile_id not in known]
    asked = _up(draft, here, strangers, choices, learner) if choices.upload_reviews else set()
    if choices.download_reviews:
        _down(draft, here, there, [each for each in strangers if each.onefile_id not in asked])


def goes_up(review: OwnReview, here: Here, choices: Choices) -> bool:
    """Normal, with date and time, not attended or decided yet, never exchanged, within the dates."""
    values, first = review.values, choices.upload_reviews_from
    if review.type != "Normal" or review.exchanged or values.attended != "Unknown" or values.actual_date:
        return False
    if values.scheduled_date is None or values.start_time is None:
        return False
    if first is None or values.scheduled_date < first:
        return False
    return here.actual_end is None or values.scheduled_date <= here.actual_end


def led_by(review: OwnReview, here: Here) -> Officer | None:
    """Its officer, else the main officer: the first who has not left, or who stands in OneFile."""
    return next((each for each in (review.officer, here.main_officer) if each and may_be_named(each)), None)


def _up(
    draft: Draft, here: Here, strangers: list[RemoteReview], choices: Choices, learner: tuple[str, ...]
) -> set[int]:
    """Plans what goes up; gives the OneFile reviews that wait for *the same review?*."""
    asked: set[int] = set()
    for review in here.reviews:
        if not goes_up(review, here, choices):
            continue
        twins = [each for each in strangers if each.values.scheduled_date == review.values.scheduled_date]
        if twins and choices.answers.get(f"same_review {review.key}") != "another":
            asked |= {twin.onefile_id for twin in twins}
            draft.doubts.append(_same_review(here, review, twins))
        else:
            _send(draft, here, review, choices, learner)
    return asked


def _same_review(here: Here, review: OwnReview, twins: list[RemoteReview]) -> Doubt:
    day = review.values.scheduled_date
    assert day is not None, "goes_up asks for a date"
    text = f"OneFile has a review of {here.ident} on {day:%-d %b %Y} that is not known here. Is it this one?"
    answers = tuple((f"same:{twin.onefile_id}", f"The same as OneFile's {twin.onefile_id}") for twin in twins)
    facts = tuple(("Start Time", review.values.start_time, twin.values.start_time) for twin in twins)
    return Doubt("same_review", review.key, text, (*answers, ("another", "Another: upload ours")), facts)


def _send(draft: Draft, here: Here, review: OwnReview, choices: Choices, learner: tuple[str, ...]) -> None:
    day, clock = review.values.scheduled_date, review.values.start_time
    assert day is not None and clock is not None, "goes_up asks for both"
    try:
        to_utc(day, clock)
    except SkippedTime as skipped:
        draft.notes.append(f"The review of {day:%-d %b %Y} is not uploaded: {skipped}")
        return
    officer = led_by(review, here)
    if officer is None and (review.officer or here.main_officer):
        draft.notes.append(f"The review of {day:%-d %b %Y} is not uploaded: its officer is archived.")
        return
    answer = choices.answers.get(f"lost_visit {review.key}")
    if answer == "skip" or f"lost_visit {review.key}" in choices.open_questions:
        why = "staff chose to leave it" if answer == "skip" else "a question about its visit stands"
        draft.notes.append(f"The review of {day:%-d %b %Y} is not uploaded: {why}.")
        return
    needs = (*learner, *_officer(draft, review, officer, choices))
    when: tuple[tuple[str, Any], ...] = (("scheduled_date", day), ("start_time", clock))
    if officer:
        when += (("officer", officer.name),)
    if review.visit_id is None and answer != "there":
        needs = (*needs, _visit(draft, review, day, when, choices, needs))
    title = f"Create the review of {day:%-d %b %Y}, {clock:%H:%M}"
    draft.steps.append(PlannedStep(Kind.CREATE_REVIEW, review.key, title, changes({}, dict(when)), needs))


def _officer(draft: Draft, review: OwnReview, officer: Officer | None, choices: Choices) -> tuple[str, ...]:
    if officer is None:
        return ()
    if review.officer and officer != review.officer:
        day, archived = review.values.scheduled_date, review.officer.name
        draft.notes.append(f"The review of {day:%-d %b %Y} is uploaded with {officer.name}: {archived} is archived.")
    return partner_first(draft, officer, choices)


def _visit(
    draft: Draft,
    review: OwnReview,
    day: date,
    when: tuple[tuple[str, Any], ...],
    choices: Choices,
    needs: tuple[str, ...],
) -> str:
    made = changes({}, {**dict(when), "visit_type": choices.visit_type})
    step = PlannedStep(Kind.CREATE_VISIT, review.key, f"Book the visit of {day:%-d %b %Y}, one hour", made, needs)
    draft.steps.append(step)
    return step.key


def _down(draft: Draft, here: Here, there: There, strangers: list[RemoteReview]) -> None:
    by_id = {review.onefile_id: review for review in there.reviews}
    for review in here.reviews:
        theirs = by_id.get(review.onefile_id) if review.onefile_id is not None else None
        if theirs is None:
            continue
        if made := changes(vars(review.values), _values(theirs)):
            title = f"Review of {_day(theirs, review)} from OneFile"
            draft.steps.append(PlannedStep(Kind.UPDATE_REVIEW, review.key, title, made))
    for theirs in strangers:
        if theirs.complete:
            _add(draft, theirs)


def _day(theirs: RemoteReview, ours: OwnReview | None = None) -> str:
    day = theirs.values.scheduled_date or (ours and ours.values.scheduled_date)
    return f"{day:%-d %b %Y}" if day else "no date"


def _values(theirs: RemoteReview) -> dict[str, Any]:
    """What OneFile's review says of ours. A list row, or a date that is not there, blanks nothing by itself."""
    values = theirs.values
    said: dict[str, Any] = {}
    if values.scheduled_date:
        said |= {"scheduled_date": values.scheduled_date, "start_time": values.start_time}
    if theirs.complete:
        said |= {"attended": values.attended, "actual_date": values.actual_date}
    if values.officer:
        said["officer"] = values.officer
    return said | {name: getattr(values, name) for name in SIGNATURES if getattr(values, name)}


def _add(draft: Draft, theirs: RemoteReview) -> None:
    made = changes({}, {"onefile_id": theirs.onefile_id, **_values(theirs)})
    made = tuple(Change(each.field, None, each.new) for each in made if each.new is not None)
    title = f"New review of {_day(theirs)} from OneFile"
    draft.steps.append(PlannedStep(Kind.ADD_REVIEW, f"onefile_review:{theirs.onefile_id}", title, made))
