"""What `kept` puts back is what was made; whoever had something of his own done before gets it made anew."""

from __future__ import annotations

import random
from typing import Any

from learners.models import Learner, Tag
from tests import cleaning, factories
from tests.integration.onefile.conftest import Kept
from tests.sandbox_process import SandboxProcess


def empty(onefile: SandboxProcess) -> None:
    cleaning.delete_rows()
    onefile.reset()


def everything(onefile: SandboxProcess) -> list[Any]:
    return [list(model._default_manager.values()) for model in (Learner, Tag)] + [onefile.state(), random.getstate()]


def test_put_back_as_it_was(onefile: SandboxProcess, kept: Kept) -> None:
    made: list[str] = []

    def first() -> None:
        made.append("first")
        factories.LearnerFactory(surname=f"{random.random()}")
        factories.TagFactory()
        onefile.seed(organisations=[{"ID": 101, "Name": "Northmoor", "CustomerID": 11}])

    def second() -> None:
        made.append("second")
        Tag.objects.all().delete()
        Learner.objects.update(surname="Lane")
        onefile.edit("organisations", 101, Name="Harbour")

    assert not kept("first of a test", first) and not kept("second of a test", second)
    before = everything(onefile)
    empty(onefile)
    random.seed(1)
    assert kept("first of a test", first) and kept("second of a test", second)
    assert everything(onefile) == before and made == ["first", "second"]
    empty(onefile)
    factories.TagFactory(name="its own")
    assert not kept("first of a test", first) and made == ["first", "second", "first"]
