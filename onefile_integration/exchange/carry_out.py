"""The steps of one plan, done one by one: begun, then ended. What is in doubt is settled by looking, never by hope."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from learners.models import Learner
from onefile_integration.api import errors
from onefile_integration.exchange import guard, journal, questions, undo
from onefile_integration.exchange.failures import Later, LeftOut
from onefile_integration.exchange.reading import Reading
from onefile_integration.exchange.steps import LOCAL, REMOTE, remote
from onefile_integration.exchange.steps.base import NotAllowed, NotNeeded, WaitsForAnother, Work, remember
from onefile_integration.exchange.steps.learner import SENT_AGAIN, is_wordless
from onefile_integration.models import ExchangePlan, HeldField, Link, RemoteAim, Step
from onefile_integration.rules import partner_details
from onefile_integration.rules.plan import make_plan
from onefile_integration.rules.rows import may_rest_on_rows
from onefile_integration.rules.steps import HERE, Kind, Plan
from onefile_integration.words import FailureKind, PlanState, RunKind, StepState

ROUNDS = 6  # creating, assigning and reading back take three
WAIT_FOR_ANOTHER = 5.0
HOLDS = timedelta(hours=4)  # longer than a night takes
BROUGHT = (
    Kind.UPDATE_DETAILS,
    Kind.UPDATE_OFFICER,
    Kind.UPDATE_ORGANISATION,
    Kind.UPDATE_LINE,
    Kind.UPDATE_REVIEW,
    Kind.ADD_REVIEW,
)
SATISFIED = (StepState.DONE, StepState.SKIPPED)


class LostClaim(Exception):
    """Another worker has taken the plan over: leave it to that one."""


class ToPerson(Exception):
    """The plan waits for an answer."""


def prepare(work: Work, reading: Reading) -> int:
    """Two pictures, then the steps that would make them agree, as rows. Gives the last position of the old steps.

    Raises the API's errors and ExchangeFailure, and LeftOut where it is no longer what the guard has counted.
    """
    before = work.plan.steps.waiting().filter(kind=Kind.UPDATE_REVIEW).values_list("record", flat=True)
    last = journal.write(work.plan, _planned(work.plan, reading, frozenset(before)))
    if why := guard.refuse_what_was_not_counted(work.plan):
        raise LeftOut(why)
    return last


def _planned(plan: ExchangePlan, reading: Reading, again: frozenset[str]) -> Plan:
    """``again``: reviews that were found to have changed. One that both have signed is not read in each planning, so
    the change would be lost with a plan that is made anew.
    """
    subject = plan.subject
    if not isinstance(subject, Learner):
        return partner_details.plan(reading.partner(subject))
    only_eligible = plan.kind != RunKind.ENROL
    pictures = reading.pictures(subject.pk, plan.choices, only_eligible=only_eligible, again=again)
    made = make_plan(pictures.here, pictures.there, pictures.choices)
    if pictures.rests_on_rows and not may_rest_on_rows(made):
        changed = {step.record for step in made.steps if step.kind is Kind.UPDATE_REVIEW}
        return _planned(plan, reading.afresh, again | changed)
    return made


def carry_out(work: Work, reading: Reading) -> None:
    """Go on until there is nothing more to do. Safe to call again after any death."""
    if work.plan.kind == RunKind.UNDO:
        put_back(work)
        return
    settle_all(work)
    history, reading = 0, reading.afresh
    if work.plan.is_stale or work.plan.deaths or is_out_of_date(work.plan):
        history = prepare(work, reading)
    for _ in range(ROUNDS):
        if not do_ready(work):
            break
        prepare(work, reading)
        leave_refused(work, history)
    close_waiting(work, history)


def is_out_of_date(plan: ExchangePlan) -> bool:
    """Hours may lie between a night's plan and its turn, days where the run was paused or stood without a token. A
    Refresh may have done something since: a visit that it has booked, or lost, cannot be looked for; or staff hold a
    field of which they have seen what it would become.
    """
    if timezone.now() - (plan.run.answered_at or plan.created_at) > HOLDS:
        return True
    if HeldField.objects.held().filter(**plan.of_subject, held_at__gte=plan.created_at).exists():
        return True
    subject = {f"plan__{name}": key for name, key in plan.of_subject.items()}
    return Step.objects.filter(**subject, begun_at__gte=plan.created_at).exclude(plan=plan).exists()


def put_back(work: Work) -> None:
    """Nothing of it is read from OneFile: what was planned from what stands here is done, or left. No step of it needs
    another.
    """
    for step in work.plan.steps.waiting():
        step.plan = work.plan
        do(work, step)
    close_waiting(work, 0)


def refused_since(work: Work, history: int) -> list[Step]:
    """Refused in this going on; what was refused before the plan was made anew has been planned again, or left it."""
    return list(work.plan.steps.filter(state=StepState.REFUSED, position__gt=history))


def leave_refused(work: Work, history: int) -> None:
    """What OneFile has refused is for a person: not sent again because something else was done meanwhile."""
    keys = {step.key for step in refused_since(work, history)}
    again = [step.pk for step in work.plan.steps.waiting() if step.key in keys]
    work.plan.steps.filter(pk__in=again).delete()


def do_ready(work: Work) -> bool:
    """Do what waits and has all it needs; True where OneFile must be read again for the rest."""
    while step := next_ready(work):
        if do(work, step):
            break
    return work.plan.is_stale


def next_ready(work: Work) -> Step | None:
    steps = list(work.plan.steps.all())
    latest = {step.key: step.state for step in steps}
    for step in steps:
        if step.state == StepState.WAITING and all(latest.get(need) in SATISFIED for need in step.needs):
            step.plan = work.plan
            return step
    return None


def do(work: Work, step: Step) -> bool:
    """One step; True where the rest must be planned anew before anything else is done."""
    if not work.plan.renew(timedelta(seconds=django_settings.ONEFILE_LEASE_SECONDS)):
        raise LostClaim
    kind = REMOTE.get(Kind(step.kind))
    anew = bool(kind and kind.begins_anew)
    try:
        if step.side == HERE:
            keep_here(work, step)
        else:
            write_there(work, step)
    except NotNeeded as why:
        step.end(StepState.SKIPPED, str(why))
        anew = bool(kind and kind.changes_the_ground)
        if anew:
            note_stale(work)
    except NotAllowed as why:
        step.end(StepState.REFUSED, str(why))
    except WaitsForAnother as why:
        raise Later(max([WAIT_FOR_ANOTHER, *map(Step.seconds_to_settle, doubts_of(why.plan))]), str(why)) from None
    if kind and kind.changes_the_ground and step.state == StepState.DONE:
        note_stale(work)
    return anew and work.plan.is_stale


def doubts_of(other: ExchangePlan | None) -> list[Step]:
    """What of another plan must be settled first. A call whose answer its worker waits for just now is no doubt."""
    if other is None:
        return []
    in_hand = ExchangePlan.objects.filter(pk=other.pk, claim__isnull=False, lease_until__gt=Now())
    return [] if in_hand.exists() else list(other.steps.unsettled())


def note_stale(work: Work) -> None:
    """Kept on the row, for whoever goes on after an interruption: the rest is planned anew."""
    ExchangePlan.objects.filter(pk=work.plan.pk).update(is_stale=True)
    work.plan.is_stale = True


def keep_here(work: Work, step: Step) -> None:
    try:
        with transaction.atomic():
            LOCAL[Kind(step.kind)].keep(work, step, None)
            if step.undoes_id:
                undo.hold_or_free(work.plan, step, work.actor)
            step.end(StepState.DONE)
    except ValidationError as why:
        if step.undoes_id:
            raise NotNeeded(f"It cannot be put back. {_faults(why)}") from None
        raise NotAllowed(f"OneFile's value cannot be kept here. {_faults(why)}") from None


def _faults(why: ValidationError) -> str:
    """By the names of our fields."""
    by_field = why.message_dict if hasattr(why, "error_dict") else {"": why.messages}
    return " ".join(f"{name.replace('_', ' ').capitalize()}: {' '.join(said)}" for name, said in by_field.items())


def write_there(work: Work, step: Step) -> None:
    """Exactly one write: a slot, *begun* committed, sent, then the outcome committed with its effect."""
    kind = remote(step.kind)
    known = kind.before(work, step)
    with work.client.reserve():
        if not step.begin(known):
            raise LostClaim
        try:
            result = kind.do(work, step)
        except (errors.NotSent, errors.SignInFailed):
            step.put_back()
            raise
        except (NotAllowed, NotNeeded):
            step.put_back()
            kind.refused(work, step)
            raise
        except errors.Unknown as lost:
            if kind.lost in ("again", "read") and is_wordless(lost):
                settle(work, step)  # it has answered: nothing lands later
            else:
                doubt(work, step)
            return
        except errors.Refused as refusal:
            with transaction.atomic():
                kind.refused(work, step)
                step.end(StepState.REFUSED, told(refusal))
            return
    end_done(work, step, result)
    compare_shown(work, step)


def compare_shown(work: Work, step: Step) -> None:
    """What OneFile cannot show as it was sent would be sent every night. Where it does not answer, it is sent again."""
    with suppress(errors.OneFileError, NotAllowed, NotNeeded, Link.DoesNotExist):
        shown = remote(step.kind).shown(work, step)
        odd = remember(step, shown) if shown else []
        if odd:
            step.message = f"OneFile does not show as it was sent: {', '.join(odd).replace('_', ' ')}. Not sent again."
            step.save(update_fields=["message"])


def end_done(work: Work, step: Step, result: int | None) -> None:
    with transaction.atomic():
        remote(step.kind).keep(work, step, result)
        step.end(StepState.DONE, step.message, result)


def doubt(work: Work, step: Step) -> None:
    """The reply was lost. A visit cannot be looked up: only its review waits; all else waits for the settling time."""
    with transaction.atomic():
        if not step.doubt():
            return
        if remote(step.kind).lost == "ask":
            questions.ask_about_lost_visit(work.plan, step)
            return
    raise settles_later(step)


def settles_later(step: Step) -> Later:
    return Later(step.seconds_to_settle(), "OneFile's reply was lost; it is looked for later.")


def settle_all(work: Work) -> None:
    for step in work.plan.steps.unsettled():
        step.plan = work.plan
        settle(work, step)


def settle(work: Work, step: Step) -> None:
    """End what was begun and never ended: by looking where one can look, and not before a late call has landed."""
    match remote(step.kind).lost:
        case "ask":
            doubt(work, step)
        case "again":
            step.end(StepState.SKIPPED, SENT_AGAIN)
            note_stale(work)
        case "read":
            step.end(StepState.SKIPPED, "The reply was lost; OneFile is read again.")
            note_stale(work)
        case _:
            look(work, step)


def look(work: Work, step: Step) -> None:
    if step.seconds_to_settle() > 0:
        raise settles_later(step)
    found = remote(step.kind).look(work, step)
    if len(found) > 1:
        questions.ask_which(work.plan, step, found)
        raise ToPerson
    note_stale(work)
    if found:
        step.message = "The reply was lost; OneFile has it."
        end_done(work, step, found[0])
    else:
        step.end(StepState.SKIPPED, "The reply was lost; OneFile does not have it. Planned anew.")


def told(refusal: errors.Refused) -> str:
    """OneFile's own words; where it asks for an email, the setting that sends one."""
    words = refusal.message or f"OneFile refused (status {refusal.status})."
    if "email" in words.lower():
        words += " (Setting: Send officer email when creating assessors.)"
    return words


def close_waiting(work: Work, history: int) -> None:
    """What still waits needs an answer, or something that was refused: it is left, and said."""
    steps = list(work.plan.steps.all())
    latest = {step.key: step for step in steps}
    unmet = [step for step in steps if step.state == StepState.WAITING]
    for step in unmet:
        lacking = [latest[need].title for need in step.needs if need in latest and latest[need].state not in SATISFIED]
        step.end(StepState.SKIPPED, f"Waits for: {'; '.join(lacking) or 'an answer'}.")
    refused = refused_since(work, history)
    if not refused and not unmet:
        _upload_is_whole(work)
    ended: dict[str, Any] = {
        "ended_at": timezone.now(),
        "failure_kind": _kind_of_refusal(refused[0]) if refused else "",
        "failure_message": refused[0].message[:1000] if refused else "",
    }
    if work.plan.questions.open().exists() or work.plan.steps.unsettled().exists():
        questions.await_answers(work.plan, **ended)
    else:
        work.plan.release(state=PlanState.FAILED if refused else PlanState.DONE, **ended)


def _kind_of_refusal(step: Step) -> FailureKind:
    """OneFile refuses what is sent; what it brings may be refused here."""
    return FailureKind.BAD_ANSWER if step.kind in BROUGHT else FailureKind.REFUSED


def _upload_is_whole(work: Work) -> None:
    if work.plan.learner_id is None:
        return
    link = Link.objects.within(work.environment).filter(learner=work.plan.learner_id).first()
    if link and (link.upload_due or link.aims.filter(upload_due=True).exists()):
        Link.objects.filter(pk=link.pk).update(upload_due=False)
        RemoteAim.objects.filter(link=link).update(upload_due=False)
