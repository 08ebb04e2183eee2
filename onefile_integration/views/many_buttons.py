"""Enrol many: the buttons on a list, and on the run that came of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from learners.views.acting import acting
from learners.views.editing import confirm_page
from onefile_integration.access import access, licensed
from onefile_integration.exchange import batches, listed, stopping
from onefile_integration.exchange.work import ring
from onefile_integration.models import Run
from onefile_integration.presenters import many as present
from onefile_integration.presenters.many_result import cancel_question
from onefile_integration.views.many_parts import crumbs
from onefile_integration.words import PlanState, RowOutcome, RunKind
from picsweb.display import Link as PageLink
from picsweb.permissions import Permission, requires


@requires(Permission.USE_ONEFILE)
@licensed
@require_POST
def many_choices(request: HttpRequest, pk: int) -> HttpResponse:
    run = _list(pk)
    count = listed.choose(run, _chosen(request), _chosen_for_all(request))
    ring(run)
    said = (
        f"Saved. {_learners(count)} {'is' if count == 1 else 'are'} looked at again."
        if count
        else "Nothing was changed."
    )
    messages.success(request, said)
    return _back(request, run)


@requires(Permission.USE_ONEFILE)
@licensed
@require_POST
def many_again(request: HttpRequest, pk: int) -> HttpResponse:
    run = _list(pk)
    rows = listed.free(run).exclude(state=PlanState.UNMADE)
    if "not_ready" in request.POST:
        rows = rows.exclude(outcome=RowOutcome.READY)
    else:
        rows = rows.filter(pk__in=_ticked(request))
    count = listed.look_again(run, rows)
    ring(run)
    if not count:
        messages.info(request, "Tick the learners that are to be looked at again.")
    return _back(request, run)


@requires(Permission.USE_ONEFILE)
@licensed
@require_POST
def many_remove(request: HttpRequest, pk: int) -> HttpResponse:
    run = _list(pk)
    count = listed.remove(run, _ticked(request))
    if count:
        messages.success(request, f"{_learners(count)} taken off this list. Nothing else was changed.")
    else:
        messages.info(request, "Tick the learners that are to be taken off the list.")
    return _back(request, run)


@requires(Permission.USE_ONEFILE)
@licensed
@require_POST
def many_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Those that are ready and still as they were shown. A second press leads to the run of the first.

    Choices that were made and not saved are saved with it; their rows are looked at again before they can be created.
    """
    run, settings = _list(pk), access(request).settings
    wanted = _ticked(request)
    _save_with_it(request, run)
    if run.environment != settings.environment:
        messages.error(request, "This list belongs to another OneFile environment. Nothing was created.")
        return _back(request, run)
    job = batches.begin(run, wanted, settings=settings, by=acting(request))
    if job is None:
        said = "Nothing was created: nobody of those is ready, or they have changed since they were shown. Look again."
        messages.error(request, said if wanted else "Tick the learners that are to be created.")
        return _back(request, run)
    ring(job)
    if (left := len(wanted) - job.plans.filter(shown_in__in=wanted).count()) > 0:
        messages.warning(request, f"{_learners(left)} not begun: not ready, or changed since they were shown.")
    return redirect(present.many_address(job))


def _save_with_it(request: HttpRequest, run: Run) -> None:
    if count := listed.choose(run, _chosen(request), _chosen_for_all(request)):
        ring(run)
        what = "Your choice was" if count == 1 else f"Your choices for {_learners(count)} were"
        messages.info(request, f"{what} saved; what would be sent is looked at again before anything is created of it.")


def _list(pk: int) -> Run:
    return get_object_or_404(Run, pk=pk, kind=RunKind.PREVIEW)


def _ticked(request: HttpRequest) -> dict[int, str]:
    """Keys of rows, with the start of the digest that was shown. A button that names its rows means no others."""
    texts = request.POST["rows"].split() if "rows" in request.POST else request.POST.getlist("row")
    pairs = [text.partition(":") for text in texts]
    return {int(key): digest for key, _, digest in pairs if key.isdecimal() and len(key) <= 18}


def _chosen(request: HttpRequest) -> dict[int, int | None]:
    """OneFile's ids of standards by the keys of lines; None where nothing is chosen."""
    found: dict[int, int | None] = {}
    for name in request.POST:
        key, value = name.removeprefix("pathway-"), str(request.POST[name])
        if name != key and key.isdecimal() and len(key) <= 18:
            found[int(key)] = int(value) if value.isdecimal() else None
    return found


def _chosen_for_all(request: HttpRequest) -> dict[str, int]:
    found = {name: str(request.POST[name]) for name in request.POST if name.startswith(present.FOR_ALL)}
    return {name.removeprefix(present.FOR_ALL): int(value) for name, value in found.items() if value.isdecimal()}


def _back(request: HttpRequest, run: Run) -> HttpResponse:
    query = QueryDict(request.POST.get("back", "")).urlencode()
    address = present.many_address(run)
    return redirect(f"{address}?{query}" if query else address)


def _learners(count: int) -> str:
    return "1 learner" if count == 1 else f"{count:,} learners"


# ---- on the run that came of it


@requires(Permission.USE_ONEFILE)
@licensed
@require_POST
def many_pause(request: HttpRequest, pk: int) -> HttpResponse:
    run = _job(pk)
    if stopping.pause(run, by=acting(request)):
        messages.success(request, "Paused. Who has begun goes on to the end; the rest waits until you resume.")
    return redirect(present.many_address(run))


@requires(Permission.USE_ONEFILE)
@licensed
@require_POST
def many_resume(request: HttpRequest, pk: int) -> HttpResponse:
    run = _job(pk)
    if stopping.resume(run, by=acting(request)):
        ring(run)
    return redirect(present.many_address(run))


@requires(Permission.USE_ONEFILE)
@licensed
def many_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    run = _job(pk)
    back = present.many_address(run)
    return cancel_page(request, run, back=back, breadcrumbs=crumbs(PageLink(f"Enrolment {run.pk}", back)))


def cancel_page(request: HttpRequest, run: Run, *, back: str, breadcrumbs: list[PageLink]) -> HttpResponse:
    def do() -> None:
        stopping.cancel(run, by=acting(request))
        ring(run)

    return confirm_page(
        request,
        do=do,
        title="Cancel the rest?",
        question=cancel_question(run, run.plans.open().not_begun().count()),
        confirm="Yes, cancel the rest",
        back=back,
        message="The rest is cancelled.",
        breadcrumbs=breadcrumbs,
    )


@requires(Permission.USE_ONEFILE)
@licensed
@require_POST
def many_try_again(request: HttpRequest, pk: int) -> HttpResponse:
    run = _job(pk)
    again = batches.try_again(run, settings=access(request).settings, by=acting(request))
    return _led_to(request, run, again, "There is nothing left to go on with.")


@requires(Permission.USE_ONEFILE)
@licensed
@require_POST
def many_show_again(request: HttpRequest, pk: int) -> HttpResponse:
    run = _job(pk)
    shown = batches.show_again(run, settings=access(request).settings, by=acting(request))
    return _led_to(request, run, shown, "All of them are in OneFile, or being created.")


def _led_to(request: HttpRequest, run: Run, begun: Run | None, nothing: str) -> HttpResponse:
    """To what was begun; back, with a word, where nothing was."""
    if begun is None:
        messages.info(request, nothing)
        return redirect(present.many_address(run))
    ring(begun)
    return redirect(present.many_address(begun))


def _job(pk: int) -> Run:
    return get_object_or_404(Run, pk=pk, kind=RunKind.ENROL, is_of_many=True)
