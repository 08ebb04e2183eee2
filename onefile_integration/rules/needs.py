"""Which officers a plan may have to name: only for these is OneFile asked."""

from __future__ import annotations

from onefile_integration.rules.matching import availability
from onefile_integration.rules.officer_and_employer import EMPLOYER, MAIN_OFFICER, to_compare
from onefile_integration.rules.partners import may_be_named
from onefile_integration.rules.reviews import goes_up, led_by
from onefile_integration.rules.sides import Choices, Here, Officer
from onefile_integration.rules.steps import Kind, Plan


def officers_needed(here: Here, choices: Choices) -> set[int]:
    """Keys of our officers; more than the plan names in the end is only a question too many."""
    uploading = here.onefile_id is None or here.upload_due
    officers = [here.main_officer] if uploading else []
    officers += [each for each in here.additional_assessors if uploading and each.is_live]
    if MAIN_OFFICER in to_compare(here, choices):
        officers.append(here.main_officer)
    for line in here.lines:
        if line.upload_due or (line.aim_id is None and availability(line.vq_reference, 0, choices.standards).options):
            officers.append(line.assessor)
    if choices.upload_reviews:
        officers += [led_by(each, here) for each in here.reviews if goes_up(each, here, choices)]
    return {officer.pk for officer in officers if officer and may_be_named(officer)}


def employer_needed(here: Here, choices: Choices) -> bool:
    return here.onefile_id is None or EMPLOYER in to_compare(here, choices)


def officers_named(plan: Plan, here: Here) -> dict[str, Officer]:
    """By key: those whom the steps of a plan send to OneFile."""
    lines = {line.key: line.assessor for line in here.lines}
    reviews = {review.key: led_by(review, here) for review in here.reviews}
    additional = {officer.key: officer for officer in here.additional_assessors}
    named = [here.main_officer if here.onefile_id is None else None]
    for step in plan.steps:
        if step.kind == Kind.ASSIGN_OFFICER:
            named.append(lines.get(step.record) or additional.get(step.record))
        elif step.kind == Kind.CREATE_REVIEW:
            named.append(reviews.get(step.record))
    return {officer.key: officer for officer in named if officer}
