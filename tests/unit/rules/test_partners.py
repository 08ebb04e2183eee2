"""Officers and employers by one rule: linked, matched, asked about, created. Who has left is not sent on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from onefile_integration.rules.needs import officers_needed
from onefile_integration.rules.partners import CREATE, Partner, answer_key, partner_first
from onefile_integration.rules.plan import make_plan
from onefile_integration.rules.sides import Candidate, Here
from onefile_integration.rules.steps import Draft, Kind
from tests.unit.rules import building as build
from tests.unit.rules.test_cases import each

OFFICER = replace(build.OFFICER, onefile_id=None)
EMPLOYER = replace(build.EMPLOYER, onefile_id=None)
LEFT = replace(build.OTHER, onefile_id=None, is_live=False)
KINDS = {
    "officer": {"link": Kind.LINK_OFFICER, "create": Kind.CREATE_ASSESSOR},
    "employer": {"link": Kind.LINK_EMPLOYER, "create": Kind.CREATE_EMPLOYER},
}


def found(partner: Partner, case: dict[str, Any]) -> Partner:
    """What OneFile holds; a number by itself is linked with nobody."""
    there = {
        name: tuple(
            Candidate(*(one[0], "Somebody", one[1]) if isinstance(one, list) else (one,)) for one in case.get(name, ())
        )
        for name in ("found", "same_name")
    }
    return replace(partner, **there)


@pytest.mark.parametrize(("what", "ours"), [("officer", OFFICER), ("employer", EMPLOYER)])
@each("partners")
def test_partners(case: dict[str, Any], what: str, ours: Partner) -> None:
    partner, choices = replace(found(ours, case), **case.get(what, {})), build.choices()
    if "said" in case:
        asked = Draft()
        partner_first(asked, found(ours, case["said"]), choices)
        (doubt,) = asked.doubts
        choices = build.choices(answers={answer_key(doubt.about, doubt.text): CREATE[0]})
    draft = Draft()

    needs = partner_first(draft, partner, choices)

    assert [step.kind for step in draft.steps] == [KINDS[what][kind] for kind in case["kinds"]]
    assert [word for doubt in draft.doubts for word, _ in doubt.answers] == case.get("answers", [])
    assert len(needs) == len(draft.steps) + len(draft.doubts)
    if "links" in case:
        assert [change.new for change in draft.steps[0].changes] == [case["links"]]
    if "says" in case:
        assert case["says"] in draft.doubts[0].text and partner.ident in draft.doubts[0].text


def test_it_is_planned_and_asked_once_however_many_need_it() -> None:
    draft = Draft()
    asked = found(EMPLOYER, {"same_name": [1]})
    assert len({partner_first(draft, each, build.choices()) for each in (OFFICER, OFFICER, asked, asked)}) == 2
    assert len(draft.steps) == len(draft.doubts) == 1


def test_what_is_sent_of_an_officer_is_the_name_and_the_email_where_it_is_switched_on() -> None:
    for on, names in (
        (False, ["first_name", "surname", "mis_value"]),
        (True, ["first_name", "surname", "mis_value", "email"]),
    ):
        draft = Draft()
        partner_first(draft, OFFICER, build.choices(send_officer_email=on))
        assert [change.field for change in draft.steps[0].changes] == names


def test_the_emails_of_namesakes_stand_beside_ours() -> None:
    namesake = Candidate(500101, "Bryn Tallis", email="b.tallis@elsewhere.example")
    draft = Draft()
    partner_first(draft, replace(OFFICER, same_name=(namesake, Candidate(500102))), build.choices())
    assert draft.doubts[0].facts == (("Email of 500101", OFFICER.email, "b.tallis@elsewhere.example"),)


def test_the_addresses_of_employers_of_one_name_stand_beside_ours() -> None:
    namesakes = (Candidate(900010, "Pitt", address=("2 Quay Road", "PL1 2AB")), Candidate(900011, "Pitt"))
    draft = Draft()
    partner_first(draft, replace(EMPLOYER, same_name=namesakes, address=("Mill Lane", "LE1 1AA")), build.choices())
    assert draft.doubts[0].facts == (("Address of 900010", "Mill Lane, LE1 1AA", "2 Quay Road, PL1 2AB"),)


# ---- an officer who is archived here and not in OneFile


def uploading(**changes: Any) -> Here:
    return build.here(upload_due=True, **changes)


def planned(here: Here, **settings: Any) -> tuple[list[Kind], list[str], set[int]]:
    choices = build.choices(upload_reviews=True, upload_reviews_from=date(2026, 11, 1), **settings)
    plan = make_plan(here, build.there(aims=(build.remote_aim(),)), choices)
    return [step.kind for step in plan.steps], list(plan.notes), officers_needed(here, choices)


def test_as_a_lines_assessor_is_neither_created_nor_assigned() -> None:
    here = uploading(lines=(build.line(assessor=LEFT, upload_due=True),))
    kinds, notes, asked = planned(here)
    assert Kind.CREATE_ASSESSOR not in kinds and Kind.ASSIGN_OFFICER not in kinds
    assert "The assessor of 196AS, Meera Chandran, is archived: neither created in OneFile nor assigned." in notes
    assert LEFT.pk not in asked
    linked = uploading(lines=(build.line(assessor=replace(LEFT, onefile_id=500102), upload_due=True),))
    assert Kind.ASSIGN_OFFICER in planned(linked)[0]


def test_as_an_additional_assessor_is_not_assigned_linked_or_not() -> None:
    for officer in (LEFT, replace(LEFT, onefile_id=500102)):
        kinds, notes, asked = planned(uploading(additional_assessors=(officer,)))
        assert kinds == [] and notes == ["The additional assessor Meera Chandran is archived, so not assigned."]
        assert LEFT.pk not in asked


def test_the_main_officer_leads_the_review_of_one_who_has_left() -> None:
    review = replace(build.own_review(scheduled_date="2026-12-03", start_time="10:00"), officer=LEFT)
    here = build.here(reviews=(review,))
    plan = make_plan(here, build.there(), build.choices(upload_reviews=True, upload_reviews_from="2026-11-01"))
    assert [step.kind for step in plan.steps] == [Kind.CREATE_VISIT, Kind.CREATE_REVIEW]
    assert {c.new for step in plan.steps for c in step.changes if c.field == "officer"} == {"Bryn Tallis"}
    assert plan.notes == ("The review of 3 Dec 2026 is uploaded with Bryn Tallis: Meera Chandran is archived.",)


def test_a_review_is_not_uploaded_where_all_who_could_lead_it_have_left() -> None:
    review = replace(build.own_review(scheduled_date="2026-12-03", start_time="10:00"), officer=LEFT)
    kinds, notes, asked = planned(build.here(reviews=(review,), main_officer=replace(LEFT, pk=3)))
    assert kinds == [] and notes == ["The review of 3 Dec 2026 is not uploaded: its officer is archived."]
    assert asked == set()
