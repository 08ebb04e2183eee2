"""Every unknown of the API as a switch. One table: name, values with the default first, what it decides."""

from dataclasses import dataclass
from typing import Any

from onefile_sandbox.models import Switches


@dataclass(frozen=True)
class Switch:
    name: str
    values: tuple[str, ...]  # empty: a number, or members by kind
    doc: str
    default: Any = None

    def __post_init__(self) -> None:
        if self.values:
            object.__setattr__(self, "default", self.values[0])


TABLE: tuple[Switch, ...] = (
    Switch("session_reply", ("plain", "json"), "Session text as it is, or JSON-quoted."),
    Switch("body_401", ("json", "empty", "html"), "What a 401 carries."),
    Switch("body_404", ("json", "empty", "html"), "What a 404 carries."),
    Switch("body_429", ("plain", "json", "html"), "What a 429 carries."),
    Switch("unknown_in_body", ("400", "404"), "An id in a body that nobody has: 400 with its code, or 404."),
    Switch("empty_search", ("204", "list"), "Nothing found: 204, or 200 with []."),
    Switch("page_beyond_end", ("204", "list"), "A page after the last one: 204, or 200 with []."),
    Switch("null_members", ("omitted", "null", "empty_text"), "How a member without a value is sent."),
    Switch("numbers", ("number", "text"), "JSON numbers, or numbers as text."),
    Switch("booleans", ("boolean", "text"), 'JSON booleans, or "true" and "false".'),
    Switch("times", ("z_ms", "z", "offset", "naive"), "…00.000Z, …00Z, …00.000+00:00, or without zone."),
    Switch("zone_in_input", ("honoured", "ignored"), "Whether an offset that was sent counts."),
    Switch("paged_rows", ("short", "full"), "Rows of a paged search: as in the plain one, or full records."),
    Switch(
        "paged_lies",
        ("none", "old", "lacking", "other_learner", "cut", "member"),
        "Paged rows: true; of long ago; every seventh left out; another's; half of each page; members left out.",
    ),
    Switch("aim_rows", ("short", "full"), "Rows of an aim search."),
    Switch("review_rows", ("short", "more", "full"), "ID and ScheduledFor; with LearnerID and Status; all."),
    Switch("page_size_over", ("clamped", "refused"), "A page size above the largest: cut down, or 400."),
    Switch("max_page_size", (), "The largest page size.", 500),
    Switch("order", ("id", "unstable"), "Order of rows: by ID, or another one with every call."),
    Switch("archived_in_search", ("no", "yes"), "Whether User/Search lists archived users."),
    Switch("archived_get", ("shown", "missing"), "GET of an archived user: 200, or 404."),
    Switch("archived_update", ("refused", "accepted"), "Update of an archived user: 400, or done."),
    Switch("removed_learner", ("gone", "served"), "Aims and reviews of a removed learner."),
    Switch("status_lists", ("objects", "names"), "Status lists of a centre: {ID, Name}, or the names alone."),
    Switch("status_numbers", ("lookup", "other"), "Status of aims and reviews: as set, or other numbers."),
    Switch("rate_window", ("fixed", "sliding"), "How calls are counted for the limit."),
    Switch("retry_after", ("absent", "seconds", "http_date"), "Header of a 429."),
    Switch("rejected_calls_count", ("yes", "no"), "Whether calls answered with 429 count."),
    Switch("authentication_counts", ("yes", "no"), "Whether POST Authentication counts."),
    Switch("misid", ("kept", "lost"), "Whether the centre keeps MIS values of users."),
    Switch("row_misid", ("present", "absent"), "MISID in rows of placements and classrooms."),
    Switch("staff_email", ("optional", "required"), "Email when a member of staff is created."),
    Switch("create_checks", ("links_first", "fields_first"), "Which check of POST User speaks first."),
    Switch("cross_centre", ("refused", "accepted"), "Links to a record of another centre."),
    Switch(
        "blanks_in_update",
        ("text_clears", "both_clear", "ignored"),
        'In an update: only "" clears, null does too, neither does.',
    ),
    Switch("longest_text", (), "Letters that are kept of a text that is sent; 0: all of them.", 0),
    Switch("form_booleans", ("accepted", "refused"), "1 and 0 as booleans."),
    Switch("name_search", ("exact", "contains"), "How names and titles are searched; case never matters."),
    Switch("search_filter", ("applied", "ignored"), "Ignored: a search returns all rows of its kind."),
    Switch("last_modified_filter", ("from", "after"), "LastModified filter: on or after, or only after."),
    Switch("last_modified_moves", ("own_fields", "progress"), "Whether aims and reviews move the user's."),
    Switch("repeat_assign", ("refused", "second_aim"), "The same standard again: 400, or a second aim."),
    Switch("assign_elements", ("brought", "none"), "Whether a new aim has its standard's elements."),
    Switch("aim_progress", ("elements", "percent_only"), "Whether TotalElements and ElementsCompleted exist."),
    Switch("off_the_job", ("served", "missing"), "Whether User/{id}/offthejob exists, or is a 404."),
    Switch("aim_update_status", ("204", "200"), "Answer to an update of an aim."),
    Switch("aim_search_scope", ("user", "organisation"), "Whether OrganisationID alone is enough."),
    Switch("review_dates_on", ("scheduled", "started"), "What DateFrom and DateTo of Review/Search act on."),
    Switch("review_without_visit", ("refused", "accepted"), "POST Review without a VisitID."),
    Switch("visit_types", ("any", "from_one"), "VisitTypeID: every number, or 1 to 3 only."),
    Switch("assign_direction", ("path_assignee", "path_learner"), "User/{id}/Assign: who stands in the path."),
    Switch("assign_status", ("204", "200"), "Answer to User/{id}/Assign."),
    Switch("repeat_assignment", ("refused", "accepted"), "The same officer again: 400, or as if new."),
    Switch("stale_seconds", (), "A GET shows the old state of a record so long after its update.", 0),
    Switch("clock_offset_seconds", (), "The server's clock is wrong by so much.", 0),
    Switch("drop_members", (), 'Left out of GET, e.g. {"Review": ["StartedOn"]}.', {}),
)
BY_NAME = {switch.name: switch for switch in TABLE}
_current: dict[str, Any] | None = None  # one process serves, so a copy in memory cannot be stale


class BadSwitchError(ValueError):
    pass


def check(name: str, value: Any) -> Any:
    switch = BY_NAME.get(name)
    if switch is None:
        raise BadSwitchError(f"there is no switch {name!r}")
    if switch.values and value not in switch.values:
        raise BadSwitchError(f"{name} is one of {', '.join(switch.values)}")
    if isinstance(switch.default, int) and (isinstance(value, bool) or not isinstance(value, int)):
        raise BadSwitchError(f"{name} is a whole number")
    if isinstance(switch.default, dict) and not _members_by_kind(value):
        raise BadSwitchError(f"{name} is an object of lists of member names")
    return value


def _members_by_kind(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(names, list) and all(isinstance(name, str) for name in names) for names in value.values()
    )


def current() -> dict[str, Any]:
    global _current
    if _current is None:
        row = Switches.objects.first()
        _current = {switch.name: switch.default for switch in TABLE} | (row.values if row else {})
    return _current


def get(name: str) -> Any:
    return current()[name]


def change(changes: dict[str, Any]) -> dict[str, Any]:
    """Sets some switches; None puts one back to its default. Nothing is set if one is wrong."""
    global _current
    wanted = {
        name: BY_NAME[name].default if value is None and name in BY_NAME else check(name, value)
        for name, value in changes.items()
    }
    values = current() | wanted
    kept = {name: value for name, value in values.items() if value != BY_NAME[name].default}
    Switches.objects.update_or_create(pk=1, defaults={"values": kept})
    _current = None
    return current()


def restore() -> None:
    global _current
    Switches.objects.all().delete()
    _current = None


def forget() -> None:
    """After a change that was rolled back."""
    global _current
    _current = None
