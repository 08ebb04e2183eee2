"""The demo customer as plain data; everybody in it is invented. Lines are in the order of their headings."""

from typing import Any

Row = dict[str, Any]

TOKEN = "practice-customer-token"  # noqa: S105 - of a customer that does not exist
CUSTOMER = {"ID": 11, "Name": "Northmoor Training Group"}
CENTRES = {101: "Northmoor College", 102: "Harbour Skills Centre"}

# id, centre, title without its code, code as it stands in the brackets, elements
STANDARDS = [
    (4001, 101, "Business Administrator Level 3", "196AS", 42),
    (4002, 101, "Level 3 Diploma in Business Administration", "603/2954/9", 64),
    (4003, 101, "Customer Service Practitioner Level 2", "122AS", 30),
    (4004, 101, "Team Leader or Supervisor Level 3", "105AS", 36),
    (4005, 101, "Early Years Educator Level 3 - Nursery", "135AS", 48),
    (4006, 101, "Early Years Educator Level 3 - Childminding", "135AS", 45),
    (4007, 101, "Carpentry and Joinery Level 2 - Site Carpentry", "119AS", 40),
    (4008, 101, "Functional Skills English Level 2", "603/4581/6", 12),
    (4009, 101, "Functional Skills Mathematics Level 2", "603/4264/5", 0),
    (4101, 102, "Business Administrator Level 3", "196AS", 42),
    (4102, 102, "Adult Care Worker Level 2", "118AS", 32),
    (4103, 102, "Level 2 Diploma in Care", "603/3052/7", 58),
]
# id, centre, name, standards that its new learners get
CLASSROOMS = [
    (3001, 101, "Unassigned", []),
    (3002, 101, "Business Admin 2026", []),
    (3003, 101, "Carpentry Autumn", [4007]),
    (3004, 101, "Early Years January", []),
    (3101, 102, "Unassigned", []),
    (3102, 102, "Adult Care 2026", []),
    (3103, 102, "Business Admin 2026", []),
]
# id, centre, role (4 trainee assessor, 5 assessor, 10 IQA), first name, last name, MIS value
OFFICERS = [
    (500101, 101, 5, "Bryn", "Tallis", "OF001"),
    (500102, 101, 5, "Meera", "Chandran", "OF002"),
    (500103, 101, 4, "Callum", "Reith", "OF003"),
    (500104, 101, 5, "Dorota", "Wilk", "OF005"),
    (500110, 101, 10, "Henrietta", "Shawcross", "OF010"),
    (500201, 102, 5, "Owain", "Prosser", "OF004"),
    (500202, 102, 5, "Sunniva", "Clarke", ""),
    (500210, 102, 10, "Felix", "Abara", "OF011"),
]
# id, centre, name, MIS value, contact, address
EMPLOYERS = [
    (900010, 101, "Pitt & Sons' Joinery", "EM001", "Geraldine Pitt", "Unit 4, Mill Yard\nNorthmoor\nNM2 4QT"),
    (900011, 101, "Larkfield Nursery", "EM002", "Joy Adeyemi", "12 Larkfield Road\nNorthmoor\nNM1 7LB"),
    (900012, 101, "Brightwater Logistics Ltd", "", "Tom Sedgwick", "Dock Street\nNorthmoor\nNM4 1AA"),
    (900013, 101, "Northmoor Borough Council", "EM003", "Priya Nair", "Town Hall\nNorthmoor\nNM1 1AA"),
    (900020, 102, "Harbour View Care Home", "EM004", "Sioned Rees", "3 Harbour View\nPort Ennis\nPE8 2HV"),
    (900021, 102, "Quayside Accounts LLP", "", "Martin Doyle", "9 The Quay\nPort Ennis\nPE8 1QY"),
]
# id, centre, first name, last name, MIS value, born, ULN
LEARNERS = [
    (700100, 101, "Amara", "Okafor-Lane", "AB12C", "2007-07-14", "4123456781"),
    (700101, 101, "Jonah", "Whitcombe", "", "2006-02-28", ""),
    (700102, 101, "Sadia", "Rahman", "NM104", "2005-11-03", "6172045848"),
    (700103, 101, "Lewis", "Garrow", "NM087", "2004-05-21", ""),
    (700104, 102, "Catrin", "Bevan", "HB021", "1998-08-30", "8213507478"),
]
# learner: assessor, classroom, employer, start, planned end
ENROLMENTS = {
    700100: (500101, 3003, 900010, "2026-09-07", "2028-09-04"),
    700101: (500102, 3002, 900013, "2026-04-13", "2027-10-15"),
    700102: (500102, 3002, 900012, "2026-01-12", "2027-07-16"),
    700103: (500104, 3001, 900012, "2024-09-02", "2026-03-06"),
    700104: (500201, 3102, 900020, "2026-06-01", "2027-06-04"),
}
ARCHIVED = {700103}
# learner: off-the-job hours planned, done, least
OFF_THE_JOB = {700100: (612.0, 74.5, 586.0), 700102: (468.0, 301.25, 452.4), 700104: (300.0, 120.0, 283.2)}
# id, learner, standard, elements completed, registration number
AIMS = [
    (610001, 700100, 4007, 11, "R4471-0093"),
    (610002, 700100, 4008, 3, ""),
    (610003, 700101, 4001, 0, ""),
    (610004, 700102, 4001, 28, "BA-2026-118"),
    (610005, 700102, 4002, 40, "BA-2026-119"),
    (610006, 700103, 4003, 30, "CS-2024-007"),
    (610007, 700104, 4102, 16, ""),
]
# id (the visit's is 682,000 higher), learner, day, time it began, signed by assessor, signed by learner
REVIEWS = [
    (88001, 700100, "2026-10-19", "10:05", True, True),
    (88002, 700100, "2027-01-11", "", False, False),
    (88003, 700102, "2026-09-14", "13:40", True, False),
    (88004, 700102, "2026-12-07", "", False, False),
    (88005, 700104, "2026-10-05", "09:10", True, True),
]
LEARNER_STATUSES = ("Active", "Active - Cause for Concern", "Break in Learning", "Completed", "Withdrawn")
AIM_STATUSES = ("Active", "Break in Learning", "Completed", "Withdrawn")


def records() -> dict[str, list[Row]]:
    return {
        "organisations": [{"ID": i, "Name": n, "CustomerID": CUSTOMER["ID"]} for i, n in CENTRES.items()],
        "learner_statuses": _statuses(LEARNER_STATUSES),
        "aim_statuses": _statuses(AIM_STATUSES),
        "placements": [_employer(*row) for row in EMPLOYERS],
        "standards": [_standard(*row) for row in STANDARDS],
        "classrooms": [_classroom(*row) for row in CLASSROOMS],
        "users": [_officer(*row) for row in OFFICERS] + [_learner(*row) for row in LEARNERS],
        "aims": [_aim(*row) for row in AIMS],
        "visits": [_visit(pk, learner, day) for pk, learner, day, *_ in REVIEWS],
        "reviews": [_review(*row) for row in REVIEWS],
        "assignments": [
            {"AssigneeID": row[0], "LearnerID": learner, "Level": 1}
            for learner, row in ENROLMENTS.items()
            if learner not in ARCHIVED
        ],
    }


def _statuses(names: tuple[str, ...]) -> list[Row]:
    return [{"OrganisationID": centre, "Name": name} for centre in CENTRES for name in names]


def _email(first: str, last: str) -> str:
    return f"{first}.{last}@example.org".lower().replace(" ", "")


def _employer(pk: int, centre: int, name: str, misid: str, contact: str, address: str) -> Row:
    shared = {"ID": pk, "OrganisationID": centre, "Name": name, "MISID": misid}
    return shared | {"Contact": contact, "Address": address, "Email": _email(*contact.split(" ", 1))}


def _standard(pk: int, centre: int, title: str, code: str, elements: int) -> Row:
    return {"ID": pk, "OrganisationID": centre, "Title": f"{title} [{code}]", "Elements": elements}


def _classroom(pk: int, centre: int, name: str, standards: list[int]) -> Row:
    return {"ID": pk, "OrganisationID": centre, "Name": name, "Standards": standards}


def _person(pk: int, centre: int, role: int, first: str, last: str, misid: str) -> Row:
    names = {"FirstName": first, "LastName": last, "Email": _email(first, last)}
    username = f"{first[0]}{last}{pk % 1000}".lower().replace("-", "")
    return {"ID": pk, "OrganisationID": centre, "Role": role, "MISID": misid, "Username": username} | names


def _officer(pk: int, centre: int, role: int, first: str, last: str, misid: str) -> Row:
    return _person(pk, centre, role, first, last, misid)


def _learner(pk: int, centre: int, first: str, last: str, misid: str, born: str, uln: str) -> Row:
    assessor, classroom, employer, start, end = ENROLMENTS[pk]
    links = {"DefaultAssessorID": assessor, "ClassroomID": classroom, "PlacementID": employer}
    dates = {"DOB": born, "StartOn": start, "PlannedEndDate": end}
    own = {"ULN": uln, "Archived": pk in ARCHIVED}
    own |= dict(zip(("PlannedOTJ", "CachedActualHours", "MinimumOTJ"), OFF_THE_JOB.get(pk, ()), strict=False))
    return _person(pk, centre, 1, first, last, misid) | links | dates | own


def _aim(pk: int, learner: int, standard: int, done: int, registration: str) -> Row:
    elements = next(row[4] for row in STANDARDS if row[0] == standard)
    *_, start, end = ENROLMENTS[learner]
    counts = {"TotalElements": elements, "ElementsCompleted": done, "RegistrationNumber": registration}
    return {"ID": pk, "UserID": learner, "StandardID": standard, "StartDate": start, "PlannedEnd": end} | counts


def _visit(pk: int, learner: int, day: str) -> Row:
    centre, assessor = next(row[1] for row in LEARNERS if row[0] == learner), ENROLMENTS[learner][0]
    times = {"DateFrom": f"{day}T09:00:00Z", "DateTo": f"{day}T10:00:00Z", "VisitTypeID": 1}
    return {"ID": pk + 682_000, "LearnerID": learner, "OrganisationID": centre, "AssessorID": assessor} | times


def _review(pk: int, learner: int, day: str, began: str, assessor_signed: bool, learner_signed: bool) -> Row:
    row: Row = {"ID": pk, "LearnerID": learner, "VisitID": pk + 682_000, "Status": 1}
    row |= {"AssessorID": ENROLMENTS[learner][0]}
    row |= {"ScheduledFor": f"{day}T09:00:00Z", "CreatedOn": "2026-09-01T08:00:00Z"}
    row |= {"StartedOn": f"{day}T{began}:00Z"} if began else {}
    row |= {"AssessorSignedOn": f"{day}T16:00:00Z"} if assessor_signed else {}
    return row | ({"LearnerSignedOn": f"{day}T18:30:00Z"} if learner_signed else {})
