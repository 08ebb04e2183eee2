"""Every kind of step says what it does, how a lost reply is settled, and how it is taken back or why not."""

from __future__ import annotations

import inspect

import pytest

from onefile_integration.api.writes import Writes
from onefile_integration.exchange.steps import LOCAL, REMOTE
from onefile_integration.exchange.steps.base import Plain
from onefile_integration.rules.steps import WRITES_HERE, Kind

WRITES = {name for name, _ in inspect.getmembers(Writes, inspect.isfunction) if not name.startswith("_")}


def test_every_kind_has_its_one_place() -> None:
    assert set(LOCAL) | set(REMOTE) == set(Kind)
    assert not set(LOCAL) & set(REMOTE)
    assert set(LOCAL) == set(WRITES_HERE)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_keeps_and_says_how_it_is_taken_back(kind: Kind) -> None:
    step = LOCAL.get(kind) or REMOTE[kind]
    assert len(step.reverse) > 20 and step.reverse.endswith(".")
    assert inspect.getdoc(step.keep) or "pass" not in inspect.getsource(step.keep)


@pytest.mark.parametrize("kind", REMOTE)
def test_every_remote_kind_says_how_a_lost_reply_is_settled(kind: Kind) -> None:
    step = REMOTE[kind]
    assert step.lost in ("look", "again", "read", "ask")
    looks = type(step).look is not Plain.look
    assert looks is (step.lost == "look"), "who looks has a look, and nobody else"
    if kind.startswith(("create_", "assign_standard")):
        assert step.lost in ("look", "ask"), "what makes something is never sent again blindly"
    if step.lost == "look":
        assert type(step).before is not Plain.before, "what is there already must be known before sending"


@pytest.mark.parametrize("kind", REMOTE)
def test_every_remote_kind_is_exactly_one_write(kind: Kind) -> None:
    source = inspect.getsource(type(REMOTE[kind]).do)
    assert sum(source.count(f"work.client.{name}(") for name in WRITES) == 1


@pytest.mark.parametrize("kind", LOCAL)
def test_no_local_kind_calls_onefile(kind: Kind) -> None:
    assert "client" not in inspect.getsource(type(LOCAL[kind]))
