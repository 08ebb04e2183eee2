from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandParser

from learners.actor import Actor
from learners.models import Learner
from onefile_integration.api.errors import OneFileError
from onefile_integration.exchange import configuration, enrolment, questions, results
from onefile_integration.exchange.basedata import refresh_qualification_links
from onefile_integration.exchange.connection import NotReady, connect
from onefile_integration.exchange.failures import ExchangeFailure, explained
from onefile_integration.exchange.foreground import busy_since, is_busy, probe, to_the_end
from onefile_integration.exchange.reading import Reading
from onefile_integration.models import Centre, ExchangePlan, Link, Question, Run, Settings
from onefile_integration.presenters.duplicates import duplicate_message
from onefile_integration.words import Lane, LinkState, PlanState
from picsweb.commands import JsonCommand, Progress, Refused, Result, Status, whole_number

WELL = ("ready", "enrolled", "already_linked")


class Command(JsonCommand):
    help = "Create learners in OneFile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("idents", nargs="+", metavar="IDENT")
        parser.add_argument("--centre", type=whole_number, help="OneFile's id of the centre, where there are several")
        parser.add_argument("--classroom", type=whole_number, help="OneFile's id of the classroom")
        parser.add_argument(
            "--pathway",
            type=_pathway,
            action="append",
            default=[],
            metavar="VQREF=STANDARDID",
            help="OneFile's id of the standard, where it has several for that VQ Reference; may be repeated",
        )
        parser.add_argument("--new-episode", action="store_true", help="a portfolio of its own for this episode")
        parser.add_argument("--another-person", action="store_true", help="who was found is somebody else")
        parser.add_argument("--dry-run", action="store_true", help="show what would be created; change nothing")

    def run(self, options: dict[str, Any]) -> Result:
        learners = learners_named(options["idents"])
        try:
            settings = configuration.require_ready()
            probe(settings, Lane.PEOPLE)
            know_the_centres(settings, options["centre"])
        except NotReady as why:
            raise Refused(str(why)) from None
        given = enrolment.Given(
            centre=options["centre"],
            classroom=options["classroom"],
            pathways=dict(options["pathway"]),
            new_episode=options["new_episode"],
            another_person=options["another_person"],
        )
        done = list(_each([Enrolling(learner, given, settings) for learner in learners], dry=options["dry_run"]))
        text = "\n".join(f"{each['ident']}: {each['outcome']}" for each in done)
        messages = [f"{each['ident']}: {p['message']}" for each in done for p in each["problems"]]
        asked = Question.objects.open().filter(learner__in=learners).select_related("learner")
        messages += [f"Question {each.pk}: {each.text}" for each in asked]
        status = Status.WELL if all(each["outcome"] in WELL for each in done) else Status.WITH_FAULTS
        return Result(data={"results": done}, text=text, status=status, messages=messages)


def _each(enrolling: list[Enrolling], *, dry: bool) -> Iterator[dict[str, Any]]:
    bar = Progress("enrol", len(enrolling))
    try:
        for count, each in enumerate(enrolling):
            bar.at(count)
            yield each.result(dry=dry)
    finally:
        bar.end()


class Enrolling:
    """One learner, from the state in which it is found to an outcome."""

    def __init__(self, learner: Learner, given: enrolment.Given, settings: Settings) -> None:
        self.learner, self.given, self.settings, self.by = learner, given, settings, Actor.command()

    def result(self, *, dry: bool) -> dict[str, Any]:
        link = Link.objects.within(self.settings.environment).filter(learner=self.learner).first()
        if plan := enrolment.open_enrolment(self.learner.pk, self.settings.environment):
            return self._of_plan(plan) if dry else self._worked(plan.run)
        if link and link.state != LinkState.CREATING and not link.upload_due:
            return self._answer("already_linked")
        if link and not dry:
            return self._worked(enrolment.go_on(self.learner, self.given, settings=self.settings, by=self.by))
        return self._new(dry=dry)

    def _new(self, *, dry: bool) -> dict[str, Any]:
        client = connect(self.settings, Lane.PEOPLE)
        try:
            shown = enrolment.preview(self.learner, self.given, Reading(client, self.settings, thorough=True))
        except enrolment.NoCentre as why:
            return self._answer("choice_needed", problems=[{"code": "centre_needed", "message": str(why)}])
        except (OneFileError, ExchangeFailure) as error:
            failure = explained(error) if isinstance(error, OneFileError) else error
            return self._answer("failed", problems=[{"code": "refused", "message": str(failure)}])
        finally:
            client.close()
        if shown.may_begin and not dry:
            return self._worked(enrolment.begin(shown, digest=None, settings=self.settings, by=self.by))
        if shown.outcome == "question" and not dry:
            for doubt in shown.plan.doubts:
                questions.ask_beforehand(doubt, self.learner, self.settings.environment)
        return self._shown(shown)

    def _shown(self, shown: enrolment.Preview) -> dict[str, Any]:
        problems = [{"code": problem.code, "message": problem.message} for problem in shown.problems]
        problems += [{"code": "duplicate", "message": duplicate_message(each)} for each in shown.duplicates]
        steps = [{"kind": step.kind, "state": "waiting", "message": step.title} for step in shown.plan.steps]
        return self._answer(shown.outcome, problems=problems, steps=steps)

    def _worked(self, run: Run) -> dict[str, Any]:
        plan = run.plans.get(learner=self.learner)
        if is_busy(plan):
            return self._answer("busy", since=busy_since(plan))
        stopped = to_the_end(run)
        plan.refresh_from_db()
        return self._of_plan(plan, stopped)

    def _of_plan(self, plan: ExchangePlan, stopped: str = "") -> dict[str, Any]:
        more: dict[str, Any] = {"steps": results.steps_of(plan)}
        if is_busy(plan):
            return self._answer("busy", since=busy_since(plan), **more)
        asking = Question.objects.open().filter(plan=plan)
        at = results.may_go_on_at(plan) if plan.state in (PlanState.UNMADE, PlanState.READY) else None
        if at and (not stopped or plan.steps.unsettled().exists()):
            why = [{"code": "refused", "message": plan.failure_message}] if plan.failure_message else []
            return self._answer("unknown", may_go_on_at=at, problems=why, **more)
        if plan.state == PlanState.ASKING or asking:
            return self._answer("question", **more)
        if plan.state == PlanState.DONE:
            return self._answer("enrolled", **more)
        message = plan.failure_message or stopped or "It stopped on the way; run it again to go on."
        return self._answer("failed", problems=[{"code": "refused", "message": message}], **more)

    def _answer(self, outcome: str, **more: Any) -> dict[str, Any]:
        number = results.onefile_id_of(self.learner.pk, self.settings.environment)
        base: dict[str, Any] = {
            "ident": self.learner.ident,
            "outcome": outcome,
            "onefile_id": number,
            "problems": [],
            "steps": [],
        }
        return base | more


def know_the_centres(settings: Settings, chosen: int | None) -> None:
    """Fetches the qualification links where none were fetched yet. Raises NotReady, and Refused for another centre."""
    known = Centre.objects.known(settings.environment)
    if not known.exists():
        client = connect(settings, Lane.PEOPLE)
        try:
            refresh_qualification_links(client, settings.environment)
        except OneFileError:
            raise NotReady("OneFile's centres and qualifications could not be fetched.") from None
        finally:
            client.close()
    if chosen is not None and not known.filter(onefile_id=chosen).exists():
        raise Refused(f"OneFile has no centre {chosen}.")


def learners_named(idents: list[str]) -> list[Learner]:
    """In the order given. Raises Refused naming the first that is unknown."""
    wanted = list(dict.fromkeys(ident.strip().upper() for ident in idents))
    found = {learner.ident: learner for learner in Learner.objects.filter(ident__in=wanted)}
    if unknown := [ident for ident in wanted if ident not in found]:
        raise Refused(f"There is no learner {unknown[0]}.")
    return [found[ident] for ident in wanted]


def _pathway(text: str) -> tuple[str, int]:
    reference, equals, number = text.partition("=")
    if not equals or not number.strip().isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not VQREF=STANDARDID")
    return reference.strip().upper(), int(number)
