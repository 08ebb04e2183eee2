"""The code words of the integration: what commands print, what rows hold, what screens show."""

from django.db import models


class Environment(models.TextChoices):
    PRACTICE = "practice", "Practice"
    BETA = "beta", "Beta"
    LIVE = "live", "Live"


class Mode(models.TextChoices):
    NONE = "none", "None"
    PUSH = "push", "Push PICS Data to OneFile"
    PULL = "pull", "Update PICS From OneFile Data"


class VisitType(models.TextChoices):
    NOT_SPECIFIED = "not_specified", "Not Specified"
    REMOTE = "remote", "Remote Session"
    FACE_TO_FACE = "face_to_face", "Face to Face"


class LinkState(models.TextChoices):
    CREATING = "creating", "Being created"
    UNVERIFIED = "unverified", "Set by hand, not yet compared"
    VERIFIED = "verified", "Linked"
    REMOVED = "removed", "Removed"


class LinkOrigin(models.TextChoices):
    CREATED = "created", "Created in OneFile"
    MATCHED = "matched", "Matched by MIS Value"
    SET_BY_HAND = "set by hand", "Set by hand"
    MOVED = "moved", "Moved from another episode"


class Figure(models.TextChoices):
    """What OneFile says of a learner's whole portfolio."""

    PROGRESS = "progress", "overall progress"
    PLANNED = "planned", "planned off-the-job hours"
    DONE = "done", "off-the-job hours done"
    PERCENT = "percent", "percentage of planned off-the-job hours"
    MINIMUM = "minimum", "minimum of off-the-job hours"


class Partner(models.TextChoices):
    """What a link, or a row of a reconciliation, is about."""

    LEARNER = "learner", "Learner"
    OFFICER = "officer", "Officer"
    ORGANISATION = "organisation", "Organisation"


class Difference(models.TextChoices):
    """How OneFile's lists and our links disagree. The rules know the same words."""

    SAME_VALUE = "same_value", "Same MIS Value twice in OneFile"
    REMOVED_HERE = "removed_here", "Link removed here, still in OneFile"
    VALUE_IS_OURS = "value_is_ours", "Not linked, its MIS Value is ours"
    NOT_HERE = "not_here", "In OneFile, not here"
    GONE = "gone", "Linked, gone from OneFile"
    ARCHIVED_THERE = "archived_there", "Linked, archived in OneFile"
    ELSEWHERE = "elsewhere", "Linked, something else in OneFile"
    NOT_READ = "not_read", "Linked, not in OneFile's list"
    OVER_HERE = "over_here", "Over here, active in OneFile"
    REVIEW_DELETED = "review_deleted", "Review deleted here, still in OneFile"


class ReportState(models.TextChoices):
    WAITING = "waiting", "Being made"
    DONE = "done", "Made"
    FAILED = "failed", "Failed"


class RunKind(models.TextChoices):
    ENROL = "enrol", "Create in OneFile"
    REFRESH = "refresh", "Refresh with OneFile"
    WHOLE = "whole", "Synchronisation"
    PREVIEW = "preview", "Enrolment list"  # of many learners: shown, and carried out by a run of its own
    UNDO = "undo", "Undo"  # what another run changed here is put back


REFRESHES = (RunKind.REFRESH, RunKind.WHOLE)  # both compare a record that is in OneFile, and leave a refresh log


class Lane(models.TextChoices):
    """Who waits for it. The second leaves people their share of the calls, by day as by night."""

    PEOPLE = "people", "People"
    NIGHT = "night", "In the background"


class RunState(models.TextChoices):
    PLANNING = "planning", "Planning"
    HELD = "held", "Held"
    APPROVED = "approved", "Working"
    FINISHED = "finished", "Finished"
    STOPPED = "stopped", "Stopped"
    DISCARDED = "discarded", "Discarded"


class HeldAnswer(models.TextChoices):
    GO_ON = "go_on", "Go on"
    DISCARD = "discard", "Discard"


class ReadKind(models.TextChoices):
    """What a night may read in lists."""

    USERS = "users", "Accounts of learners"
    AIMS = "aims", "Learning aims"
    REVIEWS = "reviews", "Reviews"


class ReadWay(models.TextChoices):
    PAGES = "pages", "Full rows in pages"
    LIST = "list", "One list for the centre, then each that matters"
    EACH = "each", "One by one"


class PlanState(models.TextChoices):
    UNMADE = "unmade", "Waiting"
    READY = "ready", "Planned"
    ASKING = "asking", "A question stands"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    SKIPPED = "skipped", "Left out"


OPEN_RUNS = (RunState.PLANNING, RunState.HELD, RunState.APPROVED)
OPEN_PLANS = (PlanState.UNMADE, PlanState.READY)


class RowOutcome(models.TextChoices):
    """What a look at one of many learners found; the last three: why one was left out when the turn came."""

    READY = "ready", "Ready"
    CHOICE_NEEDED = "choice_needed", "Something to choose"
    DUPLICATE = "duplicate", "Possible duplicate"
    QUESTION = "question", "A question to answer"
    BLOCKED = "blocked", "To be put right"
    FAILED = "failed", "Could not be looked at"
    ALREADY_LINKED = "already_linked", "Already in OneFile"
    BUSY = "busy", "Being created already"
    CHANGED = "changed", "Changed since it was shown"
    CANCELLED = "cancelled", "Cancelled"


class StepState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    BEGUN = "begun", "Begun"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"
    IN_DOUBT = "in_doubt", "Checking with OneFile"
    SKIPPED = "skipped", "Left out"


UNSETTLED_STEPS = (StepState.BEGUN, StepState.IN_DOUBT)


class QuestionKind(models.TextChoices):
    POSSIBLE_DUPLICATE = "possible_duplicate", "Possible duplicate"
    WHICH_RECORD = "which_record", "Which record?"
    LOST_VISIT = "lost_visit", "Was the visit booked?"
    OTHER_PERSON = "other_person", "Another person?"
    PATHWAY = "pathway", "Which pathway?"
    CENTRE = "centre", "Which centre?"
    SAME_REVIEW = "same_review", "The same review?"
    REPLACE_EMAIL = "replace_email", "Replace the email?"
    CENTRES_DIFFER = "centres_differ", "Centres differ"
    GAVE_UP = "gave_up", "Given up"


class FailureKind(models.TextChoices):
    UNREACHABLE = "unreachable", "OneFile could not be reached"
    REFUSED = "refused", "OneFile refused"
    UNKNOWN_OUTCOME = "unknown_outcome", "A reply was lost"
    NOT_FOUND = "not_found", "Not found in OneFile"
    ARCHIVED = "archived", "Archived in OneFile"
    BAD_ANSWER = "bad_answer", "OneFile's answer could not be used"
    WRONG_LEARNER = "wrong_learner", "OneFile answered for another learner"
    BUG = "bug", "A fault of ours"


class IncidentKind(models.TextChoices):
    """What needs a person, and is told by mail. The rules know the same words."""

    FAULT = "fault", "OneFile cannot be exchanged with"
    HELD = "held", "A run is held"
    UNREACHABLE = "unreachable", "OneFile is out of reach"
    DID_NOT_RUN = "did_not_run", "A night did not run"
    NIGHT_FAILED = "night_failed", "A night failed"
