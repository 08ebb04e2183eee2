"""A row of a reconciliation: what it is, who it is, and what puts it right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from learners.models import Officer, Organisation
from learners.presenters.records import delivery_plan
from onefile_integration.models import Reconciliation
from onefile_integration.presenters.words import when
from onefile_integration.words import Difference, Partner, ReportState
from picsweb.display import Badge, Kind, Link

# The most pressing first, as they are listed.
KINDS: dict[str, Kind] = {
    Difference.GONE: "bad",
    Difference.ELSEWHERE: "bad",
    Difference.SAME_VALUE: "warning",
    Difference.VALUE_IS_OURS: "warning",
    Difference.ARCHIVED_THERE: "warning",
    Difference.NOT_READ: "warning",
    Difference.REMOVED_HERE: "info",
    Difference.REVIEW_DELETED: "info",
    Difference.OVER_HERE: "neutral",
    Difference.NOT_HERE: "neutral",
}
# What no link of ours can do, or what to think of first.
ADVICE: dict[str, str] = {
    Difference.SAME_VALUE: "Keep one account in OneFile; archive the others there, or empty their MIS Value.",
    Difference.REMOVED_HERE: "Link it again, or archive it in OneFile.",
    Difference.VALUE_IS_OURS: "",
    Difference.NOT_HERE: "Nothing to do where it is no one of yours.",
    Difference.GONE: "Remove the link; create or link anew where it is still wanted.",
    Difference.ARCHIVED_THERE: "End or archive it here, or take it out of the archive in OneFile.",
    Difference.ELSEWHERE: "The link is wrong: remove it, then set the right id.",
    Difference.NOT_READ: "",
    Difference.OVER_HERE: "Archive the account in OneFile, where nothing more is to be done in it.",
    Difference.REVIEW_DELETED: "Delete the review in OneFile; it does not come back here either way.",
}
SHOWN_AS = {Partner.LEARNER: "Learner", Partner.OFFICER: "Assessor", Partner.ORGANISATION: "Employer"}
ENDED: dict[str, Badge] = {
    ReportState.WAITING: Badge("Being made", "info"),
    ReportState.DONE: Badge("Made", "good"),
    ReportState.FAILED: Badge("Failed", "bad"),
}


@dataclass(frozen=True)
class Fixes:
    """The links beside a row. ``licensed``: whether this user may open the windows of learners."""

    centre: int
    licensed: bool

    def of(self, row: Any) -> list[Link]:
        """``row`` says too whether OneFile's record is linked now, and whether ours is (``is_ours_linked``)."""
        if row.kind == Difference.REVIEW_DELETED or self.is_settled(row):
            return []
        if row.about == Partner.LEARNER:
            return self._of_learner(row) if self.licensed else []
        return self._of_partner(row)

    @staticmethod
    def is_settled(row: Any) -> bool:
        return bool(row.is_linked != row.was_linked) and row.kind != Difference.REVIEW_DELETED

    def _of_learner(self, row: Any) -> list[Link]:
        if row.learner is None:
            found = f"{reverse('learners:learner-list')}?{urlencode({'q': row.name_there})}"
            return [Link("Find the learner", found, about=row.name_there)] if row.name_there else []
        if row.was_linked:
            return _of_linked_learner(row)
        if row.is_ours_linked:
            return [_window("Edit OneFile ID", "edit-id", row, id_of=row)]
        return [_window("Manually Set OneFile ID", "set-id", row, id_of=row)]

    def _of_partner(self, row: Any) -> list[Link]:
        record = row.officer or row.organisation
        if record is None:
            plural = f"learners:{row.about}-list"
            found = f"{reverse(plural)}?{urlencode({'q': row.name_there})}"
            return [Link("Look for it here", found, about=row.name_there)] if row.name_there else []
        name = "partner-unlink" if row.was_linked else "partner-link"
        if row.was_linked and row.kind in (Difference.SAME_VALUE, Difference.OVER_HERE):
            return []
        if not row.was_linked and row.is_ours_linked:
            return [Link("Open", partner_page(record), about=str(record))]
        address = reverse(f"onefile:{name}", args=[row.about, record.ident, self.centre])
        if row.was_linked:
            return [Link("Remove the link", address, window=True, about=str(record), danger=True)]
        return [Link("Set the id", f"{address}?onefile_id={row.onefile_id}", window=True, about=str(record))]


def _of_linked_learner(row: Any) -> list[Link]:
    remove = _window("Remove OneFile Link", "unlink", row, danger=True)
    match row.kind:
        case Difference.GONE | Difference.ELSEWHERE:
            return [remove, _window("Edit OneFile ID", "edit-id", row)]
        case Difference.ARCHIVED_THERE:
            edit = reverse("learners:learner-edit", args=[row.learner.ident])
            end = reverse("learners:programme-end", args=[row.learner.ident])
            return [
                Link("End the programme", end, window=True, about=str(row.learner)),
                Link("Edit status", edit, window=True, about=str(row.learner)),
                remove,
            ]
        case Difference.NOT_READ:
            return [_window("Refresh with OneFile", "refresh", row)]
        case Difference.OVER_HERE:
            return [remove]
    return []


def _window(text: str, name: str, row: Any, *, id_of: Any = None, danger: bool = False) -> Link:
    address = reverse(f"onefile:{name}", args=[row.learner.ident])
    query = f"?onefile_id={id_of.onefile_id}" if id_of else ""
    return Link(text, f"{address}{query}", window=True, about=str(row.learner), danger=danger)


def record_link(row: Any) -> Link | None:
    """Ours, as far as one has to do with it."""
    if row.learner:
        return Link(str(row.learner), delivery_plan(row.learner))
    partner = row.officer or row.organisation
    return Link(str(partner), partner_page(partner)) if partner else None


def partner_page(record: Officer | Organisation) -> str:
    return reverse(f"learners:{record._meta.model_name}", args=[record.ident])


def difference_badge(kind: str) -> Badge:
    return Badge(str(Difference(kind).label), KINDS[kind])


def address(report: Reconciliation) -> str:
    return reverse("onefile:reconciliation", args=[report.pk])


def report_words(report: Reconciliation) -> str:
    if report.is_open:
        return f"{report.done} of about {report.total or 4} reads of OneFile are done."
    if report.state == ReportState.FAILED:
        return report.message
    parts = [f"Read on {when(report.ended_at)}, for {report.asked_by}, with {report.calls} calls.", *report.notes]
    return " ".join(parts)
