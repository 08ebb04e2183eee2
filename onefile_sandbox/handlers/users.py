from typing import Any

from django.http import HttpResponse, JsonResponse

from onefile_sandbox import answers, clock, links, members, search, switches
from onefile_sandbox.errors import Code, bad, missing
from onefile_sandbox.models import LearningAim, Role, User
from onefile_sandbox.models.people import ASSESSORS
from onefile_sandbox.request import Asked

REQUIRED = ("OrganisationID", "FirstName", "LastName", "Role")
REQUIRED_BY_ROLE: dict[int, tuple[str, ...]] = {
    Role.LEARNER: ("Email", "DefaultAssessorID", "ClassroomID", "PlacementID"),
    Role.EMPLOYER: ("PlacementID",),
    Role.OBSERVER: ("PlacementID",),
}
LINKED = ("PlacementID", "ClassroomID", "DefaultAssessorID", "DefaultEmployerID", "LearnerStatusID")


def find(asked: Asked) -> HttpResponse:
    """Role is sent by every client that was seen, so it is required here (I)."""
    links.require(asked, "Role")
    links.from_body(asked, "OrganisationID")
    rows = User.objects.all()
    if switches.get("paged_rows") == "full":
        rows = rows.prefetch_related("aims")
    if switches.get("archived_in_search") == "no":
        rows = rows.filter(archived=False)
    everything = rows
    rows = search.id_filter(rows, asked, role="Role", organisation_id="OrganisationID", placement_id="PlacementID")
    rows = search.text_filter(rows, asked, first_name="FirstName", last_name="LastName", misid="MISID", email="Email")
    rows = _changed_since(rows, asked)
    return search.answer(rows, asked, members.USER_ROW, members.USER, everything.all)


def _changed_since(rows: search.Rows, asked: Asked) -> search.Rows:
    since = asked.get("date", "LastModified")
    if since is None:
        return rows
    inclusive = switches.get("last_modified_filter") == "from"
    return rows.filter(**{"last_modified__gte" if inclusive else "last_modified__gt": since})


def show(asked: Asked) -> HttpResponse:
    user = links.from_path(User, asked.args[0])
    if user.archived and switches.get("archived_get") == "missing":
        raise missing("user")
    return answers.record(user, members.USER)


def off_the_job(asked: Asked) -> HttpResponse:
    """What it answers for others than learners is not known: here there is none (X)."""
    user = links.from_path(User, asked.args[0])
    if user.role != Role.LEARNER or switches.get("off_the_job") == "missing":
        raise missing("user")
    return answers.record(user, members.OFF_THE_JOB)


def create(asked: Asked) -> HttpResponse:
    """Nothing is unique: a repeat makes a second account."""
    checks = [_check_links, _check_required]
    for check in checks if switches.get("create_checks") == "links_first" else reversed(checks):
        check(asked)
    user = User.objects.create(**_new_fields(asked))
    _bring_standards(user)
    return JsonResponse({"ID": _id(user.pk), "Username": user.username})


def _id(number: int) -> int | str:
    return str(number) if switches.get("numbers") == "text" else number


def _check_required(asked: Asked) -> None:
    role = asked.get("id", "Role")
    staff_email = role != Role.LEARNER and switches.get("staff_email") == "required"
    links.require(asked, *REQUIRED, *REQUIRED_BY_ROLE.get(role, ()), *(["Email"] if staff_email else []))
    if role not in Role.values:
        raise bad(Code.BAD_VALUE, "Role is not known")


def _check_links(asked: Asked) -> None:
    links.from_body(asked, "OrganisationID")
    centre = asked.get("id", "OrganisationID")
    if centre is None:
        return
    links.check(asked, centre, *LINKED)
    assessor: Any = links.from_body(asked, "DefaultAssessorID")
    if assessor is not None and assessor.role not in ASSESSORS:
        raise bad(Code.USER_NOT_FOUND, "DefaultAssessorID is not an assessor")


def _new_fields(asked: Asked) -> dict[str, Any]:
    fields = asked.fields(members.USER)
    for given_by_server in ("id", "progress", "last_modified"):
        fields.pop(given_by_server, None)
    now = clock.now()
    fields.setdefault("created_on", now)
    fields.setdefault("username", _username(fields["first_name"], fields["last_name"]))
    if switches.get("misid") == "lost":
        fields.pop("misid", None)
    return fields | {"last_modified": now}


def _username(first_name: str, last_name: str) -> str:
    stem = "".join(c for c in f"{first_name[:1]}{last_name}".lower() if c.isalnum())[:40]
    taken = User.objects.filter(username__startswith=stem).count()
    return f"{stem}{taken + 1}"


def _bring_standards(user: User) -> None:
    """A classroom may carry standards; its learners get them without anybody asking."""
    if user.role == Role.LEARNER and user.classroom is not None:
        for standard in user.classroom.standards.order_by("id"):
            LearningAim.objects.create(
                user=user, standard=standard, start_date=user.start_on, total_elements=elements_of(standard)
            )


def elements_of(standard: Any) -> int:
    return standard.elements if switches.get("assign_elements") == "brought" else 0


def update(asked: Asked) -> HttpResponse:
    user = writable(asked.args[0])
    links.check(asked, user.organisation_id, *LINKED)
    changes = asked.changes(members.USER)
    links.keep(changes, first_name="FirstName", last_name="LastName")
    if switches.get("misid") == "lost":
        changes.pop("misid", None)
    for attr, value in changes.items():
        setattr(user, attr, value)
    user.last_modified = clock.now()
    user.save()
    return answers.done()


def writable(text: str) -> User:
    user = links.from_path(User, text)
    if user.archived and switches.get("archived_update") == "refused":
        raise bad(Code.ARCHIVED, "user is archived")
    return user


def archive(asked: Asked) -> HttpResponse:
    return _set_archived(asked, True)


def unarchive(asked: Asked) -> HttpResponse:
    return _set_archived(asked, False)


def _set_archived(asked: Asked, archived: bool) -> HttpResponse:
    """Harmless when repeated, and it does not move LastModified (X, both)."""
    user = links.from_path(User, asked.args[0])
    User.objects.filter(pk=user.pk).update(archived=archived)
    return answers.done()
