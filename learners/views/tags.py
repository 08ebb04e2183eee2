"""Tags: list, new, rename, merge, delete."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from learners.forms.records import TagForm, TagMergeForm
from learners.lists import TAGS
from learners.models import Tag
from learners.presenters.records import tag_address
from learners.services import tags as service
from learners.views.acting import acting
from learners.views.changes import history_context
from learners.views.editing import confirm_page, form_page
from learners.views.listing import list_page
from picsweb.display import Empty, Fact, Link
from picsweb.permissions import Permission, requires


@requires(Permission.VIEW_LEARNERS)
@require_safe
def tag_list(request: HttpRequest) -> HttpResponse:
    new = _new_link(request)
    return list_page(
        request,
        **TAGS.parts(),
        empty=Empty("No tags yet", "A tag gathers learners: a cohort, a site, a contract.", new[0] if new else None),
        context={"title": "Tags", "subtitle": "Deleted learners are counted too.", "actions": new},
    )


@requires(Permission.VIEW_LEARNERS)
@require_safe
def tag(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(TAGS.records(), pk=pk)
    learners = Link("Learners with this tag", f"{reverse('learners:learner-list')}?tag={record.pk}")
    context = {
        "title": record.name,
        "kicker": "Tag",
        "breadcrumbs": _crumbs(),
        "actions": _actions(request, record),
        "facts": [
            Fact("Main tag of", str(record.as_main)),
            Fact("Further tag of", str(record.as_further)),
            Fact("Who they are", links=(learners,)),
        ],
        **history_context(request, record),
    }
    return render(request, "learners/tag.html", context)


@requires(Permission.EDIT_LEARNERS)
def tag_new(request: HttpRequest) -> HttpResponse:
    def save(values: dict[str, Any]) -> str:
        return tag_address(service.create(by=acting(request), **values))

    return form_page(
        request,
        TagForm(request.POST or None),
        save=save,
        title="New tag",
        cancel=reverse("learners:tag-list"),
        message="The tag is saved.",
        breadcrumbs=_crumbs(),
    )


@requires(Permission.EDIT_LEARNERS)
def tag_edit(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(Tag, pk=pk)
    was = record.name

    def save(values: dict[str, Any]) -> str:
        service.rename(record, by=acting(request), **values)
        return tag_address(record)

    return form_page(
        request,
        TagForm(request.POST or None, instance=record),
        save=save,
        title=f"Rename tag {was}",
        cancel=tag_address(record),
        message="The tag is saved.",
        breadcrumbs=_crumbs(record, was),
    )


@requires(Permission.EDIT_LEARNERS)
def tag_merge(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(Tag, pk=pk)
    count = service.carriers(record).count()

    def save(values: dict[str, Any]) -> str:
        service.merge(record, into=values["into"], by=acting(request))
        return tag_address(values["into"])

    return form_page(
        request,
        TagMergeForm(request.POST or None, tag=record),
        save=save,
        title=f"Merge tag {record}",
        submit="Merge the two tags",
        cancel=tag_address(record),
        message="The tags are merged.",
        notes=[f"{_carriers(count)} the other tag instead, each with a line in its history; this tag is deleted."],
        breadcrumbs=_crumbs(record),
    )


@requires(Permission.EDIT_LEARNERS)
def tag_delete(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(Tag, pk=pk)
    return confirm_page(
        request,
        do=lambda: service.delete(record, by=acting(request)),
        title="Delete tag?",
        question=[f"The tag {record}. Only a tag that no learner carries is deleted."],
        confirm="Yes, delete this tag",
        back=reverse("learners:tag-list"),
        message="The tag is deleted.",
        breadcrumbs=_crumbs(record),
    )


def _carriers(count: int) -> str:
    return "1 learner gets" if count == 1 else f"{count} learners get"


def _crumbs(record: Tag | None = None, name: str = "") -> list[Link]:
    own = [Link(name or record.name, tag_address(record))] if record else []
    return [Link("Tags", reverse("learners:tag-list")), *own]


def _new_link(request: HttpRequest) -> list[Link]:
    if not request.user.has_perm(Permission.EDIT_LEARNERS):
        return []
    return [Link("New tag", reverse("learners:tag-new"), window=True)]


def _actions(request: HttpRequest, record: Tag) -> list[Link]:
    if not request.user.has_perm(Permission.EDIT_LEARNERS):
        return []
    names = {"Rename": "edit", "Merge": "merge", "Delete": "delete"}
    return [
        Link(
            text,
            reverse(f"learners:tag-{name}", args=[record.pk]),
            window=True,
            about=record.name,
            danger=name == "delete",
        )
        for text, name in names.items()
    ]
