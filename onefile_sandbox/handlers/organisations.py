from typing import Any

from django.http import HttpResponse, JsonResponse

from onefile_sandbox import answers, links, members, search, switches, wire
from onefile_sandbox.models import AimStatus, LearnerStatus, Organisation, Standard
from onefile_sandbox.request import Asked


def customer(asked: Asked) -> HttpResponse:
    return answers.record(asked.customer, members.CUSTOMER)


def find(asked: Asked) -> HttpResponse:
    rows = search.id_filter(Organisation.objects.all(), asked, customer_id="CustomerID")
    return search.answer(rows, asked, members.ORGANISATION, members.ORGANISATION, Organisation.objects.all)


def show(asked: Asked) -> HttpResponse:
    return answers.record(links.from_path(Organisation, asked.args[0]), members.ORGANISATION)


def learner_statuses(asked: Asked) -> HttpResponse:
    return _of_centre(asked, LearnerStatus, members.STATUS)


def aim_statuses(asked: Asked) -> HttpResponse:
    return _of_centre(asked, AimStatus, members.STATUS)


def assigned_standards(asked: Asked) -> HttpResponse:
    return _of_centre(asked, Standard, members.STANDARD_ROW)


def _of_centre(asked: Asked, model: Any, row: tuple[members.Member, ...]) -> HttpResponse:
    """The shape {ID, Name} (standards: {ID, Title}) is assumed (X)."""
    centre = links.from_path(Organisation, asked.args[0])
    rows = model.objects.filter(organisation=centre)
    if row == members.STATUS and switches.get("status_lists") == "names":
        return JsonResponse([found.name for found in rows], safe=False)
    return JsonResponse([wire.send_record(found, row) for found in rows], safe=False)
