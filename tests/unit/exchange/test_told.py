"""What people have decided counts for whoever goes on because of it, however lately it was asked for."""

from __future__ import annotations

import pytest
from django.utils import timezone

from onefile_integration.exchange.connection import NoCalls
from onefile_integration.exchange.reading import Reading
from onefile_integration.rules.partners import CREATE, answer_key
from tests.unit.exchange import building as make

pytestmark = pytest.mark.django_db
WHOM, TEXT = "officer:1 centre:101", "Which is it?"


@pytest.mark.parametrize("kind", ["whole", "refresh"])
def test_an_answer_counts_at_once(kind: str) -> None:
    link, night = make.a_link(), make.a_run(kind="whole") if kind == "whole" else None
    reading = Reading(NoCalls(), make.settings(enabled=True), thorough=night is None, night=night)
    assert reading.choices(link.learner, link, {}).answers == {}
    signed = {"answered_at": timezone.now(), "answered_by": "ada"}
    make.a_question(kind="which_record", about=WHOM, text=TEXT, answer=CREATE[0], **signed)

    assert answer_key(WHOM, TEXT) in reading.afresh.choices(link.learner, link, {}).answers
