"""What an officer may be to a learner; plain names, so that pure rules can read them too."""

OFFICER_ROLES = (
    "Assessment",
    "Assessor",
    "Careers Adviser",
    "Change Request Authoriser",
    "Contacts",
    "Course Organiser",
    "Course Tutor",
    "Examiner",
    "External Verifier",
    "Internal Verifier",
    "Main Adviser",
    "Mentor",
    "Placement Adviser",
    "Recruitment",
    "System User",
    "Training Adviser",
)
