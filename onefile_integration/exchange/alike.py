"""Learners here who may be one person: while one of them is being created, another must wait."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from learners.models import Learner
from learners.values import uln_is_valid
from onefile_integration.models import ExchangePlan
from onefile_integration.words import RunKind


def alike(learner: Learner) -> QuerySet[Learner]:
    """By what OneFile's accounts are compared, too; a blank equals nothing."""
    same = Q(person=learner.person)
    if uln_is_valid(learner.uln):
        same |= Q(uln=learner.uln)
    if learner.email:
        same |= Q(email__iexact=learner.email)
    if learner.date_of_birth and learner.forenames and learner.surname:
        named = Q(forenames__iexact=learner.forenames, surname__iexact=learner.surname)
        same |= named & Q(date_of_birth=learner.date_of_birth)
    return Learner.objects.filter(same).exclude(pk=learner.pk)


def enrolled_at_this_moment(learner: Learner) -> ExchangePlan | None:
    """The enrolment of somebody alike that a worker has in hand: OneFile may not show the account yet."""
    plans = ExchangePlan.objects.open().filter(kind=RunKind.ENROL, claim__isnull=False, lease_until__gt=Now())
    return plans.filter(learner__in=alike(learner)).order_by("pk").first()
