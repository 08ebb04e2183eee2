"""What a page of one exchange, or of a run, says of what failed, and the buttons that lead on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from onefile_integration.access import access
from onefile_integration.exchange import failing
from onefile_integration.models import ExchangePlan, Run, Settings, Step
from onefile_integration.presenters.addresses import plan_address
from onefile_integration.presenters.failing import fixes, kind_of, refused_before, retry_address, way
from onefile_integration.presenters.words import when
from onefile_integration.words import FailureKind, PlanState, RunKind, StepState
from picsweb.display import Link


@dataclass(frozen=True)
class WayOn:
    """``retry``: where the button sends; ``restores``: whether OneFile is asked to restore the learner first."""

    words: str
    again: str
    fixes: list[Link]
    retry: str
    restores: bool
    links: list[Link]


def way_on(request: HttpRequest, plan: ExchangePlan, steps: Sequence[Step]) -> WayOn | None:
    """Of an exchange that tries another again, or that failed; else None."""
    links = _links(plan)
    if plan.ended_at is None or not (plan.state == PlanState.FAILED or plan.noted_kind):
        return WayOn("", "", [], "", False, links) if links else None
    here = access(request)
    may = not plan.run.dry and plan.kind != RunKind.ENROL and plan.run.environment == here.environment
    may = may and failing.failing(here.environment).filter(pk=plan.pk).exists()
    refused = [step for step in steps if step.state == StepState.REFUSED]
    before = failing.refused_as_before(plan, steps)
    return WayOn(
        words=way(plan),
        again=refused_before(before),
        fixes=fixes(plan, refused, is_administrator=here.is_administrator),
        retry=retry_address(plan) if may else "",
        restores=may and kind_of(plan) == FailureKind.ARCHIVED and plan.learner_id is not None,
        links=links,
    )


def _links(plan: ExchangePlan) -> list[Link]:
    found = []
    if plan.retries_id:
        earlier = ExchangePlan.objects.select_related("run").get(pk=plan.retries_id)
        found.append(_link("Tries again", earlier, plan))
    if later := plan.tried_again_by.select_related("run").order_by("-pk").first():
        found.append(_link("Tried again", later, plan))
    return found


def _link(words: str, other: ExchangePlan, plan: ExchangePlan) -> Link:
    text = f"{words}: run {other.run_id} of {when(other.run.started_at)}"
    return Link(text, plan_address(other, plan.subject), window=True)


# ---- a run


def retry_links(run: Run) -> dict[str, Link]:
    """By kind of failure; blank for all of them. None of one of which nothing is left to be tried again."""
    environment = Settings.objects.current().environment
    if run.dry or run.environment != environment:
        return {}
    mine = failing.may_be_retried(failing.failing(environment).filter(run=run), environment)
    left = failing.by_kind(mine)
    address = reverse("onefile:run-retry", args=[run.pk])
    links = {kind: Link("Try again", f"{address}?failure={kind}", window=True, about=_those(kind)) for kind in left}
    return {**links, "": Link("Try all failed again", address, window=True)} if left else {}


def _those(kind: str) -> str:
    return f"those: {FailureKind(kind or FailureKind.BUG).label}"


def run_links(run: Run) -> list[Link]:
    """The runs that it tries again, and those that try it again."""
    earlier = [("Tries again", each) for each in failing.tries_again(run)[:5]]
    later = [("Tried again in", each) for each in failing.tried_again_in(run)[:5]]
    return [Link(f"{words} run {each.pk}", reverse("onefile:run", args=[each.pk])) for words, each in earlier + later]
