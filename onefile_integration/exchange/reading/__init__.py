"""Filling both sides. Planning never knows by which reading a record came."""

from __future__ import annotations

import time
from collections.abc import Set
from copy import copy
from dataclasses import dataclass

from django.utils import timezone

from learners.models import Learner, Officer, Organisation
from onefile_integration.api.client import OneFile
from onefile_integration.exchange.failures import ExchangeFailure, LeftOut
from onefile_integration.exchange.reading.here import learner_with_all, side_here
from onefile_integration.exchange.reading.lookups import Lookups
from onefile_integration.exchange.reading.night import Night
from onefile_integration.exchange.reading.partner_details import PartnerReading
from onefile_integration.exchange.reading.partners import told_to_create, with_matches
from onefile_integration.exchange.reading.source import OneByOne, Source
from onefile_integration.exchange.reading.there import OtherSide
from onefile_integration.models import Centre, Link, Question, Run, Settings, Standard
from onefile_integration.rules import sides
from onefile_integration.rules.eligibility import why_not_exchanged
from onefile_integration.words import FailureKind, LinkState, QuestionKind

TOLD_HOLDS = 1.0  # seconds


@dataclass(frozen=True)
class Pictures:
    here: sides.Here
    there: sides.There
    choices: sides.Choices
    rests_on_rows: bool = False  # a list gave something of it, in place of a read of its own


class Reading:
    """For one run, in one thread. ``thorough`` is a Refresh; a ``night`` reads what can have changed, in lists where
    they are good.

    ``keeps``: what a link lacks and OneFile says is written to it, and which reviews were read; not by a dry run.
    """

    def __init__(
        self, client: OneFile, settings: Settings, *, thorough: bool, night: Run | None = None, keeps: bool = True
    ) -> None:
        self.client, self.settings, self.keeps = client, settings, keeps
        self.lookups = Lookups(client)
        self._source: Source = Night(night, client) if night else OneByOne(client, thorough=thorough, keeps=keeps)
        self._partners = PartnerReading(client, self.lookups, settings)
        self._standards = known_standards(settings.environment)
        self._told: dict[str, str] = {}
        self._told_at = float("-inf")

    @property
    def afresh(self) -> Reading:
        """The same, each record by a read of its own: for whoever writes, or goes on after a write."""
        if isinstance(self._source, OneByOne):
            return self
        other = copy(self)
        other._told_at = float("-inf")
        other._source = OneByOne(self.client, thorough=False, keeps=self.keeps)
        return other

    def pictures(
        self, learner_pk: int, given: dict[str, object], *, only_eligible: bool, again: Set[str] = frozenset()
    ) -> Pictures:
        """Both sides of one learner; ``given`` are a plan's choices, ``again`` reviews that it would change already.

        Raises the API's errors and ExchangeFailure, and LeftOut before any call for one whom the rules leave out.
        """
        learner = learner_with_all(learner_pk)
        link = Link.objects.within(self.settings.environment).filter(learner=learner).first()
        if only_eligible and (link is None or link.state == LinkState.CREATING):
            raise LeftOut("The learner is not linked with OneFile.")
        choices = self.choices(learner, link, given)
        live = link if link and link.state != LinkState.CREATING else None
        here = side_here(learner, live, choices, self.settings.additional_assessors)
        if only_eligible and (problem := why_not_exchanged(here, choices)):
            raise LeftOut(problem.message)
        here = with_matches(here, choices, self.lookups)
        there = OtherSide(self.client, self.lookups, self._source, again).there(here, choices)
        return Pictures(here, there, choices, self._source.rests_on_rows)

    def partner(self, record: Officer | Organisation) -> sides.PartnerSides:
        """Both sides of one officer or organisation; raises as ``pictures`` does."""
        return self._partners.sides(record)

    def choices(self, learner: Learner, link: Link | None, given: dict[str, object]) -> sides.Choices:
        settings = self.settings
        chosen = given.get("pathways") or {}
        assert isinstance(chosen, dict)
        asked = list(learner.onefile_questions.filter(environment=settings.environment).order_by("answered_at", "pk"))
        pathways = _answered_pathways(learner, asked) | chosen
        classroom = given.get("classroom")
        return sides.Choices(
            today=timezone.localdate(),
            environment=settings.environment,
            centre=self._centre(link, given),
            learner_mode=settings.learner_mode,
            push_main_officer=settings.push_main_officer,
            push_employer=settings.push_employer,
            standards=self._standards,
            classroom=int(str(classroom)) if classroom else None,
            pathways={str(vq): int(standard) for vq, standard in pathways.items()},
            answers=_answers(asked) | self._told_to_create(),
            open_questions=frozenset(f"{each.kind} {each.about}" for each in asked if each.answered_at is None),
            upload_reviews=settings.upload_reviews,
            upload_reviews_from=settings.upload_reviews_from,
            download_reviews=settings.download_reviews,
            visit_type=settings.visit_type,
            send_officer_email=settings.send_officer_email,
            classroom_from_main_tag=settings.classroom_from_main_tag,
            default_classroom=settings.default_classroom,
            months_after_end=settings.months_after_end,
            restore=str(given.get("restore") or ""),
        )

    def _told_to_create(self) -> dict[str, str]:
        """The same for all learners, so a whole run asks for it once in a while. Who was just answered asks anew."""
        if isinstance(self._source, OneByOne) or time.monotonic() - self._told_at > TOLD_HOLDS:
            self._told, self._told_at = told_to_create(self.settings.environment), time.monotonic()
        return self._told

    def _centre(self, link: Link | None, given: dict[str, object]) -> int:
        """The link's; one set by hand while OneFile was down learns its centre from OneFile, for good."""
        if link and link.centre is not None:
            return link.centre
        if given.get("centre"):
            return int(str(given["centre"]))
        if link and link.onefile_id is not None:
            found = self.client.user(link.onefile_id).organisation_id
            if found is not None and self.keeps:
                Link.objects.filter(pk=link.pk, centre=None).update(centre=found)
            if found is not None:
                return found
        raise ExchangeFailure(FailureKind.BAD_ANSWER, "It is not known in which OneFile centre this learner is.")


def known_standards(environment: str) -> tuple[sides.Standard, ...]:
    rows = Standard.objects.not_long_missing().filter(centre__in=Centre.objects.known(environment)).exclude(code="")
    return tuple(
        sides.Standard(
            row.onefile_id,
            row.centre.onefile_id,
            row.code,
            row.title,
            row.centre.name,
            is_missing=bool(row.missing_since or row.centre.missing_since),
        )
        for row in rows.select_related("centre")
    )


def _answers(asked: list[Question]) -> dict[str, str]:
    """What people decided about this learner; newest last."""
    own = [row for row in asked if row.answered_at]
    return {f"{row.kind} {row.about}": row.answer for row in own if row.kind != QuestionKind.WHICH_RECORD}


def _answered_pathways(learner: Learner, asked: list[Question]) -> dict[str, int]:
    lines = {f"line:{line.pk}": line.qualification.vq_reference for line in learner.delivery_plan.all()}
    chosen = [row for row in asked if row.answered_at and row.kind in (QuestionKind.PATHWAY, QuestionKind.CENTRE)]
    return {lines[row.about]: int(row.answer) for row in chosen if row.about in lines}
