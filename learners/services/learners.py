from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from learners.actor import Actor
from learners.models import Learner, Tag
from learners.services import saving
from learners.services.idents import free_ident
from learners.services.saving import Changes
from learners.services.tombstones import refuse_erased


def create(*, by: Actor, **values: Any) -> Learner:
    """A new learner record (one episode); without ``ident`` one is generated. Who was erased does not come back."""
    numbers = {name: str(values.get(name) or "") for name in ("ident", "ukprn", "lrn")}
    refuse_erased(**numbers)
    if not numbers["ident"]:
        values["ident"] = free_ident(Learner)
    return saving.create(Learner(), tidied(values), by=by)


def update(learner: Learner, *, by: Actor, **changes: Any) -> Changes:
    return saving.update(learner, tidied(changes), by=by)


@transaction.atomic
def set_tags(learner: Learner, tags: Iterable[Tag], *, by: Actor) -> Changes:
    """Make ``tags`` the learner's tags; the main tag is another field."""
    old, new = set(learner.tags.all()), set(tags)
    if old == new:
        return {}
    learner._change_reason = by.label  # type: ignore[attr-defined]
    learner._history_user = by.user  # type: ignore[attr-defined]
    _replace_tags(learner, gone=old - new, added=new - old)
    return {"tags": (_names(old), _names(new))}


def hold(learner: Learner, *, reason: str, by: Actor) -> Changes:
    """Keep the learner out of every exchange until released."""
    return update(learner, by=by, held_from_sync=True, held_reason=reason)


def release(learner: Learner, *, by: Actor) -> Changes:
    return update(learner, by=by, held_from_sync=False, held_reason="")


def tidied(values: dict[str, Any]) -> dict[str, Any]:
    """Numbers that people write in groups, in the form in which they are stored."""
    tidy = dict(values)
    for name in ("nino", "uln"):
        if tidy.get(name):
            tidy[name] = "".join(str(tidy[name]).split()).upper()
    return tidy


def _replace_tags(learner: Learner, *, gone: set[Tag], added: set[Tag]) -> None:
    """One history row, though the tags that go and those that come are two writes."""
    if gone and added:
        learner.skip_history_when_saving = True  # type: ignore[attr-defined]
        learner.tags.remove(*gone)
        del learner.skip_history_when_saving  # type: ignore[attr-defined]
    elif gone:
        learner.tags.remove(*gone)
    if added:
        learner.tags.add(*added)


def _names(tags: set[Tag]) -> list[str]:
    return sorted(tag.name for tag in tags)
