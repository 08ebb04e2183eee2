"""Links made and removed, in the history of the record that they are of."""

from __future__ import annotations

from typing import Any

from learners.history import Change
from learners.models import Learner, Officer, Organisation
from onefile_integration.models import Link
from onefile_integration.words import Environment

LABELS = {Learner: "OneFile ID", Officer: "Other System ID", Organisation: "Additional ID"}


def link_changes(record: Any) -> list[Change]:
    """One query. Who moved a link says so where it went."""
    label = LABELS.get(type(record))
    if label is None:
        return []
    return [change for link in Link.objects.of(record) for change in _of_link(link, label)]


def _of_link(link: Link, label: str) -> list[Change]:
    where, number = f"OneFile ({Environment(link.environment).label})", str(link.onefile_id or "being created")
    made = f"{number} ({link.get_origin_display()})"
    common = {"record": where, "kind": "changed", "field": "onefile_id", "label": label}
    found = [Change(when=link.made_at, who=link.made_by, new=made, **common)]
    if link.removed_at:
        found.append(Change(when=link.removed_at, who=link.removed_by, old=number, **common))
    return found
