"""Kinds of steps in words."""

from __future__ import annotations

from onefile_integration.presenters.kinds import KIND_WORDS
from onefile_integration.rules.steps import Kind


def test_every_kind_has_its_words() -> None:
    assert set(KIND_WORDS) == set(Kind)
