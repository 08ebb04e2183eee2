"""The part "OneFile Integration" of a Delivery Plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from learners.models import Learner
from learners.words import ProgrammeStatus, SystemStatus
from onefile_integration.access import Access, access
from onefile_integration.exchange import configuration
from onefile_integration.exchange.failing import refused_as_before
from onefile_integration.models import Centre, ExchangePlan, HeldField, Link, Question, Step
from onefile_integration.presenters.addresses import learner_page, log_link, questions_address
from onefile_integration.presenters.failing import refused_before
from onefile_integration.presenters.figures import figure_facts
from onefile_integration.presenters.held_fields import held_fields_link
from onefile_integration.presenters.link_history import earlier_links, made_words
from onefile_integration.presenters.standing import Standing, standing
from onefile_integration.presenters.words import LINK_BADGES, environment_badge, when
from onefile_integration.words import REFRESHES, Environment, LinkState, PlanState, RunKind
from picsweb.display import Badge, Fact
from picsweb.display import Link as PageLink

LEFT_OVER = Standing(Badge("Not whole", "warning"), "Something of the upload is left over.")


def delivery_plan_panel(request: HttpRequest, learner: Learner) -> dict[str, Any] | None:
    here = access(request)
    return LearnerPanel(here, learner).values() if here.uses_onefile else None


@dataclass
class LearnerPanel:
    """A constant number of queries, whatever the state."""

    here: Access
    learner: Learner

    @cached_property
    def own_links(self) -> list[Link]:
        """Those of earlier too, the newest first."""
        return list(Link.objects.filter(environment=self.here.environment, learner=self.learner))

    @cached_property
    def links_of_others(self) -> list[Link]:
        """With the same accounts, earlier or now."""
        numbers = [link.onefile_id for link in self.own_links if link.onefile_id]
        others = Link.objects.filter(environment=self.here.environment, onefile_id__in=numbers)
        return list(others.exclude(learner=self.learner).exclude(learner=None).select_related("learner"))

    @cached_property
    def link(self) -> Link | None:
        return next((link for link in self.own_links if link.state != LinkState.REMOVED), None)

    @cached_property
    def plans(self) -> list[ExchangePlan]:
        """The newest first."""
        plans = ExchangePlan.objects.filter(learner=self.learner, run__environment=self.here.environment)
        return list(plans.filter(run__dry=False).select_related("run").order_by("-pk")[:20])

    @cached_property
    def open_questions(self) -> int:
        return Question.objects.open().filter(learner=self.learner, environment=self.here.environment).count()

    @cached_property
    def held_fields(self) -> int:
        return HeldField.objects.held().filter(learner=self.learner).count()

    @cached_property
    def enrolment(self) -> ExchangePlan | None:
        tried = (plan for plan in self.plans if plan.kind == RunKind.ENROL and plan.state != PlanState.SKIPPED)
        return next(tried, None)

    @property
    def is_created(self) -> bool:
        return self.link is not None and self.link.state != LinkState.CREATING

    def values(self) -> dict[str, Any]:
        going_on = self._unfinished()
        return {
            "environment": self._environment(),
            "fault": configuration.fault(self.here.settings),
            "facts": self._facts(),
            "state": going_on,
            "why_not": "" if self.link or going_on else self.why_not_created(),
            "links": self._links(bool(going_on)),
            "edit": self._edit(),
            "go_on": learner_page("go-on", self.learner) if self._may_go_on() else "",
            "questions": self._questions(),
            "earlier": earlier_links(self.own_links, self.links_of_others),
        }

    def _environment(self) -> Badge | None:
        return environment_badge(self.here.environment) if self.here.environment != Environment.LIVE else None

    def _facts(self) -> list[Fact]:
        if self.link is None:
            return [Fact("OneFile ID", badges=(Badge("Not linked"),))]
        ended = (plan for plan in self.plans if plan.ended_at and plan.state == PlanState.DONE)
        last = next((plan for plan in ended if plan.kind != RunKind.UNDO), None)
        return [
            Fact("OneFile ID", str(self.link.onefile_id or "None yet")),
            Fact("OneFile Organisation", self._centre_name()),
            Fact("State", badges=(LINK_BADGES[LinkState(self.link.state)],)),
            Fact("Linked", made_words(self.link, self.links_of_others)),
            Fact("Last exchanged", when(last.ended_at) if last else "Not yet"),
            *(figure_facts(self.link.figures.all()) if self.is_created else []),
        ]

    def _centre_name(self) -> str:
        assert self.link is not None
        if self.link.centre is None:
            return "Known with the next exchange"
        centre = Centre.objects.filter(environment=self.here.environment, onefile_id=self.link.centre).first()
        return centre.name if centre else str(self.link.centre)

    # ---- what goes on

    def _unfinished(self) -> dict[str, Any] | None:
        """The exchange that is open, else the enrolment that ended without being whole."""
        plan = next((each for each in self.plans if each.state in (PlanState.UNMADE, PlanState.READY)), None)
        plan = plan or (self.enrolment if self._ended_early() else None)
        if plan is None:
            return None
        steps = list(Step.objects.filter(plan=plan))
        state = standing(plan, plan.run, steps, timezone.now())
        refused = [f"{step.title}: {step.message}" for step in steps if step.state == "refused"]
        return {
            "title": plan.get_kind_display(),
            "standing": state if plan.state != PlanState.DONE else LEFT_OVER,
            "refused": list(dict.fromkeys(refused)),
            "again": refused_before(refused_as_before(plan, steps)) if plan.ended_at else "",
            "progress": log_link(plan, self.learner, "Show progress" if not plan.ended_at else "Show the steps"),
        }

    @property
    def _is_half_done(self) -> bool:
        return self.link is not None and (self.link.upload_due or self.link.state == LinkState.CREATING)

    def _ended_early(self) -> bool:
        plan = self.enrolment
        if plan is None:
            return False
        return self._is_half_done or (self.link is None and plan.state in (PlanState.FAILED, PlanState.ASKING))

    def _may_go_on(self) -> bool:
        plan = self.enrolment
        return self._is_half_done and plan is not None and plan.state in (PlanState.FAILED, PlanState.DONE)

    def why_not_created(self) -> str:
        """What stands against *Create in OneFile* before OneFile is asked at all."""
        if self.learner.system_status != SystemStatus.LIVE:
            return f"The system status is {self.learner.system_status}: only Live learners are created in OneFile."
        if self.learner.held_from_sync:
            return f"The learner is held from sync: {self.learner.held_reason}"
        if self.learner.programme_status(timezone.localdate()) == ProgrammeStatus.ENDED:
            return "The programme has ended, so the learner is not created in OneFile."
        return ""

    # ---- where one can go

    def _links(self, is_going_on: bool) -> list[PageLink]:
        if self.is_created:
            return self._linked_links()
        if self.link or (is_going_on and self.enrolment and self.enrolment.state != PlanState.FAILED):
            return [self._page("All logs", "logs"), self._journal(), self._held()]
        create = [] if self.why_not_created() else [self._page("Create in OneFile", "create")]
        logs = [self._page("All logs", "logs"), self._journal()] if self.plans else []
        return [*create, self._page("Manually Set OneFile ID", "set-id"), *logs, self._held()]

    def _linked_links(self) -> list[PageLink]:
        last = [self._page("View Last Refresh Log", "last-log")] if self._was_refreshed() else []
        remove = PageLink("Remove OneFile Link", learner_page("unlink", self.learner), window=True, danger=True)
        return [
            self._page("Refresh with OneFile", "refresh"),
            *last,
            self._page("All logs", "logs"),
            self._journal(),
            self._held(),
            remove,
        ]

    def _journal(self) -> PageLink:
        return PageLink("All changes", learner_page("learner-changes", self.learner))

    def _held(self) -> PageLink:
        return held_fields_link(self.learner, self.held_fields)

    def _was_refreshed(self) -> bool:
        return any(plan.kind in REFRESHES for plan in self.plans)

    def _page(self, text: str, name: str) -> PageLink:
        return PageLink(text, learner_page(name, self.learner), window=True)

    def _edit(self) -> PageLink | None:
        if not self.here.is_administrator or not self.is_created:
            return None
        return PageLink("Edit OneFile ID", learner_page("edit-id", self.learner), window=True, danger=True)

    def _questions(self) -> PageLink | None:
        if not self.open_questions:
            return None
        noun = "question waits" if self.open_questions == 1 else "questions wait"
        return PageLink(f"{self.open_questions} {noun} for an answer", questions_address(self.learner))
