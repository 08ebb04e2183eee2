"""Every kind of step: what it does, how a lost reply is settled, what is kept, how it is taken back."""

from __future__ import annotations

from typing import cast

from onefile_integration.exchange.steps import (
    aims,
    details,
    learner,
    officer_and_employer,
    partner_details,
    partners,
    reviews,
)
from onefile_integration.exchange.steps.base import Kind as StepKind
from onefile_integration.exchange.steps.base import Remote
from onefile_integration.rules.officer_and_employer import EMPLOYER, MAIN_OFFICER
from onefile_integration.rules.steps import Kind

LOCAL: dict[Kind, StepKind] = {
    Kind.LINK_OFFICER: partners.LinkOfficer(),
    Kind.LINK_EMPLOYER: partners.LinkEmployer(),
    Kind.VERIFY_LINK: learner.VerifyLink(),
    Kind.LINK_AIM: aims.LinkAim(),
    Kind.NOTE_MAIN_OFFICER: officer_and_employer.Note(MAIN_OFFICER),
    Kind.NOTE_EMPLOYER: officer_and_employer.Note(EMPLOYER),
    Kind.UPDATE_DETAILS: details.UpdateDetails(),
    Kind.UPDATE_OFFICER: partner_details.UpdateOfficer(),
    Kind.UPDATE_ORGANISATION: partner_details.UpdateOrganisation(),
    Kind.UPDATE_LINE: aims.UpdateLine(),
    Kind.UPDATE_REVIEW: reviews.UpdateReview(),
    Kind.ADD_REVIEW: reviews.AddReview(),
    Kind.REMOVE_REVIEW: reviews.RemoveReview(),
}
REMOTE: dict[Kind, Remote] = {
    Kind.CREATE_ASSESSOR: partners.CreateAssessor(),
    Kind.CREATE_EMPLOYER: partners.CreateEmployer(),
    Kind.CREATE_LEARNER: learner.CreateLearner(),
    Kind.RESTORE_LEARNER: learner.RestoreLearner(),
    Kind.UPDATE_LEARNER: details.UpdateLearner(),
    Kind.UPDATE_MAIN_OFFICER: officer_and_employer.UpdateMainOfficer(),
    Kind.UPDATE_EMPLOYER: officer_and_employer.UpdateEmployer(),
    Kind.UPDATE_ASSESSOR: partner_details.UpdateAssessor(),
    Kind.UPDATE_PLACEMENT: partner_details.UpdatePlacement(),
    Kind.ASSIGN_STANDARD: aims.AssignStandard(),
    Kind.UPDATE_AIM: aims.UpdateAim(),
    Kind.ASSIGN_OFFICER: learner.AssignOfficer(),
    Kind.CREATE_VISIT: reviews.CreateVisit(),
    Kind.CREATE_REVIEW: reviews.CreateReview(),
}


def remote(kind: str) -> Remote:
    return REMOTE[cast(Kind, kind)]
