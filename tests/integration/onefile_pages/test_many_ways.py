"""Enrol many: what was chosen and not saved, and the ways out of the list that lead back to it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from learners.models import Learner
from onefile_integration.exchange.work import work
from tests.integration.onefile_pages.many import address, make_list, mixed, row, standings
from tests.sandbox_process import SandboxProcess


@pytest.fixture
def world(learner: Learner, connected: SandboxProcess) -> SandboxProcess:
    mixed(learner, connected)
    return connected


def test_a_choice_that_was_not_saved_is_saved_with_create(holder: Client, world: SandboxProcess) -> None:
    run = make_list(holder)
    text = unescape(holder.get(address(run)).text)
    ready = re.search(r'form="many-rows" formaction="[^"]*" name="rows" value="([^"]*)"', text)
    assert ready
    (own,) = row(run, "AB12E").found["choices"]
    ticked_too = f"{row(run, 'AB12D').pk}:{row(run, 'AB12D').digest[:16]}"
    sent = {"rows": ready[1], "row": ticked_too, f"pathway-{own['line']}": "4005"}
    answer = holder.post(f"{address(run)}create/", sent, follow=True)
    assert "Your choice was saved" in answer.text and "not begun" not in answer.text
    work(run)
    assert standings(run)["AB12E"] == "ready" and row(run, "AB12E").choices["pathways"] == {"300PW": 4005}


def test_linked_instead_one_is_back_in_the_list(holder: Client, world: SandboxProcess) -> None:
    run = make_list(holder)
    window = unescape(holder.get(f"{address(run)}learners/AB12F/").text)
    way = re.search(r'href="([^"]*set-id[^"]*)"', window)
    assert way and "onefile_id=700123" in way[1]
    looked = holder.get(way[1]).text
    action = unescape(re.search(r'<form method="post" action="([^"]*set-id[^"]*)"', looked)[1])
    shown = unescape(re.search(r'name="shown" value="([^"]*)"', looked)[1])
    saved = holder.post(action, {"onefile_id": "700123", "save": "1", "shown": shown})
    assert saved.url == address(run) and standings(run)["AB12F"] == "already_linked"
