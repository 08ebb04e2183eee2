"""Who may open which page: one line for each address of the project. A page that has none here fails the tests.

A line names the permissions that the page needs and, where the address has parts, which records fill them: keys of
``conftest.records``. From that line the tests try the page as four people: somebody of the least group that may use
it, a colleague who may do everything else, a colleague without the OneFile licence, and a stranger.
"""

from __future__ import annotations

from dataclasses import dataclass

from picsweb.permissions import GROUPS, Permission

# Open to people without any permission, each with the reason.
PUBLIC = {
    "login": "who signs in has no permission yet",
    "logout": "everybody may leave",
    "password_change": "everybody's own password",
    "password_change_done": "everybody's own password",
    "set_password": "the link is the key",
    "health": "a watchdog has no account",
}


@dataclass(frozen=True)
class Page:
    permissions: tuple[Permission, ...]
    parts: tuple[str, ...] = ()
    licence: bool = False
    get: bool = True  # False: it takes POST only
    post: bool = False  # it takes POST

    @property
    def least_group(self) -> str:
        return next(name for name, held in GROUPS.items() if set(self.permissions) <= set(held))


def look(*permissions: Permission, of: str = "", licence: bool = False) -> Page:
    return Page(permissions, tuple(of.split()), licence)


def change(*permissions: Permission, of: str = "", licence: bool = False) -> Page:
    """A form or a question: shown on GET, done on POST."""
    return Page(permissions, tuple(of.split()), licence, post=True)


def press(*permissions: Permission, of: str = "", licence: bool = False) -> Page:
    """A button: POST only."""
    return Page(permissions, tuple(of.split()), licence, get=False, post=True)


VIEW, EDIT = Permission.VIEW_LEARNERS, Permission.EDIT_LEARNERS
EXPORT, MANAGE = Permission.EXPORT_DATA, Permission.MANAGE_DATA
USE, ADMINISTER = Permission.USE_ONEFILE, Permission.ADMINISTER_ONEFILE

# Several lines of one address: a number behind "#" keeps them apart.
TABLE: dict[str, Page] = {
    "learners:home": look(VIEW),
    "learners:learner-list": look(VIEW),
    "learners:learner-choices": look(VIEW),
    "learners:progress-list": look(VIEW),
    "learners:pace": look(VIEW),
    "learners:list-download": look(EXPORT, VIEW, of="list file"),
    "learners:learner-new": change(EDIT),
    "learners:learner": look(VIEW, of="learner"),
    "learners:learner-edit": change(EDIT, of="learner"),
    "learners:learner-tie": change(EDIT, of="learner"),
    "learners:learner-untie": change(EDIT, of="learner"),
    "learners:learner-told-apart": change(EDIT, of="learner other-learner"),
    "learners:episode-new": change(EDIT, of="learner"),
    "learners:break-start": change(EDIT, of="learner"),
    "learners:break-return": change(EDIT, of="learner"),
    "learners:programme-end": change(EDIT, of="learner"),
    "learners:programme-end-undo": change(EDIT, of="learner"),
    "learners:bulk-choose": look(MANAGE),
    "learners:bulk-form": look(MANAGE, of="bulk-kind"),
    "learners:bulk-preview": change(MANAGE, of="bulk-kind"),
    "learners:bulk-change-list": look(MANAGE),
    "learners:bulk-change": look(MANAGE, of="bulk-change"),
    "learners:bulk-change-undo": change(MANAGE, of="bulk-change"),
    "learners:hand-over-form": look(MANAGE, of="officer"),
    "learners:hand-over-preview": change(MANAGE, of="officer"),
    "learners:learner-erase": change(Permission.ERASE_LEARNERS, of="learner"),
    "learners:access-request": change(MANAGE, Permission.VIEW_SENSITIVE, of="learner"),
    "learners:delivery-plan": look(VIEW, of="learner"),
    "learners:delivery-plan-tab": look(VIEW, of="learner tab"),
    "learners:history-download": look(EXPORT, VIEW, of="learner file"),
    "learners:series-new": change(EDIT, of="learner"),
    "learners:series-made": change(EDIT, of="learner series"),
    **{
        f"learners:part-new#{kind}": change(EDIT, of=f"learner {kind}")
        for kind in ("lines", "units", "reviews", "placements", "officers", "breaks")
    },
    **{
        f"learners:part-edit#{kind}": change(EDIT, of=f"learner {kind} a-{kind}")
        for kind in ("lines", "units", "reviews", "placements", "breaks")
    },
    **{
        f"learners:part-delete#{kind}": change(EDIT, of=f"learner {kind} a-{kind}")
        for kind in ("lines", "units", "reviews", "placements", "officers", "breaks")
    },
    "learners:review-list": look(VIEW),
    "learners:officer-list": look(VIEW),
    "learners:officer-new": change(EDIT),
    "learners:officer": look(VIEW, of="officer"),
    "learners:officer-edit": change(EDIT, of="officer"),
    "learners:organisation-list": look(VIEW),
    "learners:organisation-choices": look(VIEW),
    "learners:organisation-new": change(EDIT),
    "learners:organisation": look(VIEW, of="organisation"),
    "learners:organisation-edit": change(EDIT, of="organisation"),
    "learners:qualification-list": look(VIEW),
    "learners:qualification-new": change(EDIT),
    "learners:qualification": look(VIEW, of="qualification"),
    "learners:qualification-edit": change(EDIT, of="qualification"),
    "accounts:user-list": look(Permission.MANAGE_USERS),
    "accounts:user-new": change(Permission.MANAGE_USERS),
    "accounts:user-edit": change(Permission.MANAGE_USERS, of="user"),
    "accounts:user-password": change(Permission.MANAGE_USERS, of="user"),
    "accounts:user-unlock": change(Permission.MANAGE_USERS, of="user"),
    "learners:tag-list": look(VIEW),
    "learners:tag-new": change(EDIT),
    "learners:tag": look(VIEW, of="tag"),
    "learners:tag-edit": change(EDIT, of="tag"),
    "learners:tag-merge": change(EDIT, of="tag"),
    "learners:tag-delete": change(EDIT, of="tag"),
    "learners:import-list": look(MANAGE),
    "learners:import-new": change(MANAGE),
    "learners:import-template": look(MANAGE, of="kind file"),
    "learners:import": look(MANAGE, of="import"),
    "learners:import-approve": press(MANAGE, of="import"),
    "learners:import-discard": press(MANAGE, of="import"),
    "learners:import-errors": look(MANAGE, of="import"),
    "learners:export-list": look(EXPORT, VIEW),
    "learners:export": look(EXPORT, VIEW, of="kind file"),
    "onefile:summary": look(ADMINISTER),
    "onefile:settings": change(ADMINISTER),
    "onefile:exchanged": look(ADMINISTER),
    "onefile:licences": change(ADMINISTER),
    "onefile:licence-take": change(ADMINISTER, of="user"),
    "onefile:test": press(ADMINISTER),
    "onefile:refresh-links": press(ADMINISTER),
    "onefile:refresh-list": press(USE, licence=True),
    "onefile:failures": look(USE, licence=True),
    "onefile:failures-csv": look(EXPORT, USE, licence=True),
    "onefile:failures-retry": change(USE, licence=True),
    "onefile:run-retry": change(ADMINISTER, of="run"),
    "onefile:retry": press(USE, of="run learner", licence=True),
    "onefile:partner-retry": press(USE, of="partner-run officer-kind officer", licence=True),
    "onefile:incidents": look(ADMINISTER),
    "onefile:test-mail": press(ADMINISTER),
    "onefile:synchronise": change(ADMINISTER),
    "onefile:runs": look(ADMINISTER),
    "onefile:run": look(ADMINISTER, of="run"),
    "onefile:run-go-on": change(ADMINISTER, of="run"),
    "onefile:run-discard": change(ADMINISTER, of="run"),
    "onefile:run-learners": look(ADMINISTER, of="run"),
    "onefile:run-changes": look(ADMINISTER, of="run"),
    "onefile:run-csv": look(ADMINISTER, of="run"),
    "onefile:journal": look(ADMINISTER),
    "onefile:plan-csv": look(USE, EXPORT, of="run learner", licence=True),
    "onefile:whole-dry-run": press(ADMINISTER),
    "onefile:dry-run": press(USE, of="learner", licence=True),
    "onefile:journal-csv": look(ADMINISTER),
    "onefile:learner-changes": look(USE, of="learner", licence=True),
    "onefile:learner-csv": look(USE, EXPORT, of="learner", licence=True),
    "onefile:run-pause": press(ADMINISTER, of="run"),
    "onefile:run-resume": press(ADMINISTER, of="run"),
    "onefile:run-cancel": change(ADMINISTER, of="run"),
    "onefile:reconciliations": look(ADMINISTER),
    "onefile:reconciliation-start": press(ADMINISTER),
    "onefile:reconciliation": look(ADMINISTER, of="reconciliation"),
    "onefile:reconciliation-csv": look(ADMINISTER, of="reconciliation"),
    "onefile:many-list": look(USE, licence=True),
    "onefile:many-new": change(USE, licence=True),
    "onefile:many#list": look(USE, of="enrolment-list", licence=True),
    "onefile:many#result": look(USE, of="enrolment", licence=True),
    "onefile:many-csv#list": look(EXPORT, USE, of="enrolment-list", licence=True),
    "onefile:many-csv#result": look(EXPORT, USE, of="enrolment", licence=True),
    "onefile:many-look": change(USE, of="enrolment-list other-learner", licence=True),
    "onefile:many-choices": press(USE, of="enrolment-list", licence=True),
    "onefile:many-again": press(USE, of="enrolment-list", licence=True),
    "onefile:many-remove": press(USE, of="enrolment-list", licence=True),
    "onefile:many-create": press(USE, of="enrolment-list", licence=True),
    "onefile:many-pause": press(USE, of="enrolment", licence=True),
    "onefile:many-resume": press(USE, of="enrolment", licence=True),
    "onefile:many-cancel": change(USE, of="enrolment", licence=True),
    "onefile:many-try-again": press(USE, of="enrolment", licence=True),
    "onefile:many-show-again": press(USE, of="enrolment", licence=True),
    "onefile:undo-run": look(ADMINISTER, of="run"),
    "onefile:undo-run-sure": change(ADMINISTER, of="run"),
    "onefile:undo-learner": change(USE, of="run learner", licence=True),
    "onefile:undo-partner": change(USE, of="partner-run officer-kind officer", licence=True),
    "onefile:progress": look(USE, of="run learner", licence=True),
    "onefile:partner-progress": look(USE, of="partner-run officer-kind officer", licence=True),
    "onefile:held-fields": look(USE, licence=True),
    "onefile:held-fields-csv": look(USE, EXPORT, licence=True),
    "onefile:held-fields-free": change(USE, licence=True),
    "onefile:held-fields-of": change(USE, of="learner", licence=True),
    **{
        f"onefile:held-fields-of-partner#{kind}": change(USE, of=f"{kind}-kind {kind}", licence=True)
        for kind in ("officer", "organisation")
    },
    "onefile:questions": look(USE, licence=True),
    "onefile:answer": press(USE, of="question", licence=True),
    "onefile:create": change(USE, of="learner", licence=True),
    "onefile:go-on": press(USE, of="learner", licence=True),
    "onefile:refresh": change(USE, of="learner", licence=True),
    "onefile:logs": look(USE, of="learner", licence=True),
    "onefile:last-log": look(USE, of="learner", licence=True),
    "onefile:set-id": change(USE, of="learner", licence=True),
    "onefile:edit-id": change(ADMINISTER, of="learner"),
    "onefile:unlink": change(USE, of="learner", licence=True),
    **{
        f"onefile:{name}#{kind}": change(ADMINISTER, of=f"{kind}-kind {kind} centre")
        for name in ("partner-link", "partner-unlink")
        for kind in ("officer", "organisation")
    },
    # Who may edit officers and organisations picks an id from OneFile's list; typing one, and taking one away, is for
    # Database Administrators.
    **{
        f"onefile:partner-look-up#{kind}": change(USE, EDIT, of=f"{kind}-kind {kind} centre", licence=True)
        for kind in ("officer", "organisation")
    },
}
