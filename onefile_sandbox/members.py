"""The members of each kind of record: one table a kind, read by answers, updates and the control API."""

from dataclasses import dataclass

from django.db import models as orm

from onefile_sandbox import models


@dataclass(frozen=True)
class Member:
    name: str
    attr: str
    form: str  # id, int, number, text, date, bool, list, any
    settable: bool = True


def _members(form: str, names: str, settable: bool = True) -> tuple[Member, ...]:
    return tuple(Member(name, attr, form, settable) for name, attr in (n.split("=") for n in names.split()))


ID = Member("ID", "id", "id", settable=False)
CENTRE = Member("OrganisationID", "organisation_id", "id")
MISID = Member("MISID", "misid", "text")
NAME = Member("Name", "name", "text")

USER = (
    ID,
    *_members("id", "OrganisationID=organisation_id Role=role", settable=False),
    *_members("text", "Username=username FirstName=first_name LastName=last_name Email=email MISID=misid"),
    *_members("id", "PlacementID=placement_id ClassroomID=classroom_id DefaultAssessorID=default_assessor_id"),
    *_members("id", "DefaultEmployerID=default_employer_id LearnerStatusID=learner_status_id"),
    *_members("id", "ProviderID=provider_id"),
    *_members("id", "LearningDifficultyAndDisabilityID=learning_difficulty_and_disability_id"),
    *_members("text", "CompanyName=company_name HomeAddress=home_address WorkAddress=work_address"),
    *_members("text", "Telephone=telephone MobileNumber=mobile_number Website=website ULN=uln NINO=nino"),
    *_members("text", "L12=l12 L13=l13 L14=l14 L15=l15 L16=l16 PrimaryLLDDCode=primary_lldd_code"),
    Member("SecondaryLLDDCodes", "secondary_lldd_codes", "list"),
    Member("SupportFunding", "support_funding", "bool"),
    *_members("date", "DOB=dob StartOn=start_on PlannedEndDate=planned_end_date"),
    *_members("date", "CentreRegister=centre_register"),
    Member("EpisodeName", "episode_name", "text"),
    Member("Progress", "progress", "number", settable=False),
    *_members("date", "CreatedOn=created_on LastModified=last_modified", settable=False),
)
# What GET User/{id}/offthejob tells of a learner.
OFF_THE_JOB_KEPT = (
    *_members("number", "ContractedHours=contracted_hours TargetPercentage=otj_target_percentage"),
    *_members("number", "PlannedOTJ=otj_planned Duration=otj_weeks MinimumOTJ=otj_minimum"),
    Member("MethodOfCalculatingOTJ", "otj_method", "text"),
    Member("CachedActualHours", "otj_actual", "number"),
)
OFF_THE_JOB = (ID, *OFF_THE_JOB_KEPT, Member("PercentOfPlanned", "otj_percent", "number", settable=False))
PLACEMENT = (
    ID,
    CENTRE,
    NAME,
    *_members("text", "Address=address Contact=contact Email=email Fax=fax Telephone=telephone Web=web"),
    Member("Active", "active", "bool"),
    MISID,
)
CLASSROOM = (
    ID,
    CENTRE,
    NAME,
    Member("StartOn", "start_on", "date"),
    *_members("bool", "Archive=archive SendCompletionMessage=send_completion_message"),
    Member("IVFinalSignOff", "iv_final_sign_off", "bool"),
    Member("CompletionMessage", "completion_message", "text"),
    MISID,
)
STANDARD = (ID, CENTRE, Member("Title", "title", "text"))
AIM = (
    ID,
    *_members("id", "UserID=user_id StandardID=standard_id", settable=False),
    Member("Status", "status", "int"),
    *_members("date", "StartDate=start_date PlannedEnd=planned_end AchievedDate=achieved_date"),
    Member("RegistrationNumber", "registration_number", "text"),
    *_members("date", "RegistrationDate=registration_date CertificateAppliedDate=certificate_applied_date"),
    Member("CertificateReceivedDate", "certificate_received_date", "date"),
    Member("Progress", "progress", "any", settable=False),
    *_members("int", "TotalElements=total_elements ElementsCompleted=elements_completed", settable=False),
)
REVIEW = (
    ID,
    *_members("id", "LearnerID=learner_id AssessorID=assessor_id EmployerID=employer_id VisitID=visit_id"),
    Member("Progress", "progress", "number"),
    Member("Status", "status", "int"),
    *_members("date", "CreatedOn=created_on ScheduledFor=scheduled_for StartedOn=started_on"),
    *_members("date", "EndTime=end_time AssessorSignedOn=assessor_signed_on"),
    *_members("date", "LearnerSignedOn=learner_signed_on EmployerSignedOn=employer_signed_on"),
)
VISIT = (
    ID,
    *_members("id", "LearnerID=learner_id OrganisationID=organisation_id AssessorID=assessor_id"),
    *_members("date", "DateFrom=date_from DateTo=date_to"),
    Member("VisitTypeID", "visit_type_id", "int"),
    Member("SMSReminder", "sms_reminder", "bool"),
)
CUSTOMER = (ID, NAME)
ORGANISATION = (
    ID,
    NAME,
    *_members("bool", "KeychainCreationForNewUserActive=keychain_creation_for_new_user_active"),
    *_members("bool", "KeychainEmailSuppression=keychain_email_suppression"),
)
STATUS = (ID, NAME)


def only(members: tuple[Member, ...], *names: str) -> tuple[Member, ...]:
    return tuple(member for member in members if member.name in names)


USER_ROW = only(USER, "ID", "FirstName", "LastName", "MISID")
PLACEMENT_ROW = only(PLACEMENT, "ID", "Name", "MISID")
CLASSROOM_ROW = only(CLASSROOM, "ID", "Name", "MISID")
STANDARD_ROW = only(STANDARD, "ID", "Title")
AIM_ROW = only(AIM, "ID", "StandardID", "UserID", "Status")
REVIEW_ROW = only(REVIEW, "ID", "ScheduledFor")
REVIEW_ROW_MORE = only(REVIEW, "ID", "ScheduledFor", "LearnerID", "Status")

KIND_NAMES: dict[type[orm.Model], str] = {
    models.User: "User",
    models.Placement: "Placement",
    models.Classroom: "Classroom",
    models.Standard: "Standard",
    models.LearningAim: "LearningAim",
    models.Review: "Review",
    models.Customer: "Customer",
    models.Organisation: "Organisation",
}
