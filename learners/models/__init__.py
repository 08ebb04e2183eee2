"""The records of the MIS. Only ``learners.services`` writes them."""

from learners.models.basedata import Officer, Organisation, Qualification, Tag
from learners.models.delivery import DeliveryPlanLine, Review, Unit
from learners.models.files import FileImport, FileImportChunk
from learners.models.people import Break, Learner, LearnerOfficer, Placement

__all__ = [
    "Break",
    "DeliveryPlanLine",
    "FileImport",
    "FileImportChunk",
    "Learner",
    "LearnerOfficer",
    "Officer",
    "Organisation",
    "Placement",
    "Qualification",
    "Review",
    "Tag",
    "Unit",
]
