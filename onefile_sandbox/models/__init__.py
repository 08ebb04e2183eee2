from onefile_sandbox.models.centre import (
    AimStatus,
    Classroom,
    Customer,
    LearnerStatus,
    Organisation,
    Placement,
)
from onefile_sandbox.models.learning import LearningAim, Review, Standard, Visit
from onefile_sandbox.models.people import Assignment, Learner, PlacementGrant, Role, Staff, User
from onefile_sandbox.models.service import Call, FaultRule, Session, Switches

__all__ = [
    "AimStatus",
    "Assignment",
    "Call",
    "Classroom",
    "Customer",
    "FaultRule",
    "Learner",
    "LearnerStatus",
    "LearningAim",
    "Organisation",
    "Placement",
    "PlacementGrant",
    "Review",
    "Role",
    "Session",
    "Staff",
    "Standard",
    "Switches",
    "User",
    "Visit",
]
