"""What nobody outside knows of the API is a switch of the sandbox. The whole story must end the same on both sides."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from learners.models import Learner
from onefile_integration.models import Link, RemoteAim, RemoteReview
from tests import factories
from tests.integration.onefile.conftest import command
from tests.integration.onefile.story import aim, another, line, onefile_id, soon
from tests.sandbox_process import SandboxProcess

SIDES: dict[str, dict[str, Any]] = {
    "as it is by default": {},
    "session quoted": {"session_reply": "json"},
    "empty search is a list": {"empty_search": "list"},
    "nulls explicit": {"null_members": "null"},
    "nulls as empty text": {"null_members": "empty_text"},
    "numbers as text": {"numbers": "text"},
    "booleans as text": {"booleans": "text"},
    "times without milliseconds": {"times": "z"},
    "times with an offset": {"times": "offset"},
    "times without zone": {"times": "naive"},
    "no MIS Value in rows": {"row_misid": "absent"},
    "archived are listed": {"archived_in_search": "yes"},
    "search ignores its filter": {"search_filter": "ignored"},
    "percentage only": {"aim_progress": "percent_only"},
    "assigning brings no elements": {"assign_elements": "none"},
    "a repeat makes a second aim": {"repeat_assign": "second_aim"},
    "full rows": {"aim_rows": "full", "review_rows": "full"},
    "an update answers 200": {"aim_update_status": "200", "assign_status": "200"},
    "names are searched by parts": {"name_search": "contains"},
    "rows in any order": {"order": "unstable"},
    "odd in every way at once": {
        "session_reply": "json",
        "empty_search": "list",
        "null_members": "null",
        "numbers": "text",
        "times": "offset",
        "row_misid": "absent",
        "search_filter": "ignored",
        "order": "unstable",
    },
}


def read(values: list[Any]) -> set[str]:
    return {str(value) for value in values}


@pytest.mark.parametrize("side", SIDES)
def test_the_whole_story(connected: SandboxProcess, learner: Learner, side: str) -> None:
    connected.end_sessions()
    connected.switches(**SIDES[side])
    other = another(learner, "CD34E", forenames="Zofia", date_of_birth=date(2006, 5, 1))
    assert command("onefile_settings", "upload_reviews=on", "download_reviews=on").status == 0
    review = factories.ReviewFactory(learner=learner, scheduled_date=soon(), start_time=time(10, 0))
    row = line(learner)
    type(row).objects.filter(pk=row.pk).update(registration_number="R-1")
    assert command("onefile_check").status == 0

    for ident in (other.ident, learner.ident):
        enrolled = command("onefile_enrol", ident)
        assert enrolled.status == 0, enrolled.data
    assert_one_of_everything(connected, review)

    tell_progress(connected, side)
    synced = command("onefile_sync")
    assert synced.status == 0, synced.data
    assert_brought(learner, side)

    before = connected.state()
    again = command("onefile_sync")
    assert (again.status, again.data["changes"]) == (0, []), again.data
    assert connected.state() == before


def assert_one_of_everything(onefile: SandboxProcess, review: Any) -> None:
    state = onefile.state()
    assert sorted(user["MISID"] for user in state["users"]) == ["AB12C", "CD34E", "OF001", "OF002"]
    assert len(state["placements"]) == 1
    mine = onefile_id(onefile)
    assert sorted(each["StandardID"] for each in state["aims"] if each["UserID"] == mine) == [4001, 4002]
    assert len(state["aims"]) == 3 and len(state["assignments"]) == 1
    assert next(each for each in state["aims"] if each["UserID"] == mine)["RegistrationNumber"] == "R-1"
    assert len(state["visits"]) == len(state["reviews"]) == 1
    assert RemoteReview.objects.get(review=review).onefile_id == state["reviews"][0]["ID"]
    assert set(RemoteAim.objects.values_list("onefile_id", flat=True)) == {each["ID"] for each in state["aims"]}
    assert not Link.objects.live().exclude(state="verified").exists()


def tell_progress(onefile: SandboxProcess, side: str) -> None:
    mine = aim(onefile, 4001, onefile_id(onefile))
    if SIDES[side].get("aim_progress") == "percent_only":
        onefile.edit("aims", mine, Progress=62.5)
    else:
        onefile.edit("aims", mine, TotalElements=42, ElementsCompleted=17)
    (review,) = onefile.state()["reviews"]
    onefile.edit("reviews", review["ID"], ScheduledFor="2026-07-01T08:30:00.000Z", StartedOn="2026-07-01T08:40:00.000Z")
    onefile.edit("reviews", review["ID"], LearnerSignedOn="2026-07-13T23:30:00.000Z")


def assert_brought(learner: Learner, side: str) -> None:
    row, review = line(learner), learner.reviews.get()
    percent = SIDES[side].get("aim_progress") == "percent_only"
    assert (row.total_elements, row.elements_done) == ((100, 63) if percent else (42, 17))
    assert (review.scheduled_date, review.start_time) == (date(2026, 7, 1), time(9, 30))
    assert (review.attended, review.actual_date) == ("Yes", date(2026, 7, 1))
    assert (review.trainee_signed, review.officer.ident) == (date(2026, 7, 14), "OF001")


@pytest.mark.parametrize("name", ["row_misid", "search_filter", "misid"])
def test_a_lost_reply_is_found_whatever_rows_say(
    connected: SandboxProcess, learner: Learner, settings: Any, name: str
) -> None:
    """Where a MIS Value is not told, names and birth date must do; where filters are ignored, we compare."""
    settings.ONEFILE_SETTLE_SECONDS = 0.0
    connected.switches(**{name: {"row_misid": "absent", "search_filter": "ignored", "misid": "lost"}[name]})
    for path, nth in (("^User$", 1), ("^Placement$", 1), ("^User$", 3), (r"^Standard/\d+/Assign/\d+$", 1)):
        connected.fault("lost_after", path, "POST", nth=nth, times=1)
    outcomes = []
    while (outcomes or [""])[-1] not in ("enrolled", "already_linked"):
        assert len(outcomes) < 8, outcomes
        outcomes.append(command("onefile_enrol", "AB12C").data["results"][0]["outcome"])

    state = connected.state()
    roles = sorted(user["Role"] for user in state["users"])
    assert (roles, len(state["placements"]), len(state["aims"])) == ([1, 5, 5], 1, 2)
