"""Lists of runs, of the learners of a run, and of what a run changed."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from learners.filters import PageFilter, search_field
from learners.tables import NOWRAP, ROOMY
from learners.values import folded
from onefile_integration.models import ExchangePlan, Run, Step
from onefile_integration.presenters.addresses import progress_address
from onefile_integration.presenters.steps import Sight, changes_grid
from onefile_integration.presenters.words import SIDES, many_badge, plan_badge, run_badge, run_words, step_badge, when
from onefile_integration.words import FailureKind, PlanState, RunKind, RunState, StepState
from picsweb.tables import BadgeColumn, LinkedColumn, PageTable, SortedColumn


class RunTable(PageTable):
    caption = "Runs"

    started = LinkedColumn(
        verbose_name="Started", by=["started_at"], href_of=lambda run: reverse("onefile:run", args=[run.pk])
    )
    kind = SortedColumn(verbose_name="What", by=["kind"])
    state = BadgeColumn(verbose_name="State", by=["state"], badge_of=run_badge)
    planned = SortedColumn(verbose_name="Learners", by=["planned"])
    failed = SortedColumn(verbose_name="Failed", by=["failed"])
    calls = SortedColumn(verbose_name="Calls", by=["calls"])
    asked_by = SortedColumn(verbose_name="Asked by", by=["asked_by"])
    finished_at = SortedColumn(verbose_name="Finished", by=["finished_at"], attrs=NOWRAP)

    class Meta(PageTable.Meta):
        order_by = "-started"

    def render_started(self, record: Run) -> str:
        return format_html('<a href="{}">{}</a>', reverse("onefile:run", args=[record.pk]), when(record.started_at))

    def render_kind(self, record: Run) -> str:
        return run_words(record)

    def render_state(self, record: Run) -> str:
        return render_to_string("components/badge.html", {"badge": run_badge(record.state)})

    def render_finished_at(self, value: Any) -> str:
        return when(value)


class RunFilter(PageFilter):
    q = search_field("Asked by")
    kind = filters.ChoiceFilter(label="What", choices=RunKind.choices, empty_label="All")
    state = filters.ChoiceFilter(label="State", choices=RunState.choices, empty_label="All")

    class Meta:
        model = Run
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(asked_by__icontains=value)


class EnrolmentTable(PageTable):
    """Lists of learners to be enrolled, and the runs that came of them."""

    caption = "Enrolments"

    started = LinkedColumn(
        verbose_name="Started", by=["started_at"], href_of=lambda run: reverse("onefile:many", args=[run.pk])
    )
    kind = SortedColumn(verbose_name="What", by=["kind"])
    asked_by = SortedColumn(verbose_name="Who", by=["asked_by"])
    planned = SortedColumn(verbose_name="Learners", by=["planned"])
    ready = SortedColumn(verbose_name="Ready", by=["ready"])
    created = SortedColumn(verbose_name="Created", by=["created"])
    left = SortedColumn(verbose_name="Not looked at yet, or left", by=["left"])
    state = SortedColumn(verbose_name="State", by=["state"])

    class Meta(PageTable.Meta):
        order_by = "-started"

    def render_started(self, record: Run) -> str:
        return format_html('<a href="{}">{}</a>', reverse("onefile:many", args=[record.pk]), when(record.started_at))

    def render_kind(self, record: Run) -> str:
        return "List" if record.kind == RunKind.PREVIEW else "Creating"

    def render_ready(self, record: Any) -> str:
        return str(record.ready) if record.kind == RunKind.PREVIEW else ""

    def render_created(self, record: Any) -> str:
        return str(record.created) if record.kind == RunKind.ENROL else ""

    def render_state(self, record: Run) -> str:
        return render_to_string("components/badge.html", {"badge": many_badge(record)})


class EnrolmentFilter(PageFilter):
    q = search_field("Who")

    class Meta:
        model = Run
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(asked_by__icontains=value)


class PlanTable(PageTable):
    """The learners of one run."""

    caption = "Learners of the run"

    learner = SortedColumn(verbose_name="Learner", by=["learner__sort_key"], attrs=ROOMY)
    ident = SortedColumn(verbose_name="Ident", accessor="learner__ident", by=["learner__ident"], attrs=NOWRAP)
    state = SortedColumn(verbose_name="State", by=["state"])
    failure_kind = SortedColumn(verbose_name="Failure", by=["failure_kind"])
    failure_message = SortedColumn(verbose_name="What was said", by=["failure_message"])
    ended_at = SortedColumn(verbose_name="Ended", by=["ended_at"], attrs=NOWRAP)

    class Meta(PageTable.Meta):
        order_by = "learner"

    def render_learner(self, record: ExchangePlan) -> str:
        address = progress_address(record.run_id, record.learner.ident)
        return format_html('<a href="{}" data-window>{}</a>', address, record.learner)

    def render_state(self, record: ExchangePlan) -> str:
        return render_to_string("components/badge.html", {"badge": plan_badge(record.state)})

    def render_failure_kind(self, record: ExchangePlan) -> str:
        return str(record.get_failure_kind_display())

    def render_ended_at(self, value: Any) -> str:
        return when(value)


class LearnerPartFilter(PageFilter):
    """Found by the learner's name, Ident or email; ``learner`` is where the learner stands."""

    learner = "learner"

    def search(self, queryset: Any, name: str, value: str) -> Any:
        for word in folded(value).split():
            queryset = queryset.filter(**{f"{self.learner}__search_key__contains": word})
        return queryset


class PlanFilter(LearnerPartFilter):
    q = search_field("Name, Ident or email")
    state = filters.ChoiceFilter(label="State", choices=PlanState.choices, empty_label="All")
    failure = filters.ChoiceFilter(
        label="Failure", field_name="failure_kind", choices=FailureKind.choices, empty_label="All"
    )

    class Meta:
        model = ExchangePlan
        fields: list[str] = []


class ChangeTable(PageTable):
    """The steps of one run, with their values. ``sight`` says who looks."""

    caption = "What was changed"

    learner = SortedColumn(
        verbose_name="Learner", accessor="plan__learner", by=["plan__learner__sort_key"], attrs=ROOMY
    )
    ident = SortedColumn(
        verbose_name="Ident", accessor="plan__learner__ident", by=["plan__learner__ident"], attrs=NOWRAP
    )
    title = SortedColumn(verbose_name="Step", by=["title"])
    values = SortedColumn(verbose_name="Values", accessor="pk", by=["kind"])
    side = SortedColumn(verbose_name="Side", by=["side"], attrs=NOWRAP)
    state = SortedColumn(verbose_name="Outcome", by=["state"])
    ended_at = SortedColumn(verbose_name="When", by=["ended_at"], attrs=NOWRAP)

    sight = Sight(sees_sensitive=False)

    class Meta(PageTable.Meta):
        order_by = "ended_at"

    def render_learner(self, record: Step) -> str:
        learner = record.plan.learner
        return format_html(
            '<a href="{}" data-window>{}</a>', progress_address(record.plan.run_id, learner.ident), learner
        )

    def render_values(self, record: Step) -> str:
        grid = changes_grid(record, self.sight)
        return render_to_string("onefile_integration/_changes_cell.html", {"grid": grid, "message": record.message})

    def render_side(self, value: str, record: Step) -> str:
        return SIDES[record.side]

    def render_state(self, record: Step) -> str:
        return render_to_string("components/badge.html", {"badge": step_badge(record.state)})

    def render_ended_at(self, value: Any) -> str:
        return when(value)


class ChangeFilter(LearnerPartFilter):
    learner = "plan__learner"
    q = search_field("Learner or step")
    side = filters.ChoiceFilter(label="Side", choices=list(SIDES.items()), empty_label="Both")
    state = filters.ChoiceFilter(label="Outcome", choices=StepState.choices, empty_label="All")

    class Meta:
        model = Step
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        by_learner = super().search(queryset, name, value)
        return queryset.filter(Q(pk__in=by_learner.values("pk")) | Q(title__icontains=value))
