from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from learners.actor import Actor
from onefile_integration.exchange import configuration, enrolment, guard, nightly, results
from onefile_integration.exchange.connection import NotReady
from onefile_integration.exchange.foreground import is_going_on, probe, to_the_end
from onefile_integration.management.commands.onefile_enrol import learners_named
from onefile_integration.management.drawing import drawn
from onefile_integration.models import Link, Run, Settings
from onefile_integration.models.journal import SUBJECTS
from onefile_integration.rules.guard import KINDS
from onefile_integration.words import HeldAnswer, Lane, LinkState, RunState
from picsweb.commands import JsonCommand, Refused, Result, Status


class Command(JsonCommand):
    help = "Exchange with OneFile: all who are eligible, or the learners named (a Refresh)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--learner", nargs="+", metavar="IDENT", help="only these, at once: a Refresh")
        parser.add_argument("--dry-run", action="store_true", help="show what would be changed; change nothing")
        answer = parser.add_mutually_exclusive_group()
        answer.add_argument("--go-on", action="store_true", help="let the held run go on")
        answer.add_argument("--discard", action="store_true", help="discard the held run")

    def run(self, options: dict[str, Any]) -> Result:
        if options["go_on"] or options["discard"]:
            return self._answered(options)
        named = learners_named(options["learner"]) if options["learner"] else None
        settings = self._ready(Lane.PEOPLE if named else Lane.NIGHT)
        run, unlinked = self._refresh(named, settings, options) if named else (self._whole(settings, options), [])
        return self._worked(run, unlinked)

    def _worked(self, run: Run, unlinked: list[str]) -> Result:
        with drawn(run):
            stopped = "" if run.state == RunState.HELD else to_the_end(run)
        run.refresh_from_db()
        data = results.run_result(run, stopped)
        data["learners"]["skipped"] += len(unlinked)
        return Result(
            data=data, text=_text(data), status=_status(run, data), messages=_messages(run, unlinked, stopped)
        )

    def _answered(self, options: dict[str, Any]) -> Result:
        """The held run goes on to its end, or is discarded."""
        held = nightly.held_run(Settings.objects.current().environment)
        if held is None:
            raise Refused("No run is held.")
        if options["discard"]:
            guard.discard(held, by=Actor.command())
            return Result(data=results.run_result(held, ""), text=f"Run {held.pk} is discarded.", status=Status.WELL)
        self._ready(Lane.NIGHT)
        guard.go_on(held, by=Actor.command())
        return self._worked(held, [])

    def _ready(self, lane: Lane) -> Settings:
        try:
            settings = configuration.require_ready()
            probe(settings, lane)
        except NotReady as why:
            raise Refused(str(why)) from None
        return settings

    def _refresh(self, named: list[Any], settings: Settings, options: dict[str, Any]) -> tuple[Run, list[str]]:
        links = Link.objects.within(settings.environment).filter(learner__in=named)
        linked = set(links.exclude(state=LinkState.CREATING).values_list("learner_id", flat=True))
        those = [learner for learner in named if learner.pk in linked]
        run = enrolment.refresh(those, settings=settings, by=Actor.command(), dry=options["dry_run"])
        return run, [learner.ident for learner in named if learner.pk not in linked]

    def _whole(self, settings: Settings, options: dict[str, Any]) -> Run:
        """An unfinished run is continued; a dry one stands beside it."""
        if not options["dry_run"] and (unfinished := nightly.unfinished_whole_run(settings.environment)):
            if is_going_on(unfinished):
                raise Refused("Another synchronisation is going on.", run=unfinished.pk)
            return unfinished
        try:
            return nightly.start_whole_run(settings, by=Actor.command(), dry=options["dry_run"])
        except nightly.Busy as why:
            raise Refused(str(why)) from None


def _status(run: Run, data: dict[str, Any]) -> Status:
    if data["outcome"] == "held":
        return Status.REFUSED
    if data["outcome"] != "finished" or data["failures"] or data["questions"]:
        return Status.WITH_FAULTS
    return Status.WELL


def _text(data: dict[str, Any]) -> str:
    counts = ", ".join(f"{name} {number}" for name, number in data["learners"].items())
    lines = [f"Run {data['run']} {data['outcome']}: {counts}; {data['calls']} calls."]
    lines += [
        f"{each['ident']} {each['record']} {each['field']}: {each['old']} -> {each['new']} ({each['side']})"
        for each in data["changes"]
    ]
    return "\n".join(lines)


def _messages(run: Run, unlinked: list[str], stopped: str) -> list[str]:
    said = [*run.lists_said, *(f"{ident} is not linked with OneFile." for ident in unlinked)]
    said += [f"Held: {number} {KINDS[kind]}." for kind, number in run.held.items()]
    if run.answer == HeldAnswer.GO_ON and (left := guard.not_read_again(run)):
        said.append(left)
    if run.state == RunState.HELD:
        said.append("Nothing was changed. Look at it, then --go-on or --discard.")
    telling = run.plans.exclude(notes=[], failure_message="").select_related(*SUBJECTS)
    for plan in telling.iterator(results.CHUNK):
        texts = [note["text"] for note in plan.notes] + [plan.failure_message]
        said += [f"{plan.subject.ident}: {text}" for text in texts if text]
    return [*said, stopped] if stopped else said
