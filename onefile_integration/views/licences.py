"""Configuration > Integrations > OneFile > Licences."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from learners.views.acting import acting
from learners.views.editing import confirm_page
from onefile_integration.exchange import licences
from onefile_integration.forms import LicenceForm
from onefile_integration.models import Licence
from onefile_integration.presenters.words import when
from onefile_integration.views.runs import crumbs
from picsweb.display import Cell, Empty, Fact, Grid, GridRow
from picsweb.display import Link as PageLink
from picsweb.permissions import Permission, requires


@requires(Permission.ADMINISTER_ONEFILE)
@require_http_methods(["GET", "HEAD", "POST"])
def licence_list(request: HttpRequest) -> HttpResponse:
    form = LicenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _given(request, form):
        return redirect("onefile:licences")
    held = list(Licence.objects.select_related("user").order_by("user__username"))
    most = licences.maximum()
    context = {
        "title": "OneFile licences",
        "kicker": "Configuration, Integrations",
        "breadcrumbs": crumbs(),
        "facts": [
            Fact("Name", "OneFile Integration"),
            Fact("Maximum allowed", str(most) if most else "No limit"),
            Fact("Currently used", str(len(held))),
        ],
        "grid": _grid(held),
        "empty": Empty("Nobody holds a licence", "Give one to each person who works with OneFile."),
        "form": form,
        "submit": "Give a licence",
        "is_full": most is not None and len(held) >= most,
    }
    return render(request, "onefile_integration/licences.html", context)


def _given(request: HttpRequest, form: LicenceForm) -> bool:
    user: User = form.cleaned_data["user"]
    try:
        licences.give(user, by=_by(request))
    except licences.NoLicence as why:
        form.add_error(None, str(why))
        return False
    messages.success(request, f"{user.get_username()} has a licence now.")
    return True


def _grid(held: list[Licence]) -> Grid:
    rows = [
        GridRow(
            [Cell(each.user.get_username()), Cell(each.user.get_full_name()), Cell(when(each.granted_at), short=True)],
            [PageLink("Take away", _take(each.user), window=True, about=each.user.get_username(), danger=True)],
        )
        for each in held
    ]
    return Grid("Who holds a licence", ["Username", "Name", "Since"], rows)


def _take(user: User) -> str:
    return reverse("onefile:licence-take", args=[user.pk])


@requires(Permission.ADMINISTER_ONEFILE)
@require_http_methods(["GET", "HEAD", "POST"])
def licence_take(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    return confirm_page(
        request,
        do=lambda: licences.take(user, by=_by(request)),
        title=f"Take the OneFile licence from {user.get_username()}?",
        question=["The OneFile windows close for this person at once. What was begun goes on."],
        confirm="Yes, take it away",
        back=reverse("onefile:licences"),
        message="The licence is taken away.",
        breadcrumbs=crumbs(),
    )


def _by(request: HttpRequest) -> User:
    user = acting(request).user
    assert user is not None
    return user
