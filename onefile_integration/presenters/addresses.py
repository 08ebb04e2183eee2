"""Where the pages of the exchange are."""

from __future__ import annotations

from django.urls import reverse

from learners.models import Learner, Officer, Organisation
from learners.presenters.records import delivery_plan
from onefile_integration.models import ExchangePlan
from onefile_integration.models.journal import Subject
from picsweb.display import Link


def learner_page(name: str, learner: Learner) -> str:
    return reverse(f"onefile:{name}", args=[learner.ident])


def record_page(record: Learner | Officer | Organisation) -> str:
    """A learner's Delivery Plan, an officer's or organisation's summary."""
    if isinstance(record, Learner):
        return delivery_plan(record)
    return reverse(f"learners:{record._meta.model_name}", args=[record.ident])


def partner_page(name: str, record: Officer | Organisation, centre: int) -> str:
    return reverse(f"onefile:{name}", args=[record._meta.model_name, record.ident, centre])


def progress_address(run_pk: int, ident: str) -> str:
    return reverse("onefile:progress", args=[run_pk, ident])


def plan_address(plan: ExchangePlan, subject: Subject) -> str:
    if isinstance(subject, Learner):
        return progress_address(plan.run_id, subject.ident)
    return reverse("onefile:partner-progress", args=[plan.run_id, subject._meta.model_name, subject.ident])


def subject_link(subject: Subject) -> Link:
    return Link(f"{subject.ident} {subject}", record_page(subject))


def questions_address(learner: Learner | None = None) -> str:
    address = reverse("onefile:questions")
    return f"{address}?learner={learner.ident}" if learner else address


def log_link(plan: ExchangePlan, learner: Learner, text: str) -> Link:
    return Link(text, plan_address(plan, learner), window=True)


def undo_address(plan: ExchangePlan, subject: Subject) -> str:
    if isinstance(subject, Learner):
        return reverse("onefile:undo-learner", args=[plan.run_id, subject.ident])
    return reverse("onefile:undo-partner", args=[plan.run_id, subject._meta.model_name, subject.ident])


def held_fields_address(subject: Subject) -> str:
    """Those of one record."""
    if isinstance(subject, Learner):
        return learner_page("held-fields-of", subject)
    return reverse("onefile:held-fields-of-partner", args=[subject._meta.model_name, subject.ident])
