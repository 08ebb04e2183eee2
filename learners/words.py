"""The code words of the records, as screens and files spell them."""

from django.db import models


class SystemStatus(models.TextChoices):
    PARTIAL_ENTRY = "Partial Entry"
    LIVE = "Live"
    ARCHIVED = "Archived"
    DELETED = "Deleted"


class ProgrammeStatus(models.TextChoices):
    IN_LEARNING = "In Learning"
    BREAK = "Break"
    ENDED = "Ended"


class Lacking(models.TextChoices):
    """What staff must add by hand to records that came with a file."""

    MAIN_OFFICER = "main_officer", "Main officer"
    EMAIL = "email", "Email"
    PLACEMENT = "placement", "Placement"
    EMPLOYER_NAME = "employer_name", "Name of an employer"
    MAIN_TAG = "main_tag", "Main tag"


class Sex(models.TextChoices):
    MALE = "M", "Male"
    FEMALE = "F", "Female"


class Ethnicity(models.IntegerChoices):
    """The ILR's list."""

    BRITISH = 31, "English / Welsh / Scottish / Northern Irish / British"
    IRISH = 32, "Irish"
    TRAVELLER = 33, "Gypsy or Irish Traveller"
    OTHER_WHITE = 34, "Any other White background"
    WHITE_CARIBBEAN = 35, "White and Black Caribbean"
    WHITE_AFRICAN = 36, "White and Black African"
    WHITE_ASIAN = 37, "White and Asian"
    OTHER_MIXED = 38, "Any other mixed / multiple ethnic background"
    INDIAN = 39, "Indian"
    PAKISTANI = 40, "Pakistani"
    BANGLADESHI = 41, "Bangladeshi"
    CHINESE = 42, "Chinese"
    OTHER_ASIAN = 43, "Any other Asian background"
    AFRICAN = 44, "African"
    CARIBBEAN = 45, "Caribbean"
    OTHER_BLACK = 46, "Any other Black / African / Caribbean background"
    ARAB = 47, "Arab"
    OTHER = 98, "Any other ethnic group"
    NOT_PROVIDED = 99, "Not provided"


class Lldd(models.IntegerChoices):
    """The ILR's flag for a learning difficulty, disability or health problem."""

    YES = 1, "Yes"
    NO = 2, "No"
    NOT_SAID = 9, "Not said"


LLDD_CATEGORIES = (*range(1, 18), *range(93, 100))


class QualificationStatus(models.TextChoices):
    LIVE = "Live"
    DORMANT = "Dormant"


class ReviewType(models.TextChoices):
    NORMAL = "Normal"
    INDUCTION = "Induction"
    GATEWAY = "Gateway"
    EXIT = "Exit"
    OTHER = "Other"


class Attended(models.TextChoices):
    YES = "Yes"
    NO = "No"
    UNKNOWN = "Unknown"


class ReviewState(models.TextChoices):
    """Where a review stands on a day; never stored."""

    OVERDUE = "Overdue"
    DUE = "Due"
    PLANNED = "Planned"
    UNSIGNED = "Unsigned"
    SIGNED = "Signed"
    NOT_ATTENDED = "Not attended"
    UNRECORDED = "Attendance not recorded"
    LEARNER_ENDED = "Learner ended"
    UNDATED = "No date"


REVIEWS_TO_DO = (ReviewState.OVERDUE, ReviewState.DUE, ReviewState.UNSIGNED)


class Pace(models.TextChoices):
    """Progress beside the time that has passed."""

    AHEAD = "Ahead"
    ON_TIME = "On time"
    BEHIND = "Behind"


class OfficerStatus(models.TextChoices):
    LIVE = "Live"
    ARCHIVED = "Archived"


class OrganisationStatus(models.TextChoices):
    LIVE = "Live"
    UNAPPROVED = "Unapproved"


class PlacementType(models.TextChoices):
    EMPLOYER = "P", "Placement / Employer"
    WORK_PLACEMENT = "W", "Work placement"
    OTHER = "O", "Other"


class FileImportState(models.TextChoices):
    TO_READ = "to_read", "Waiting to be read"
    READ = "read", "Waiting for a decision"
    TO_IMPORT = "to_import", "Waiting to be imported"
    IMPORTED = "imported", "Imported"
    REFUSED = "refused", "Refused"
    DISCARDED = "discarded", "Discarded"
    FAILED = "failed", "Failed"
    EXPIRED = "expired", "Left too long"


# A worker has something to do; over and done with, so that nothing of the file itself is kept.
FILE_IMPORTS_TO_DO = (FileImportState.TO_READ, FileImportState.TO_IMPORT)
FILE_IMPORTS_ENDED = (
    FileImportState.IMPORTED,
    FileImportState.REFUSED,
    FileImportState.DISCARDED,
    FileImportState.FAILED,
    FileImportState.EXPIRED,
)


class BulkChangeKind(models.TextChoices):
    MAIN_OFFICER = "main_officer", "Main officer"
    MAIN_TAG = "main_tag", "Main tag"
    ADD_TAG = "add_tag", "Add a tag"
    REMOVE_TAG = "remove_tag", "Remove a tag"
    PLACEMENT = "placement", "Placement"
    SYSTEM_STATUS = "system_status", "Status"
    CASELOAD = "caseload", "Hand over a caseload"


class BulkChangeStep(models.TextChoices):
    SET = "set", "A field was set"
    MADE = "made", "A record was made"
    TAGGED = "tagged", "A tag was added"
    UNTAGGED = "untagged", "A tag was taken away"
