from __future__ import annotations

from django.db import transaction

from learners.actor import Actor
from learners.models import Tag
from learners.services import saving
from learners.services.saving import Changes
from learners.values import cleaned


def find(name: str) -> Tag | None:
    """The tag of that name, case ignored. Compared here: SQLite folds A to Z only."""
    wanted = cleaned(name).casefold()
    exact = Tag.objects.filter(name=cleaned(name)).first()
    return exact or next((tag for tag in Tag.objects.all() if tag.name.casefold() == wanted), None)


@transaction.atomic
def get_or_create(name: str, *, by: Actor) -> Tag:
    return find(name) or saving.create(Tag(), {"name": name}, by=by)


def rename(tag: Tag, *, name: str, by: Actor) -> Changes:
    return saving.update(tag, {"name": name}, by=by)
