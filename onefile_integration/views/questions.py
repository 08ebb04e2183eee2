"""What only a person can decide: all of it in one place, or one learner's."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from learners.models import Learner
from learners.presenters.records import delivery_plan, learner_link
from learners.views.acting import acting
from onefile_integration.access import access, licensed
from onefile_integration.exchange import questions as exchange
from onefile_integration.exchange import typed_ids
from onefile_integration.exchange.questions import TYPED
from onefile_integration.exchange.work import ring
from onefile_integration.models import Question, Run
from onefile_integration.models.journal import SUBJECTS
from onefile_integration.presenters.addresses import questions_address, subject_link
from onefile_integration.presenters.comparison import Side, comparison
from onefile_integration.presenters.words import environment_badge, label_of, value_words, when
from onefile_integration.rules.fields import SENSITIVE
from onefile_integration.views.asking import CannotAsk, asking
from picsweb.display import Cell, Empty, Grid, GridRow
from picsweb.display import Link as PageLink
from picsweb.permissions import Permission, requires

ON_A_PAGE = 25
WRONG = "wrong_answer"  # in the session, for the next look: what was typed, at which question, and why it is wrong


@requires(Permission.USE_ONEFILE)
@licensed
@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    here = access(request)
    learner = None
    rows = Question.objects.filter(environment=here.environment).select_related("plan", *SUBJECTS)
    if ident := request.GET.get("learner"):
        learner = get_object_or_404(Learner, ident=ident.upper())
        rows = rows.filter(learner=learner)
    page = Paginator(rows.open(), ON_A_PAGE).get_page(request.GET.get("page"))
    answered = rows.filter(answered_at__isnull=False).order_by("-answered_at")[:ON_A_PAGE]
    wrong = request.session.pop(WRONG, {})
    context = {
        "title": f"OneFile questions of {learner}" if learner else "OneFile questions",
        "kicker": learner.ident if learner else "OneFile",
        "breadcrumbs": [learner_link(learner)] if learner else [],
        "actions": _actions(learner),
        "environment": environment_badge(here.environment),
        "questions": [_shown(each, here.sees_sensitive, wrong) for each in page.object_list],
        "page": page,
        "learner": learner,
        "empty": Empty("No question waits", "Where OneFile and this system leave a doubt, it stands here."),
        "answered": _answered(answered),
    }
    return render(request, "onefile_integration/question_list.html", context)


def _actions(learner: Learner | None) -> list[PageLink]:
    if learner is None:
        return []
    return [
        PageLink("Delivery Plan", delivery_plan(learner)),
        PageLink("All questions", questions_address()),
    ]


def _shown(question: Question, sees_sensitive: bool, wrong: dict[str, Any]) -> dict[str, Any]:
    sides = [_side(*fact, sees_sensitive=sees_sensitive) for fact in question.facts]
    return {
        "pk": question.pk,
        "kind": question.get_kind_display(),
        "text": question.text,
        "asked": question.asked_at,
        "subject": subject_link(question.subject) if question.subject else None,
        "grid": comparison(f"Both sides of question {question.pk}", sides) if sides else None,
        "wrong": wrong if wrong.get("question") == question.pk else None,
        "answers": [{"word": word, "label": label, "typed": word == TYPED} for word, label in question.answers],
    }


def _side(what: Any, ours: Any, theirs: Any, *, sees_sensitive: bool) -> Side:
    if what in SENSITIVE and not sees_sensitive:
        return Side(label_of("learner", what), "Hidden", "Hidden")
    known = label_of("learner", what) if str(what).islower() else str(what)
    return Side(known, value_words(what, ours), value_words(what, theirs))


def _answered(rows: Any) -> Grid:
    cells = [
        GridRow(
            [
                Cell(link=subject_link(each.subject)) if each.subject else Cell(),
                Cell(each.text),
                Cell(each.answer_label, note=each.value),
                Cell(each.answered_by),
                Cell(when(each.answered_at)),
            ]
        )
        for each in rows
    ]
    return Grid("Answered questions, newest first", ["About", "Question", "Answer", "By", "When"], cells)


def _check(request: HttpRequest, question: Question, word: str, value: str) -> None:
    """While OneFile cannot be asked, what staff typed is believed: the next exchange compares it. Raises BadAnswer."""
    if typed_ids.is_typed(question, word):
        with suppress(CannotAsk), asking(access(request).settings) as client:
            typed_ids.refuse_another_learners(question, value, client)


@requires(Permission.USE_ONEFILE)
@licensed
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    question = get_object_or_404(
        Question.objects.select_related("learner"), pk=pk, environment=access(request).environment
    )
    word, value = request.POST.get("answer", ""), request.POST.get("value", "")
    learner = question.learner if "of_learner" in request.POST else None
    back = questions_address(learner)
    try:
        _check(request, question, word, value)
        answered = exchange.answer(question.pk, word, value, by=acting(request))
    except exchange.BadAnswer as why:
        page = _page_of(question, learner) if typed_ids.is_typed(question, word) else 0
        if page:
            request.session[WRONG] = {"question": question.pk, "value": value[:10], "why": str(why)}
            return redirect(f"{back}{'&' if '?' in back else '?'}page={page}#question-{question.pk}")
        messages.error(request, str(why))
    else:
        messages.success(request, answered.message)
        for run in Run.objects.filter(plans__questions=question).distinct():
            ring(run)
    return redirect(back)


def _page_of(question: Question, learner: Learner | None) -> int:
    """From 1; 0 where it is open no more."""
    rows = Question.objects.filter(environment=question.environment).open()
    keys = list((rows.filter(learner=learner) if learner else rows).values_list("pk", flat=True))
    return keys.index(question.pk) // ON_A_PAGE + 1 if question.pk in keys else 0
