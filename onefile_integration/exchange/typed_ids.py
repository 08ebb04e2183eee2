"""The id of a review that staff type: OneFile is asked whose it is, before it is believed."""

from __future__ import annotations

import re

from onefile_integration.api.client import OneFile
from onefile_integration.api.errors import NotFound
from onefile_integration.exchange.questions import TYPED, BadAnswer
from onefile_integration.models import Link, Question


def is_typed(question: Question, word: str) -> bool:
    """Whether the answer, by its word or its number, is the one with an id."""
    words = [str(pair[0]) for pair in question.answers]
    return TYPED in words and word in (TYPED, str(words.index(TYPED) + 1))


def refuse_another_learners(question: Question, value: str, client: OneFile) -> None:
    """Raises BadAnswer where OneFile has no such review or it is another learner's; else the API's errors."""
    link = Link.objects.within(question.environment).filter(learner=question.learner).first()
    if link is None or not re.fullmatch(r"[0-9]{1,9}", value.strip()):
        return  # refused, or left, by the answer itself
    number = int(value)
    try:
        owner = client.review(number).learner_id
    except NotFound:
        raise BadAnswer(f"OneFile has no review {number}.") from None
    if owner is not None and owner != link.onefile_id:
        raise BadAnswer(f"OneFile's review {number} is a review of its learner {owner}, not of {link.onefile_id}.")
