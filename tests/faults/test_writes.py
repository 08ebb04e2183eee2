"""Every write of an enrolment, with everything that can go wrong with it: nothing twice, nothing lost."""

from __future__ import annotations

import os
from typing import Any

import pytest

from learners.models import Learner
from tests.faults.ending import assert_one_of_everything, enrol, go_on
from tests.sandbox_process import SandboxProcess

# what is written: (the call's path, which of these calls)
WRITES = {
    "create_assessor": ("^User$", 1),
    "create_employer": ("^Placement$", 1),
    "create_learner": ("^User$", 3),
    "assign_standard": (r"^Standard/\d+/Assign/\d+$", 1),
    "assign_second_standard": (r"^Standard/\d+/Assign/\d+$", 2),
    "update_aim": (r"^LearningAim/\d+$", 1),
    "assign_officer": (r"^User/\d+/Assign$", 1),
    "create_visit": ("^Visit$", 1),
    "create_review": ("^Review$", 1),
}
REFUSAL = {"code": -90, "message": "not today"}
FAULTS: dict[str, dict[str, Any]] = {
    "refused": {"action": "status", "status": 400, "body": REFUSAL},
    "server_error": {"action": "status", "status": 500},
    "server_error_but_written": {"action": "status", "status": 500, "write": True},
    "lost_before": {"action": "lost_before"},
    "lost_after": {"action": "lost_after"},
    "late": {"action": "late", "seconds": 3600},
    "truncated": {"action": "truncated"},
    "web_page": {"action": "html"},
    "web_page_but_written": {"action": "html", "write": True},
    "wordless": {"action": "empty"},
    "too_many": {"action": "status", "status": 429, "body": "slow down"},
    "too_many_with_a_time": {"action": "status", "status": 429, "retry_after": 1},
    "session_ended": {"action": "session_ended"},
}
WAITED_OUT = ("too_many", "too_many_with_a_time", "session_ended")


def first_outcome(fault: str, write: str) -> str:
    """What the run that met the fault says."""
    sets_a_state = write in ("update_aim", "assign_officer")
    if fault in WAITED_OUT or (sets_a_state and fault == "wordless"):
        return "enrolled"
    if fault == "refused":
        return "failed"
    return "question" if write == "create_visit" else "unknown"


# Everything on one write of each way in which a lost reply is settled; on the others what has another effect.
# ALL_FAULTS=1 tries everything on everything.
EVERYTHING_ON = ("create_learner", "update_aim", "assign_officer", "create_visit")
ON_THE_OTHERS = ("refused", "lost_before", "lost_after", "late")
CASES = [
    (write, fault)
    for write in WRITES
    for fault in FAULTS
    if write in EVERYTHING_ON or fault in ON_THE_OTHERS or os.environ.get("ALL_FAULTS")
]


@pytest.mark.parametrize(("write", "fault"), CASES)
def test_nothing_twice_and_nothing_lost(ready: SandboxProcess, learner: Learner, write: str, fault: str) -> None:
    path, nth = WRITES[write]
    ready.fault(path=path, method="POST", nth=nth, times=1, **FAULTS[fault])

    first = enrol()

    assert first["outcome"] == first_outcome(fault, write), first
    assert [rule["fired"] for rule in ready.faults()] == [1]
    if fault == "late":
        assert ready.land_late() == 1
    if first["outcome"] != "enrolled":
        go_on(ready)
    assert_one_of_everything(ready, learner)
