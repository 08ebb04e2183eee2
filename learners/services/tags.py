from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from learners.actor import Actor
from learners.models import Learner, Tag
from learners.services import learners, saving
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


def create(*, name: str, by: Actor) -> Tag:
    return saving.create(Tag(), {"name": name}, by=by)


@transaction.atomic
def merge(tag: Tag, *, into: Tag, by: Actor) -> int:
    """Who carries ``tag`` carries ``into`` instead, each with a history row; ``tag`` goes. Says how many they were."""
    if tag == into:
        raise ValidationError("A tag cannot be merged with itself.")
    count = 0
    for learner in carriers(tag).prefetch_related("tags").iterator(chunk_size=500):
        _exchange(learner, tag, into, by)
        count += 1
    saving.delete(tag, by=by)
    return count


@transaction.atomic
def delete(tag: Tag, *, by: Actor) -> None:
    """Only one that nobody carries, Deleted learners included."""
    if carriers(tag).exists():
        raise ValidationError("Learners carry this tag, so it was kept. Merge it with another tag instead.")
    saving.delete(tag, by=by)


def carriers(tag: Tag) -> QuerySet[Learner]:
    tagged = Learner.tags.through.objects.filter(learner=OuterRef("pk"), tag=tag)
    return Learner.objects.filter(Q(main_tag=tag) | Exists(tagged))


def _exchange(learner: Learner, tag: Tag, into: Tag, by: Actor) -> None:
    if learner.main_tag_id == tag.pk:
        learners.update(learner, by=by, main_tag=into)
    held = set(learner.tags.all())
    if tag in held:
        learners.set_tags(learner, held - {tag} | {into}, by=by)
