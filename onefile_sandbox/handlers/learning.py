"""Standards, and a learner's aims on them."""

from django.http import HttpResponse

from onefile_sandbox import answers, clock, links, members, search, switches
from onefile_sandbox.errors import Code, bad, missing
from onefile_sandbox.handlers import users
from onefile_sandbox.models import LearningAim, Role, Standard, User
from onefile_sandbox.request import Asked

ELEMENTS = ("TotalElements", "ElementsCompleted")


def find_standards(asked: Asked) -> HttpResponse:
    links.from_body(asked, "OrganisationID")
    rows = search.id_filter(
        Standard.objects.all(),
        asked,
        organisation_id="OrganisationID",
        organisation__customer_id="CustomerID",
        id="ID",
    )
    rows = search.text_filter(rows, asked, title="Title")
    return search.answer(rows, asked, members.STANDARD_ROW, members.STANDARD, Standard.objects.all)


def show_standard(asked: Asked) -> HttpResponse:
    return answers.record(links.from_path(Standard, asked.args[0]), members.STANDARD)


def assign_standard(asked: Asked) -> HttpResponse:
    """Refusing a repeat is an invented default (X)."""
    standard = links.from_path(Standard, asked.args[0])
    learner = users.writable(asked.args[1])
    if learner.role != Role.LEARNER:
        raise missing("learner")
    links.same_centre(learner.organisation_id, standard)
    if switches.get("repeat_assign") == "refused" and learner.aims.filter(standard=standard).exists():
        raise bad(Code.ALREADY_ASSIGNED, "standard is already assigned")
    aim = LearningAim.objects.create(user=learner, standard=standard, total_elements=users.elements_of(standard))
    touch(learner)
    return answers.number(aim.pk)


def touch(learner: User) -> None:
    """The worst case is the default: only a user's own fields move LastModified (X)."""
    if switches.get("last_modified_moves") == "progress":
        User.objects.filter(pk=learner.pk).update(last_modified=clock.now())


def _aim_members() -> tuple[members.Member, ...]:
    percent_only = switches.get("aim_progress") == "percent_only"
    return tuple(m for m in members.AIM if not (percent_only and m.name in ELEMENTS))


def find_aims(asked: Asked) -> HttpResponse:
    rows = search.id_filter(LearningAim.objects.all(), asked, user_id="UserID", user__organisation_id="OrganisationID")
    if not asked.has("UserID") and not _by_organisation(asked):
        rows = _achieved_between(rows, asked)
    full = _aim_members()
    short = full if switches.get("aim_rows") == "full" else members.AIM_ROW
    return search.answer(rows, asked, short, full, LearningAim.objects.all)


def _by_organisation(asked: Asked) -> bool:
    return asked.has("OrganisationID") and switches.get("aim_search_scope") == "organisation"


def _achieved_between(rows: search.Rows, asked: Asked) -> search.Rows:
    """Customer-wide the search is known for achieved aims of a range only; anything else is 400 (X)."""
    links.require(asked, "LearningAimCompletionStatus", "DateFrom", "DateTo")
    if asked.get("int", "LearningAimCompletionStatus") != 1:
        raise bad(Code.BAD_VALUE, "LearningAimCompletionStatus is 1")
    return rows.filter(achieved_date__gte=asked.get("date", "DateFrom"), achieved_date__lte=asked.get("date", "DateTo"))


def show_aim(asked: Asked) -> HttpResponse:
    return answers.record(links.from_path(LearningAim, asked.args[0]), _aim_members())


def update_aim(asked: Asked) -> HttpResponse:
    aim = links.from_path(LearningAim, asked.args[0])
    if asked.has("UserID") and asked.get("id", "UserID") != aim.user_id:
        raise bad(Code.BAD_VALUE, "UserID is not the learner of this aim")
    users.writable(str(aim.user_id))
    for attr, value in asked.changes(members.AIM).items():
        setattr(aim, attr, 0 if attr == "status" and value is None else value)
    aim.save()
    touch(aim.user)
    return answers.done("aim_update_status")
