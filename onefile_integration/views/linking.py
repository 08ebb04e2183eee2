"""Manually Set OneFile ID, Edit OneFile ID, Remove OneFile Link; the same for officers and organisations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from learners.models import Learner, Officer, Organisation
from learners.presenters.records import delivery_plan, learner_link
from learners.views.acting import acting
from onefile_integration.access import access, licensed
from onefile_integration.exchange import enrolment, links
from onefile_integration.exchange.links import BadLink, Found
from onefile_integration.exchange.work import ring
from onefile_integration.forms import IdForm
from onefile_integration.models import Centre, Link, Run
from onefile_integration.presenters.addresses import learner_page, progress_address, record_page
from onefile_integration.presenters.comparison import comparison, sides_of
from onefile_integration.presenters.link_history import made_words
from onefile_integration.presenters.many import many_address
from onefile_integration.presenters.words import environment_badge
from onefile_integration.views.asking import CannotAsk, Closed, asking
from onefile_integration.words import LinkState, RunKind
from picsweb.display import Link as PageLink
from picsweb.permissions import Permission, requires

METHODS = ["GET", "HEAD", "POST"]
DOWN = (
    "OneFile could not be asked just now. You may save the id all the same: the link is then unverified, and the next "
    "exchange compares surname and birth date before it exchanges anything."
)
ARCHIVED = (
    "It answers, but OneFile's own search does not list it: the learner is probably archived there. Until that is "
    "undone nothing is exchanged."
)
MOVED = (
    "It is linked with {whom}, another episode of this person ({made}). Moving the link ends it there: {ident} keeps "
    "its reviews and its progress, and is no longer exchanged. Nothing in OneFile is touched."
)
ADVICE = (
    "Change a OneFile ID only when support has told you to. The link there is now is removed, with its learning aims "
    "and reviews kept as history; nothing in OneFile is touched."
)


@dataclass(frozen=True)
class Button:
    name: str
    label: str


@dataclass
class Linking:
    """One window: type the id, look at both sides, save. Each step checks again.

    ``other`` gives the live link of another episode, which saving would move. ``restore`` begins to take an archived
    account back, once it is linked.
    """

    request: HttpRequest
    record: Any
    title: str
    back: str
    refused: Callable[[int], None]  # raises BadLink where something here stands against it
    check: Callable[[int, Any], Found]
    save: Callable[[int, Found | None], Any]
    needs_onefile: bool = False
    notes: tuple[str, ...] = ()
    other: Callable[[int], Link | None] = lambda number: None
    restore: Callable[[], HttpResponse] | None = None
    create_new: str = ""  # the address where a new account is made instead
    address: str = ""  # the window's own, where it says more than its path

    def answer(self) -> HttpResponse:
        """An id in the address is looked at at once; ``typed`` only stands in the field."""
        given = self.request.POST if self.request.method == "POST" else self.request.GET
        if "onefile_id" not in given:
            return self._page(IdForm(initial={"onefile_id": given.get("typed", "")}))
        form = IdForm(given)
        if not form.is_valid():
            return self._page(form)
        try:
            return self._checked(form)
        except (BadLink, Closed) as why:
            form.add_error("onefile_id" if isinstance(why, BadLink) else None, str(why))
        return self._page(form)

    def _checked(self, form: IdForm) -> HttpResponse:
        number = form.number
        self.refused(number)
        found = self._found(number)
        pressed = {button.name for button in self._buttons(number, found)} & set(self.request.POST)
        if pressed and self.request.POST.get("shown") == self._seen(number, found):
            self.save(number, found)
            messages.success(self.request, f"{self.record.ident} is linked with OneFile's {number}.")
            return self.restore() if "restore" in pressed and self.restore else redirect(self.back)
        return self._page(form, number=number, found=found, changed="shown" in self.request.POST)

    def _buttons(self, number: int, found: Found | None) -> list[Button]:
        """The first is what most will want."""
        moves, is_archived = self.other(number) is not None, found is not None and not found.is_listed
        if not (is_archived and self.restore):
            return [Button("save", "Move the link to this episode" if moves else "Save")]
        what = "move the link" if moves else "link"
        return [Button("restore", f"Restore in OneFile and {what}"), Button("save", what.capitalize())]

    def _seen(self, number: int, found: Found | None) -> str:
        """What a person looked at, so that nothing else is saved."""
        other = self.other(number)
        return f"{number} {found or 'not asked'} {other.pk if other else ''}"

    def _found(self, number: int) -> Found | None:
        """None while OneFile is down, where the link may be made all the same."""
        try:
            with asking(access(self.request).settings) as client:
                return self.check(number, client)
        except CannotAsk as why:
            if isinstance(why, Closed):
                raise
            if self.needs_onefile:
                raise BadLink(f"{why} Nothing was linked; try again later.") from None
            return None

    def _page(
        self, form: IdForm, *, number: int | None = None, found: Found | None = None, changed: bool = False
    ) -> HttpResponse:
        context = {
            "title": self.title,
            "kicker": f"{self.record.ident} {self.record}",
            "breadcrumbs": [PageLink(str(self.record), record_page(self.record))],
            "environment": environment_badge(access(self.request).environment),
            "action": self.address or self.request.path,
            "form": form,
            "notes": self.notes,
            "cancel": self.back,
            "number": number,
            "changed": changed,
            **self._sides(number, found),
        }
        return render(self.request, "onefile_integration/link_set.html", context)

    def _sides(self, number: int | None, found: Found | None) -> dict[str, Any]:
        if number is None:
            return {"checked": False}
        sides = sides_of(found.facts) if found else []
        return {
            "checked": True,
            "shown": self._seen(number, found),
            "buttons": self._buttons(number, found),
            "moved": _moved_from(self.other(number)),
            "create_new": self.create_new if found and not found.is_listed else "",
            "grid": comparison(f"Compared with OneFile's {number}", sides) if found else None,
            "warning": DOWN if found is None else "" if found.is_listed else ARCHIVED,
            "differs": any(side.badge.text == "Differs" for side in sides),
        }


def _moved_from(link: Link | None) -> str:
    if link is None:
        return ""
    whom = f"{link.record.ident} {link.record}"
    return MOVED.format(whom=whom, made=made_words(link), ident=link.record.ident)


# ---- learners


@requires(Permission.USE_ONEFILE)
@licensed
@require_http_methods(METHODS)
def set_id(request: HttpRequest, ident: str) -> HttpResponse:
    learner, environment = get_object_or_404(Learner, ident=ident), access(request).environment
    if links.live_link(learner, environment):
        messages.info(request, "The learner is linked already, or is being created.")
        return redirect(delivery_plan(learner))

    def refused(number: int) -> None:
        if other := links.to_move(learner, number, environment):
            links.may_move(learner, other)
        else:
            links.may_link(learner, number, environment, None)

    def save(number: int, found: Found | None) -> Link:
        by = acting(request)
        if other := links.to_move(learner, number, environment):
            return links.move(learner, other, found=found, by=by)
        return links.set_learner_link(learner, number, environment=environment, found=found, by=by)

    of_list = _of_list(request)
    return Linking(
        request,
        learner,
        title="Manually Set OneFile ID",
        back=many_address(of_list) if of_list else delivery_plan(learner),
        address=f"{request.path}?list={of_list.pk}" if of_list else request.path,
        refused=refused,
        check=lambda number, client: links.check_learner(learner, number, client),
        save=save,
        notes=("For a learner who is in OneFile already: creating would make a second account.",),
        other=lambda number: links.to_move(learner, number, environment),
        restore=lambda: restoring(request, learner),
        create_new=learner_page("create", learner),
    ).answer()


def _of_list(request: HttpRequest) -> Run | None:
    """The enrolment list from which somebody came, and to which they go back."""
    number = request.GET.get("list", "")
    known = number.isascii() and number.isdigit() and len(number) < 10
    return Run.objects.filter(pk=int(number), kind=RunKind.PREVIEW).first() if known else None


def restoring(request: HttpRequest, learner: Learner) -> HttpResponse:
    """A Refresh that takes the account out of OneFile's archive first, unless it proves to be another person's."""
    run = enrolment.refresh([learner], settings=access(request).settings, by=acting(request), restore=True)
    ring(run)
    return redirect(progress_address(run.pk, learner.ident))


@requires(Permission.ADMINISTER_ONEFILE)
@licensed
@require_http_methods(METHODS)
def edit_id(request: HttpRequest, ident: str) -> HttpResponse:
    learner, environment = get_object_or_404(Learner, ident=ident), access(request).environment
    link = links.live_link(learner, environment)
    if link is None or link.state == LinkState.CREATING:
        messages.info(request, "The learner has no OneFile ID that could be edited.")
        return redirect(delivery_plan(learner))

    def refused(number: int) -> None:
        if other := links.to_move(learner, number, environment):
            links.may_be_taken(other)
        else:
            refuse_edit(learner, link, number, environment)

    @transaction.atomic
    def save(number: int, found: Found | None) -> Link:
        by, other = acting(request), links.to_move(learner, number, environment)
        links.remove(link, by=by)
        if other:
            return links.move(learner, other, found=found, by=by)
        return links.set_learner_link(learner, number, environment=environment, found=found, by=by)

    return Linking(
        request,
        learner,
        title="Edit OneFile ID",
        back=delivery_plan(learner),
        refused=refused,
        check=lambda number, client: links.check_learner(learner, number, client),
        save=save,
        notes=(f"The OneFile ID is now {link.onefile_id}.", ADVICE),
        other=lambda number: links.to_move(learner, number, environment),
        restore=lambda: restoring(request, learner),
    ).answer()


def refuse_edit(record: Any, link: Link, number: int, environment: str) -> None:
    """Raises BadLink."""
    if link.onefile_id == number:
        raise BadLink(f"{number} is the OneFile ID already.")
    links.refuse_holder(record, number, environment)


@requires(Permission.USE_ONEFILE)
@licensed
@require_http_methods(METHODS)
def unlink(request: HttpRequest, ident: str) -> HttpResponse:
    learner = get_object_or_404(Learner, ident=ident)
    return Removing(
        request,
        learner,
        link=links.live_link(learner, access(request).environment),
        back=delivery_plan(learner),
        breadcrumb=learner_link(learner),
        question=[
            "Only the link is removed. The learner stays in OneFile, and must be deleted there if that is wanted.",
            "Nothing is exchanged any more. The link, with its learning aims and reviews, stays here as history.",
        ],
    ).answer()


@dataclass
class Removing:
    request: HttpRequest
    record: Any
    link: Link | None
    back: str
    breadcrumb: PageLink
    question: list[str]

    def answer(self) -> HttpResponse:
        if self.link is None:
            messages.info(self.request, "There is no OneFile link any more.")
            return redirect(self.back)
        errors: list[str] = []
        if self.request.method == "POST":
            try:
                links.remove(self.link, by=acting(self.request))
            except BadLink as why:
                errors = [str(why)]
            else:
                messages.success(self.request, "The OneFile link is removed. Nothing in OneFile was touched.")
                return redirect(self.back)
        return render(self.request, "components/confirm.html", self._context(errors))

    def _context(self, errors: list[str]) -> dict[str, Any]:
        assert self.link is not None
        return {
            "title": "Remove OneFile Link",
            "kicker": f"{self.record.ident} {self.record}",
            "question": [
                f"Linked with OneFile's {self.link.onefile_id or 'record that is being created'}.",
                *self.question,
            ],
            "confirm": "Yes, remove Link with OneFile",
            "cancel": self.back,
            "errors": errors,
            "breadcrumbs": [self.breadcrumb],
        }


# ---- officers and organisations

PARTNERS: dict[str, Any] = {"officer": Officer, "organisation": Organisation}
LABELS = {"officer": "Other System ID", "organisation": "Additional ID"}


def _partner(kind: str, ident: str) -> tuple[Any, str]:
    record = get_object_or_404(PARTNERS[kind], ident=ident)
    return record, reverse(f"learners:{kind}", args=[record.ident])


@requires(Permission.ADMINISTER_ONEFILE)
@require_http_methods(METHODS)
def partner_link(request: HttpRequest, kind: str, ident: str, centre: int) -> HttpResponse:
    record, back = _partner(kind, ident)
    environment = access(request).environment
    known = get_object_or_404(Centre, environment=environment, onefile_id=centre)
    by = acting(request)

    return Linking(
        request,
        record,
        title=f"Set {LABELS[kind]} in {known.name}",
        back=back,
        refused=lambda number: links.may_link(record, number, environment, centre),
        check=lambda number, client: links.check_partner_in(record, number, client, known),
        save=lambda number, found: links.link_partner(record, number, environment=environment, centre=centre, by=by),
        needs_onefile=True,
    ).answer()


@requires(Permission.ADMINISTER_ONEFILE)
@require_http_methods(METHODS)
def partner_unlink(request: HttpRequest, kind: str, ident: str, centre: int) -> HttpResponse:
    record, back = _partner(kind, ident)
    return Removing(
        request,
        record,
        link=links.live_link(record, access(request).environment, centre),
        back=back,
        breadcrumb=PageLink(str(record), back),
        question=["Only the link is removed: the record in OneFile stays as it is."],
    ).answer()
