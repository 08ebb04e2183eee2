"""What is exchanged, a row a field. Screens, plans, tests and `docs/onefile.md` read this one table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """Who wins, and when."""

    SENT_ONCE = "sent when the learner is created"
    SENT_WITH_AIM = "sent when the qualification is assigned"
    SENT_WITH_REVIEW = "sent when a review goes up"
    SENT_WITH_PARTNER = "sent when the record is created in OneFile"
    FROM_ONEFILE = "comes from OneFile"
    BY_MODE = "by the mode"
    CHANGE_PUSHED = "sent when the learner is created; a change here is pushed"
    BLANK_SIDE_FILLED = "the blank side is filled; where both are set OneFile's counts"


ALWAYS = "always"


class After(StrEnum):
    """What a demographics mode does with a field once the record is in OneFile. A blank never erases."""

    EITHER = "pushed or pulled"
    PUSHED = "only ever pushed"


@dataclass(frozen=True)
class Field:
    """``name`` is ours (PICS's word for it is ``label``); ``sensitive`` is shown only to those who may.

    ``after``: what becomes of it after the creation, by the record's demographics mode. ``sent_by``: the switch under
    which it is sent when its record is created in OneFile, where its rule does not say so.
    """

    record: str
    name: str
    label: str
    rule: Rule
    sensitive: bool = False
    switch: str = ""
    longest: int | None = None
    after: After | None = None
    sent_by: str = ""


LEARNER = (
    *(
        Field("learner", name, label, Rule.SENT_ONCE, after=After.EITHER)
        for name, label in (
            ("first_name", "First Name"),
            ("surname", "Surname"),
            ("email", "Email"),
            ("telephone", "Telephone"),
            ("mobile", "Mobile Number"),
            ("date_of_birth", "DOB"),
        )
    ),
    Field("learner", "address", "Address", Rule.BY_MODE, after=After.EITHER),
    *(
        Field("learner", name, label, Rule.SENT_ONCE, sensitive=sensitive, after=After.PUSHED)
        for name, label, sensitive in (
            ("uln", "ULN", False),
            ("nino", "NINO", True),
            ("start", "Start Date", False),
            ("planned_end", "Planned End Date", False),
            ("ethnicity", "Ethnicity", True),
            ("sex", "Sex", False),
            ("lldd", "Disability", True),
        )
    ),
    Field("learner", "lldd_primary", "Primary disability", Rule.SENT_ONCE, sensitive=True),
    Field("learner", "lldd_others", "Other disabilities", Rule.SENT_ONCE, sensitive=True),
    Field("learner", "mis_value", "MIS Value", Rule.SENT_ONCE),
    Field("learner", "main_officer", "Main Officer", Rule.CHANGE_PUSHED, switch="push_main_officer"),
    Field("learner", "employer", "Employer", Rule.CHANGE_PUSHED, switch="push_employer"),
)
AIM = (
    Field("line", "start", "Start", Rule.SENT_WITH_AIM),
    Field("line", "planned_end", "Planned End", Rule.SENT_WITH_AIM),
    Field("line", "registration_number", "Registration Number", Rule.BLANK_SIDE_FILLED, longest=50),
    Field("line", "registration_date", "Registration Date", Rule.BLANK_SIDE_FILLED),
    Field("line", "certificate_applied", "Certificate Applied For Date", Rule.BLANK_SIDE_FILLED),
    Field("line", "certificate_received", "Certificate Received Date", Rule.BLANK_SIDE_FILLED),
    Field("line", "total_elements", "Total Elements", Rule.FROM_ONEFILE),
    Field("line", "elements_done", "Elements Done", Rule.FROM_ONEFILE),
)
UP = "upload_reviews"
REVIEW = tuple(
    Field("review", name, label, Rule.FROM_ONEFILE, switch="download_reviews", sent_by=sent_by)
    for name, label, sent_by in (
        ("scheduled_date", "Scheduled Date", UP),
        ("start_time", "Start Time", UP),
        ("officer", "Officer", UP),
        ("attended", "Attended", ""),
        ("actual_date", "Actual Date", ""),
        ("trainee_signed", "Trainee Signed", ""),
        ("officer_signed", "Officer Signed", ""),
        ("employer_signed", "Employer Signed", ""),
    )
)
OFFICER = tuple(
    Field("officer", name, label, Rule.BY_MODE, switch="officer_mode", after=After.EITHER, sent_by=sent_by)
    for name, label, sent_by in (
        ("first_name", "First Name", ALWAYS),
        ("surname", "Surname", ALWAYS),
        ("email", "Email", "send_officer_email"),
        ("telephone", "Telephone", ""),
        ("mobile", "Mobile Number", ""),
    )
)
ORGANISATION = tuple(
    Field("organisation", name, label, Rule.BY_MODE, switch="organisation_mode", after=after, sent_by=sent_by)
    for name, label, after, sent_by in (
        ("name", "Name", After.PUSHED, ALWAYS),
        ("mis_value", "MIS Value", After.PUSHED, ALWAYS),
        ("address", "Address", After.EITHER, ""),
        ("telephone", "Telephone", After.EITHER, ""),
        ("email", "Email", After.EITHER, ""),
        ("website", "Website", After.EITHER, ""),
        ("contact", "Contact", After.EITHER, ""),
    )
)
# Sent, and no field of a record here that could be compared.
BESIDES = (
    Field("learner", "centre", "OneFile Organisation", Rule.SENT_ONCE),
    Field("learner", "classroom", "Classroom", Rule.SENT_ONCE),
    Field("learner", "additional_assessors", "Additional Assessors", Rule.SENT_ONCE, switch="additional_assessors"),
    Field("line", "standard_id", "Qualification", Rule.SENT_WITH_AIM),
    Field("line", "officer", "Assessor", Rule.SENT_WITH_AIM),
    Field("review", "visit_type", "Visit Type", Rule.SENT_WITH_REVIEW, switch=UP),
    Field("officer", "mis_value", "MIS Value", Rule.SENT_WITH_PARTNER, sent_by=ALWAYS),
)
TABLE = LEARNER + AIM + REVIEW + OFFICER + ORGANISATION
SHOWN = TABLE + BESIDES
LABELS = {(row.record, row.name): row.label for row in SHOWN}
AT_CREATION = tuple(row.name for row in LEARNER if row.rule is Rule.SENT_ONCE)
BY_MODE = {"learner": LEARNER, "officer": OFFICER, "organisation": ORGANISATION}
PUSHED = {record: tuple(row.name for row in rows if row.after) for record, rows in BY_MODE.items()}
PULLED = {record: tuple(row.name for row in rows if row.after is After.EITHER) for record, rows in BY_MODE.items()}
SENSITIVE = frozenset(row.name for row in TABLE if row.sensitive)
FILLED_BOTH_WAYS = tuple(row.name for row in AIM if row.rule is Rule.BLANK_SIDE_FILLED)
SENT_WITH_AIM = tuple(row.name for row in AIM if row.rule is Rule.SENT_WITH_AIM)
REVIEW_FIELDS = tuple(row.name for row in REVIEW)
