"""Episodes of one person: tie, untie, tell apart, begin a new one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from learners.forms.episodes import NewEpisodeForm, TieForm, UntieForm
from learners.models import DeliveryPlanLine, Learner, Placement
from learners.presenters import episodes as shown
from learners.presenters.records import delivery_plan, learner_link
from learners.services import episodes as service
from learners.views.acting import acting
from learners.views.editing import confirm_page, form_page
from learners.words import QualificationStatus
from picsweb.display import Link
from picsweb.permissions import Permission, requires


@requires(Permission.EDIT_LEARNERS)
def learner_tie(request: HttpRequest, ident: str) -> HttpResponse:
    record = get_object_or_404(Learner, ident=ident)

    def save(values: dict[str, Any]) -> str:
        service.tie(record, to=values["ident"], sure=values["sure"], by=acting(request))
        return delivery_plan(record)

    return form_page(
        request,
        TieForm(request.POST or None, learner=record, initial={"ident": request.GET.get("ident", "")}),
        save=save,
        title="Tie to another episode",
        submit="Tie the two records",
        cancel=_summary(record),
        message="The two records are now episodes of one person.",
        kicker=f"{record.ident} {record}",
        breadcrumbs=_crumbs(record),
    )


@requires(Permission.EDIT_LEARNERS)
def learner_untie(request: HttpRequest, ident: str) -> HttpResponse:
    record = get_object_or_404(Learner, ident=ident)
    others = ", ".join(record.other_episodes().values_list("ident", flat=True))

    def save(values: dict[str, Any]) -> str:
        service.untie(record, reason=values["reason"], by=acting(request))
        return _summary(record)

    note = f"{record.ident} will be a person of its own. {others} and what each record holds stay as they are."
    return form_page(
        request,
        UntieForm(request.POST or None),
        save=save,
        title="Untie this record",
        submit="Untie",
        cancel=_summary(record),
        message="The record is untied.",
        notes=[note if others else "This record is not tied to any other."],
        kicker=f"{record.ident} {record}",
        breadcrumbs=_crumbs(record),
    )


@requires(Permission.EDIT_LEARNERS)
def learner_told_apart(request: HttpRequest, ident: str, other: str) -> HttpResponse:
    record, another = get_object_or_404(Learner, ident=ident), get_object_or_404(Learner, ident=other)
    return confirm_page(
        request,
        do=lambda: service.tell_apart(record, other=another, by=acting(request)),
        title="Not the same person?",
        question=[
            f"{record.ident} {record} and {another.ident} {another} share a ULN. One of the two is wrong.",
            "They will not be proposed as one person again. Neither record is changed.",
        ],
        confirm="Yes, they are two people",
        back=_summary(record),
        message=f"{another.ident} is not proposed any more. Put the ULN right in the record that has the wrong one.",
        breadcrumbs=_crumbs(record),
    )


@requires(Permission.EDIT_LEARNERS)
def episode_new(request: HttpRequest, ident: str) -> HttpResponse:
    """The form, then what would be made, then the record."""
    record = get_object_or_404(Learner.objects.prefetch_related("placements__organisation"), ident=ident)
    lines, placed = _lines(record), _current_placement(record)
    initial = {"main_officer": record.main_officer_id, "main_tag": record.main_tag_id}
    form = NewEpisodeForm(request.POST or None, learner=record, lines=lines, placed=placed, initial=initial)
    filled = request.method == "POST" and "change" not in request.POST and form.is_valid()
    chosen = _chosen(form.cleaned_data, lines, placed) if filled else {}
    if filled and "create" in request.POST:
        made = service.new_episode(record, by=acting(request), **chosen)
        messages.success(request, f"The new episode is {made.ident}. It is tied to {record.ident}.")
        return redirect(delivery_plan(made))
    return render(request, "learners/episode_new.html", _context(request, record, form, chosen))


def _context(request: HttpRequest, record: Learner, form: NewEpisodeForm, chosen: dict[str, Any]) -> dict[str, Any]:
    sees_sensitive = request.user.has_perm(Permission.VIEW_SENSITIVE)
    return {
        "title": f"New episode from {record.ident}",
        "kicker": f"{record.ident} {record}",
        "breadcrumbs": _crumbs(record),
        "form": form,
        "previewed": bool(chosen),
        "entered": shown.new_episode_facts(chosen, chosen["lines"], chosen["placement"]) if chosen else [],
        "carried": shown.carried_facts(record, sees_sensitive=sees_sensitive),
        "notes": shown.episode_notes(record),
        "submit": "Preview",
        "cancel": _summary(record),
    }


def _lines(record: Learner) -> list[DeliveryPlanLine]:
    """The latest of each qualification that can still be chosen."""
    lines = record.delivery_plan.filter(qualification__status=QualificationStatus.LIVE)
    return list({line.qualification_id: line for line in lines.select_related("qualification", "assessor")}.values())


def _current_placement(record: Learner) -> Placement | None:
    today = timezone.localdate()
    recent = record.most_recent_placement(today)
    return recent if recent and (recent.end is None or recent.end >= today) else None


def _chosen(values: dict[str, Any], lines: list[DeliveryPlanLine], placed: Placement | None) -> dict[str, Any]:
    """As the service takes it."""
    names = ("start", "planned_end", "main_officer", "main_tag")
    return {
        **{name: values[name] for name in names},
        "lines": [line for line in lines if str(line.pk) in values.get("lines", [])],
        "placement": placed if values.get("placement") else None,
    }


def _summary(record: Learner) -> str:
    return reverse("learners:learner", args=[record.ident])


def _crumbs(record: Learner) -> list[Link]:
    return [Link("Learners", reverse("learners:learner-list")), learner_link(record)]
