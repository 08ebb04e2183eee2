"""The records of the MIS. Only ``learners.services`` writes them."""

from learners.models.basedata import Officer, Organisation, Qualification, Tag
from learners.models.changes import BulkChange as BulkChange
from learners.models.changes import BulkChangeRow as BulkChangeRow
from learners.models.delivery import DeliveryPlanLine, Review, Unit
from learners.models.files import FileImport, FileImportChunk
from learners.models.people import Break, Learner, LearnerOfficer, Placement
from learners.models.people import DifferentPeople as DifferentPeople
from learners.models.personal import AccessRequest, ErasedNumber, Erasure, ErasureSalt

__all__ = [
    "AccessRequest",
    "Break",
    "DeliveryPlanLine",
    "ErasedNumber",
    "Erasure",
    "ErasureSalt",
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
