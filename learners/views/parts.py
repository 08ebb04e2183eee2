"""Add, edit and delete what hangs on a learner: lines, units, reviews, placements, officers, breaks."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from learners.models import Learner
from learners.parts import PARTS, Part, locked_fields
from learners.presenters.plan import locked_facts
from learners.presenters.records import delivery_plan, learner_link
from learners.views.acting import acting
from learners.views.editing import confirm_page, form_page
from picsweb.display import Link
from picsweb.permissions import Permission, requires


@requires(Permission.EDIT_LEARNERS)
def part_new(request: HttpRequest, ident: str, kind: str) -> HttpResponse:
    part, learner = PARTS[kind], get_object_or_404(Learner, ident=ident)

    def save(values: dict[str, Any]) -> str:
        part.create(learner, by=acting(request), **values)
        return delivery_plan(learner, part.tab)

    return form_page(
        request,
        part.form(request.POST or None, instance=_blank(part, learner), learner=learner),
        save=save,
        title=f"New {part.noun}",
        cancel=delivery_plan(learner, part.tab),
        message=f"The {part.noun} is saved.",
        kicker=f"{learner.ident} {learner}",
        breadcrumbs=_crumbs(learner, part),
    )


@requires(Permission.EDIT_LEARNERS)
def part_edit(request: HttpRequest, ident: str, kind: str, pk: int) -> HttpResponse:
    part, learner = PARTS[kind], get_object_or_404(Learner, ident=ident)
    update = part.update
    if update is None:
        raise Http404
    record = get_object_or_404(part.records(learner), pk=pk)
    locked = locked_fields(record)
    facts = locked_facts(record, locked)

    def save(values: dict[str, Any]) -> str:
        update(record, by=acting(request), **values)
        return delivery_plan(learner, part.tab)

    return form_page(
        request,
        part.form(request.POST or None, instance=record, learner=learner, locked=locked),
        save=save,
        title=f"Edit {part.noun}",
        cancel=delivery_plan(learner, part.tab),
        message=f"The {part.noun} is saved.",
        kicker=f"{learner.ident} {learner}",
        notes=sorted(set(locked.values())),
        facts=facts,
        breadcrumbs=_crumbs(learner, part),
    )


@requires(Permission.EDIT_LEARNERS)
def part_delete(request: HttpRequest, ident: str, kind: str, pk: int) -> HttpResponse:
    part, learner = PARTS[kind], get_object_or_404(Learner, ident=ident)
    record = get_object_or_404(part.records(learner), pk=pk)
    return confirm_page(
        request,
        do=lambda: part.delete(record, by=acting(request)),
        title=f"Delete {part.noun}?",
        question=[f"{part.words(record)}, of {learner.ident} {learner}.", *part.delete_notes],
        confirm=f"Yes, delete this {part.noun}",
        back=delivery_plan(learner, part.tab),
        message=f"The {part.noun} is deleted.",
        breadcrumbs=_crumbs(learner, part),
    )


def _blank(part: Part, learner: Learner) -> Any:
    """A new record that knows its learner, for the checks that ask for it."""
    return part.model(**({"learner": learner} if part.owner == "learner" else {}))


def _crumbs(learner: Learner, part: Part) -> list[Link]:
    return [learner_link(learner), Link(part.tab.capitalize(), delivery_plan(learner, part.tab))]
