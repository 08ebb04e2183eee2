"""One record of each model of the integration, with whatever it needs; a test counts them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from itertools import count
from typing import Any

from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone

from onefile_integration.models import (
    AgreedValue,
    AlertMail,
    Centre,
    ExchangePlan,
    HeldField,
    Incident,
    LastCall,
    Licence,
    Link,
    OfficerAssignment,
    PortfolioFigure,
    Question,
    Reconciliation,
    ReconciliationRow,
    RemoteAim,
    RemoteReview,
    Run,
    RunCalls,
    RunMinute,
    RunReading,
    SeenReview,
    Settings,
    Sign,
    Standard,
    Step,
    Token,
)
from tests import factories

NUMBERS = count(700100)


def a_run(**values: Any) -> Run:
    base = {"kind": "refresh", "environment": "practice", "lane": "people", "asked_by": "test"}
    return Run.objects.create(**base | values)


def a_plan(**values: Any) -> ExchangePlan:
    values.setdefault("run", None)
    values["run"] = values["run"] or a_run()
    values.setdefault("dry", values["run"].dry)
    if not {"learner", "officer", "organisation"} & set(values):
        values["learner"] = factories.LearnerFactory()
    return ExchangePlan.objects.create(**{"kind": "refresh"} | values)


def a_step(**values: Any) -> Step:
    if "plan" not in values:
        values["plan"] = a_plan()
    base = {"position": 1, "kind": "create_visit", "side": "onefile", "record": "review:1", "title": "Book the visit"}
    return Step.objects.create(**base | values)


def a_question(**values: Any) -> Question:
    base = {"kind": "lost_visit", "environment": "practice", "about": "review:1", "text": "Is it there?"}
    return Question.objects.create(**base | values)


def a_held_field(**values: Any) -> HeldField:
    if not {"learner", "officer", "organisation"} & set(values):
        values["learner"] = factories.LearnerFactory()
    base = {"record": "learner:1", "field": "surname", "held_at": timezone.now(), "held_by": "test"}
    return HeldField.objects.create(**base | values)


def a_link(**values: Any) -> Link:
    if not {"learner", "officer", "organisation"} & set(values):
        values["learner"] = factories.LearnerFactory()
    base = {
        "environment": "practice",
        "centre": 101,
        "onefile_id": next(NUMBERS),
        "state": "verified",
        "origin": "created",
        "made_at": timezone.now(),
        "made_by": "test",
    }
    return Link.objects.create(**base | values)


def an_aim(**values: Any) -> RemoteAim:
    if "link" not in values:
        values["link"] = a_link()
    return RemoteAim.objects.create(**{"standard_id": 4001, "onefile_id": 610001} | values)


def a_review(**values: Any) -> RemoteReview:
    if "link" not in values:
        values["link"] = a_link()
    return RemoteReview.objects.create(**{"onefile_id": 88001} | values)


def an_agreed_value(**values: Any) -> AgreedValue:
    if "link" not in values:
        values["link"] = a_link()
    return AgreedValue.objects.create(**{"name": "main_officer", "value": "officer:1"} | values)


def a_figure(**values: Any) -> PortfolioFigure:
    if "link" not in values:
        values["link"] = a_link()
    return PortfolioFigure.objects.create(**{"name": "planned", "value": 300.0, "read_at": timezone.now()} | values)


def a_minute(**values: Any) -> RunMinute:
    if "run" not in values:
        values["run"] = a_run()
    values.setdefault("minute", timezone.now().replace(second=0, microsecond=0))
    return RunMinute.objects.create(**{"calls": 12, "limit": 300} | values)


def some_calls(**values: Any) -> RunCalls:
    if "run" not in values:
        values["run"] = a_run()
    return RunCalls.objects.create(**{"kind": "GET LearningAim", "calls": 12} | values)


def a_reading(**values: Any) -> RunReading:
    if "run" not in values:
        values["run"] = a_run()
    return RunReading.objects.create(**{"centre": 101, "kind": "aims"} | values)


def a_seen_review(**values: Any) -> SeenReview:
    base = {"environment": "practice", "centre": 101, "onefile_id": 88001, "seen_at": timezone.now()}
    return SeenReview.objects.create(**base | values)


def a_report(**values: Any) -> Reconciliation:
    base = {"environment": "practice", "centre": 101, "centre_name": "Northmoor", "asked_by": "test"}
    return Reconciliation.objects.create(**base | values)


def a_difference(**values: Any) -> ReconciliationRow:
    if "report" not in values:
        values["report"] = a_report(state="done", ended_at=timezone.now())
    base = {"kind": "not_here", "about": "learner", "onefile_id": 700100, "was_linked": False}
    return ReconciliationRow.objects.create(**base | values)


def an_assignment(**values: Any) -> OfficerAssignment:
    if "link" not in values:
        values["link"] = a_link()
    if "officer" not in values:
        values["officer"] = factories.OfficerFactory()
    return OfficerAssignment.objects.create(**values)


def a_centre(**values: Any) -> Centre:
    base = {"environment": "practice", "onefile_id": 101, "name": "Northmoor", "fetched_at": timezone.now()}
    return Centre.objects.create(**base | values)


def a_standard(**values: Any) -> Standard:
    if "centre" not in values:
        values["centre"] = a_centre(onefile_id=next(NUMBERS))
    return Standard.objects.create(**{"onefile_id": 4001, "title": "X [X]", "fetched_at": timezone.now()} | values)


def a_token(**values: Any) -> Token:
    base = {"environment": "practice", "ciphertext": b"x", "set_at": timezone.now(), "set_by": "test"}
    return Token.objects.create(**base | values)


def a_licence(**values: Any) -> Licence:
    return Licence.objects.create(user=get_user_model().objects.create(username=uuid.uuid4().hex[:20]), **values)


def settings(**values: Any) -> Settings:
    made = Settings(pk=1, **{"installation": django_settings.INSTALLATION} | values)
    made.save()
    return made


def an_incident(**values: Any) -> Incident:
    base = {"kind": "held", "environment": "practice", "text": "It waits.", "opened_at": timezone.now()}
    return Incident.objects.create(**base | values)


def an_alert_mail(**values: Any) -> AlertMail:
    if "incident" not in values:
        values["incident"] = an_incident(closed_at=timezone.now())
    return AlertMail.objects.create(**{"is_end": False, "address": "kim@provider.example"} | values)


def a_sign(**values: Any) -> Sign:
    return Sign.objects.create(**{"name": "tick", "at": timezone.now()} | values)


def a_last_call(**values: Any) -> LastCall:
    return LastCall.objects.create(**{"environment": "practice", "at": timezone.now()} | values)


BUILDERS: dict[type[models.Model], Callable[..., Any]] = {
    Centre: a_centre,
    AlertMail: an_alert_mail,
    ExchangePlan: a_plan,
    HeldField: a_held_field,
    Incident: an_incident,
    LastCall: a_last_call,
    Licence: a_licence,
    Link: a_link,
    AgreedValue: an_agreed_value,
    OfficerAssignment: an_assignment,
    PortfolioFigure: a_figure,
    Question: a_question,
    Reconciliation: a_report,
    ReconciliationRow: a_difference,
    RemoteAim: an_aim,
    RemoteReview: a_review,
    Run: a_run,
    RunCalls: some_calls,
    RunMinute: a_minute,
    RunReading: a_reading,
    SeenReview: a_seen_review,
    Settings: settings,
    Sign: a_sign,
    Standard: a_standard,
    Step: a_step,
    Token: a_token,
}
