"""Pages with a form or a question. What they write goes through services; what those refuse stands on the form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from picsweb.display import Link


def form_page(
    request: HttpRequest,
    form: BaseForm,
    *,
    save: Callable[[dict[str, Any]], str],
    title: str,
    cancel: str,
    message: str,
    **context: Any,
) -> HttpResponse:
    """``save`` takes the form's values and returns the address of the page to go to."""
    if request.method == "POST" and form.is_valid():
        try:
            address = save(form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, message)
            return redirect(address)
    values = {"form": form, "title": title, "cancel": cancel, **context}
    return render(request, "components/form_page.html", values)


def confirm_page(
    request: HttpRequest,
    *,
    do: Callable[[], Any],
    title: str,
    question: list[str],
    confirm: str,
    back: str,
    message: str,
    breadcrumbs: list[Link],
    harmless: bool = False,
) -> HttpResponse:
    """Asks before ``do``; a refusal of the database or of a service is shown and changes nothing. What takes nothing
    away is ``harmless``: its button does not warn.
    """
    errors: list[str] = []
    if request.method == "POST":
        try:
            do()
        except ValidationError as error:
            errors = error.messages
        except ProtectedError:
            errors = ["Other records still need this one, so it was kept. Take it away from them first."]
        else:
            messages.success(request, message)
            return redirect(back)
    values = {
        "title": title,
        "question": question,
        "confirm": confirm,
        "cancel": back,
        "errors": errors,
        "breadcrumbs": breadcrumbs,
        "harmless": harmless,
    }
    return render(request, "components/confirm.html", values)
