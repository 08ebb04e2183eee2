from onefile_sandbox.models.centre import (
    AimStatus,
    Classroom,
    Customer,
    LearnerStatus,
    Organisation,
    Placement,
)
from onefile_sandbox.models.learning import LearningAim, Review, Standard, Visit
from onefile_sandbox.models.people import Assignment, PlacementGrant, Role, User
from onefile_sandbox.models.service import Call, FaultRule, Session, Switches

__all__ = [
    "AimStatus",
    "Assignment",
    "Call",
    "Classroom",
    "Customer",
    "FaultRule",
    "LearnerStatus",
    "LearningAim",
    "Organisation",
    "Placement",
    "PlacementGrant",
    "Review",
    "Role",
    "Session",
    "Standard",
    "Switches",
    "User",
    "Visit",
]
