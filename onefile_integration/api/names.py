"""OneFile's names and numbers. What nobody has proven stands in GUESSED, to be put right in this one place.

A name is known to us in lower case with underscores and to OneFile as the value; confidence as in
docs/onefile.md.
"""

from enum import IntEnum

PROVEN = {
    "id": "ID",
    "name": "Name",
    "title": "Title",
    "customer_id": "CustomerID",
    "organisation_id": "OrganisationID",
    "learner_id": "LearnerID",
    "user_id": "UserID",
    "standard_id": "StandardID",
    "unit_id": "UnitID",
    "assessor_id": "AssessorID",
    "employer_id": "EmployerID",
    "visit_id": "VisitID",
    "placement_id": "PlacementID",
    "classroom_id": "ClassroomID",
    "default_assessor_id": "DefaultAssessorID",
    "default_employer_id": "DefaultEmployerID",
    "misid": "MISID",
    "role": "Role",
    "level": "Level",
    "username": "Username",
    "first_name": "FirstName",
    "last_name": "LastName",
    "email": "Email",
    "telephone": "Telephone",
    "mobile_number": "MobileNumber",
    "company_name": "CompanyName",
    "home_address": "HomeAddress",
    "work_address": "WorkAddress",
    "dob": "DOB",
    "uln": "ULN",
    "nino": "NINO",
    "l12": "L12",
    "l13": "L13",
    "l14": "L14",
    "l15": "L15",
    "l16": "L16",
    "primary_lldd_code": "PrimaryLLDDCode",
    "secondary_lldd_codes": "SecondaryLLDDCodes",
    "start_on": "StartOn",
    "planned_end_date": "PlannedEndDate",
    "episode_name": "EpisodeName",
    "last_modified": "LastModified",
    "progress": "Progress",
    "active": "Active",
    "address": "Address",
    "contact": "Contact",
    "fax": "Fax",
    "web": "Web",
    "status": "Status",
    "start_date": "StartDate",
    "planned_end": "PlannedEnd",
    "achieved_date": "AchievedDate",
    "registration_number": "RegistrationNumber",
    "registration_date": "RegistrationDate",
    "certificate_applied_date": "CertificateAppliedDate",
    "created_on": "CreatedOn",
    "scheduled_for": "ScheduledFor",
    "started_on": "StartedOn",
    "end_time": "EndTime",
    "assessor_signed_on": "AssessorSignedOn",
    "learner_signed_on": "LearnerSignedOn",
    "employer_signed_on": "EmployerSignedOn",
    "date_from": "DateFrom",
    "date_to": "DateTo",
    "visit_type_id": "VisitTypeID",
    "sms_reminder": "SMSReminder",
    "planned_otj": "PlannedOTJ",
    "cached_actual_hours": "CachedActualHours",
    "percent_of_planned": "PercentOfPlanned",
    "minimum_otj": "MinimumOTJ",
}

GUESSED = {
    "certificate_received_date": "CertificateReceivedDate",  # [I]: the vendor's partner syncs it both ways
    "total_elements": "TotalElements",  # [X]
    "elements_completed": "ElementsCompleted",  # [X]
}

NAMES = PROVEN | GUESSED


class Role(IntEnum):
    """[C], [D]."""

    LEARNER = 1
    TRAINEE_ASSESSOR = 4
    ASSESSOR = 5
    IQA = 10
    EMPLOYER = 40
    OBSERVER = 45


class Level(IntEnum):
    """How much of a portfolio an assignment opens [C]."""

    PORTFOLIO = 1
    UNIT = 2
    STANDARD = 3


class ReviewStatus(IntEnum):
    """1 is [C], 0 is [X]. What has become of a review is read from its dates, never from this."""

    NONE = 0
    SCHEDULED = 1


class VisitType(IntEnum):
    """The words are [C], their numbers [X]."""

    NOT_SPECIFIED = 0
    FACE_TO_FACE = 1
    REMOTE = 2
