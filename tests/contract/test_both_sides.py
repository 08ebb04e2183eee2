"""What nobody outside knows of the API is a switch of the sandbox. The whole story must end the same on both sides."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

import pytest

from learners.models import Learner
from onefile_integration.models import Link, RemoteAim, RemoteReview
from tests import factories
from tests.integration.onefile.conftest import Answer, command
from tests.integration.onefile.story import aim, another, line, onefile_id, soon
from tests.sandbox_process import ROOT, SandboxProcess

# Sides that do not hide one another share a story; what ends otherwise on one side is told below.
SIDES: dict[str, dict[str, Any]] = {
    "as it is by default": {},
    "other forms": {
        "session_reply": "json",
        "body_401": "html",
        "body_404": "empty",
        "body_429": "json",
        "empty_search": "list",
        "page_beyond_end": "list",
        "null_members": "null",
        "numbers": "text",
        "booleans": "text",
        "times": "offset",
        "status_numbers": "other",
        "status_lists": "names",
        "retry_after": "seconds",
        "create_checks": "fields_first",
    },
    "more is told": {
        "body_401": "empty",
        "body_404": "html",
        "body_429": "html",
        "null_members": "empty_text",
        "times": "z",
        "paged_rows": "full",
        "aim_rows": "full",
        "review_rows": "full",
        "archived_in_search": "yes",
        "name_search": "contains",
        "aim_update_status": "200",
        "assign_status": "200",
        "retry_after": "http_date",
        "blanks_in_update": "both_clear",
    },
    "less is told": {
        "times": "naive",
        "review_rows": "more",
        "row_misid": "absent",
        "page_size_over": "refused",
        "max_page_size": 50,
        "zone_in_input": "ignored",
        "blanks_in_update": "ignored",
        "aim_progress": "percent_only",
        "assign_elements": "none",
        "off_the_job": "missing",
        "archived_get": "missing",
        "unknown_in_body": "404",
        "form_booleans": "refused",
        "last_modified_filter": "after",
        "authentication_counts": "no",
    },
    "more is taken": {
        "repeat_assign": "second_aim",
        "repeat_assignment": "accepted",
        "review_without_visit": "accepted",
        "cross_centre": "accepted",
        "archived_update": "accepted",
        "removed_learner": "served",
        "last_modified_moves": "progress",
        "aim_search_scope": "organisation",
        "review_dates_on": "started",
        "rate_window": "sliding",
        "rejected_calls_count": "no",
        "clock_offset_seconds": 3600,
    },
    "no filter, no order": {"search_filter": "ignored", "order": "unstable", "empty_search": "list"},
    "odd in every way at once": {
        "session_reply": "json",
        "null_members": "null",
        "numbers": "text",
        "times": "offset",
        "row_misid": "absent",
        "search_filter": "ignored",
        "order": "unstable",
    },
}
# Switches whose other side ends otherwise, and the test that tells how.
TOLD_BELOW = {"assign_direction", "drop_members", "misid", "staff_email", "stale_seconds", "visit_types"}
TOLD_ELSEWHERE = {
    "longest_text": "tests/integration/onefile/test_quiet.py",
    "paged_lies": "tests/integration/onefile/test_readings.py",
}


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


# ---- where the end is not the same


def told(answer: Answer) -> list[str]:
    return [each["kind"] for each in answer.data["failures"]]


def kept(learner: Learner) -> tuple[Any, ...]:
    row = line(learner)
    return (row.total_elements, row.elements_done, learner.reviews.count(), Link.objects.live().count())


def test_who_is_archived_or_removed_keeps_everything_here(enrolled: SandboxProcess, learner: Learner) -> None:
    mine, before = onefile_id(enrolled), kept(learner)
    enrolled.edit("users", mine, Archived=True)
    assert told(command("onefile_sync")) == ["archived"]
    enrolled.switches(archived_get="missing")
    assert told(command("onefile_sync")) == ["not_found"]
    enrolled.switches(archived_get=None, archived_in_search="yes")
    assert told(command("onefile_sync")) == []  # it is exchanged as any other
    row = line(learner)
    type(row).objects.filter(pk=row.pk).update(registration_number="R-1")
    assert told(command("onefile_sync")) == ["refused"]
    enrolled.switches(archived_update="accepted")
    assert command("onefile_sync").data["changes"][0]["field"] == "registration_number"

    enrolled.switches(removed_learner="served")
    enrolled.remove("users", mine)
    assert told(command("onefile_sync")) == ["not_found"]
    enrolled.switches(removed_learner=None)
    enrolled.remove("users", mine)
    assert told(command("onefile_sync")) == ["not_found"]
    assert kept(learner) == before


def test_an_aim_that_is_gone_is_told_from_a_web_page(enrolled: SandboxProcess, learner: Learner) -> None:
    """A page may come from a proxy: only a 404 that is none says that something is gone."""
    before = kept(learner)
    enrolled.remove("aims", aim(enrolled, 4001, onefile_id(enrolled)))
    for form, failure in (("json", "not_found"), ("empty", "not_found"), ("html", "bad_answer")):
        enrolled.switches(body_404=form)
        synced = command("onefile_sync")
        assert (told(synced), synced.data["changes"]) == ([failure], [])
    assert kept(learner) == before


def test_a_lost_review_that_names_no_visit_is_asked_about(
    enrolled: SandboxProcess, learner: Learner, settings: Any
) -> None:
    settings.ONEFILE_SETTLE_SECONDS = 0.0
    enrolled.switches(drop_members={"Review": ["VisitID"]})
    factories.ReviewFactory(learner=learner, scheduled_date=soon(), start_time=time(10, 0))
    enrolled.fault("lost_after", "^Review$", "POST", times=1)
    command("onefile_sync")
    asked = command("onefile_sync").data["questions"]
    assert [each["kind"] for each in asked] == ["same_review"]
    assert len(enrolled.state()["reviews"]) == 1


def test_a_state_that_is_shown_late_does_no_harm(enrolled: SandboxProcess, learner: Learner) -> None:
    row = line(learner)
    type(row).objects.filter(pk=row.pk).update(registration_number="R-1")
    enrolled.switches(stale_seconds=3600)
    assert command("onefile_sync").status == 0
    before = enrolled.state()
    assert command("onefile_sync").status == 0
    assert enrolled.state() == before and line(learner).registration_number == "R-1"


def test_the_wrong_way_round_and_an_unknown_number_are_refused(connected: SandboxProcess, learner: Learner) -> None:
    connected.switches(assign_direction="path_learner", visit_types="from_one")
    assert command("onefile_settings", "upload_reviews=on").status == 0
    factories.ReviewFactory(learner=learner, scheduled_date=soon(), start_time=time(10, 0))
    (enrolled,) = command("onefile_enrol", "AB12C").data["results"]
    refused = [step["kind"] for step in enrolled["steps"] if step["state"] == "refused"]
    assert refused == ["assign_officer", "create_visit"]
    state = connected.state()
    assert (len(state["aims"]), state["visits"], state["reviews"], state["assignments"]) == (2, [], [], [])
    assert command("onefile_settings", "visit_type=remote").status == 0
    command("onefile_sync")
    assert [each["VisitTypeID"] for each in connected.state()["visits"]] == [2]


def test_staff_without_email(connected: SandboxProcess, learner: Learner) -> None:
    connected.switches(staff_email="required")
    (first,) = command("onefile_enrol", "AB12C").data["results"]
    assert (first["outcome"], connected.state()["users"]) == ("failed", [])
    assert "Send officer email" in first["problems"][0]["message"]
    assert command("onefile_settings", "send_officer_email=on").status == 0
    (second,) = command("onefile_enrol", "AB12C").data["results"]
    assert (second["outcome"], len(connected.state()["users"])) == ("enrolled", 3)


def test_an_employer_that_is_gone(enrolled: SandboxProcess, learner: Learner) -> None:
    (placement,) = enrolled.state()["placements"]
    enrolled.remove("placements", placement["ID"])
    another(learner, "CD34E", date_of_birth=date(2006, 5, 1))
    for status in ("400", "404"):
        enrolled.switches(unknown_in_body=status)
        (result,) = command("onefile_enrol", "CD34E").data["results"]
        assert result["outcome"] == "failed"
        assert [each["message"] for each in result["problems"]] == ["placement not found"]
    assert Link.objects.live().filter(learner__ident="CD34E").count() == 0


def test_every_value_of_every_switch_is_met(onefile: SandboxProcess) -> None:
    """By a story or, where it ends otherwise, by a test of its own; and the handbook tells what is done."""
    manual = (ROOT / "docs" / "sandbox.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \|", manual.partition("## Switches")[2], re.MULTILINE)
    assert {name for name, _ in rows} == set(onefile.switches())

    shared = {name for side in SIDES.values() for name in side}
    met = {(name, str(value)) for side in SIDES.values() for name, value in side.items()}
    wanted = {(name, value) for name, values in rows for value in re.findall("`([^`]+)`", values)[1:]}
    assert {pair for pair in wanted - met if pair[0] in shared} == set()
    own = dict.fromkeys(TOLD_BELOW, "tests/contract/test_both_sides.py") | TOLD_ELSEWHERE
    assert set(onefile.switches()) - shared == set(own)
    tests = {file: (ROOT / file).read_text().partition("def test_")[2] for file in set(own.values())}
    assert [name for name, file in own.items() if not re.search(rf'\b{name}(=|")', tests[file])] == []

    handbook = (ROOT / "docs" / "onefile.md").read_text()
    assert [name for name, _ in rows if f"`{name}`" not in handbook] == []
