import re
from collections import Counter

from tests.sandbox_process import SandboxProcess


def test_the_demo_customer(process: SandboxProcess) -> None:
    process.reset("demo")
    state = process.state()
    assert [centre["ID"] for centre in state["organisations"]] == [101, 102]
    codes = Counter(re.findall(r"\[(.+)\]$", row["Title"])[0] for row in state["standards"])
    assert (codes["135AS"], codes["196AS"]) == (2, 2)  # two pathways; both centres
    assert [user["ID"] for user in state["users"] if user["Archived"]] == [700103]
    assert {c["Name"] for c in state["classrooms"]} >= {"Unassigned", "Business Admin 2026"}
    assert {r["VisitID"] for r in state["reviews"]} == {v["ID"] for v in state["visits"]}


def test_everybody_is_invented(process: SandboxProcess) -> None:
    process.reset("demo")
    state = process.state()
    emails = [row["Email"] for kind in ("users", "placements") for row in state[kind]]
    assert all(email.endswith("@example.org") for email in emails)
