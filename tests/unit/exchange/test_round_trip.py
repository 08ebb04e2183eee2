"""A value of ours goes over the wire and comes back as the same: whatever letters it has, summer or winter."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from learners.models import Learner, Organisation
from learners.services.saving import differences
from onefile_integration.api import values as wire
from onefile_integration.api.bodies import body_of
from onefile_integration.api.records import LearningAim, Placement, ReviewRow, User, parse
from onefile_integration.exchange.reading.here import person_here
from onefile_integration.exchange.reading.partner_details import firm_there, organisation_here
from onefile_integration.exchange.reading.there import aim_values, person_there, row_there
from onefile_integration.exchange.steps import REMOTE, aims, partner_details
from onefile_integration.exchange.steps.own import own_fields
from onefile_integration.exchange.steps.reviews import begins
from onefile_integration.models import Step
from onefile_integration.rules.details import differing
from onefile_integration.rules.fields import FILLED_BOTH_WAYS, PULLED, PUSHED
from onefile_integration.rules.sides import Person
from onefile_integration.rules.steps import Kind, plain
from onefile_integration.rules.times import SkippedTime, to_utc
from tests.unit.rules import building as build

ODD = [
    "Zoe\u0308 👩\u200d🏫",
    "علی\u200cرضا",
    "\u202bעדי\u200f",
    "O’Dell\t\n Reyes",
    "Pitt & Sons' 𝔍oinery",
    " \u00a0 ",
]
texts = st.one_of(st.sampled_from(["", *ODD]), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
days = st.one_of(st.none(), st.dates(date(1900, 1, 2), date(2090, 1, 1)))
learners = st.builds(
    Learner,
    forenames=texts,
    surname=texts,
    email=st.sampled_from(["", "Amara.Lane@Example.org"]),
    telephone=texts,
    mobile=texts,
    date_of_birth=days,
    start=days,
    planned_end=days,
    uln=st.sampled_from(["", "4123456781"]),
    nino=st.sampled_from(["", "CE123456A"]),
    sex=st.sampled_from(["", "F", "M"]),
    ethnicity=st.sampled_from([None, 31, 99]),
    lldd=st.sampled_from([None, 1, 2, 9]),
    lldd_primary=st.sampled_from([None, 93]),
    address1=texts,
    address2=texts,
    address3=texts,
    address4=texts,
    postcode=st.sampled_from(["", "NM1 4AB", "sw1a1aa"]),
)
organisations = st.builds(
    Organisation,
    ident=st.just("EM001"),
    **dict.fromkeys(("name", "address1", "address2", "address5", "telephone", "website", "contact"), texts),
    postcode=st.sampled_from(["", "NM1 4AB"]),
    email=st.sampled_from(["", "Office@Pitt.example"]),
)
theirs = st.fixed_dictionaries(
    {"FirstName": texts, "LastName": texts, "Telephone": texts, "MobileNumber": texts, "HomeAddress": texts},
    optional={"DOB": st.sampled_from([None, "", "2007-07-13T23:00:00Z", "2008-02-29T00:00:00.000Z"])},
)


def sent(kind: Kind, target: Any, source: Any, names: Any) -> dict[str, Any]:
    """The members that the step for all that differs would send."""
    rows = [
        {"field": name, "old": plain(getattr(target, name)), "new": plain(getattr(source, name))}
        for name in differing(names, source, target)
    ]
    bodies: list[Any] = []
    client = SimpleNamespace(
        update_user=lambda _, changes: bodies.append(changes),
        update_placement=lambda _, changes: bodies.append(changes),
        update_learning_aim=lambda *given: bodies.append(given[-1]),
    )
    work = SimpleNamespace(client=client, learner_id=lambda: 700100)
    REMOTE[kind].do(cast(Any, work), Step(kind=kind, record="x:1:101", changes=rows))
    return body_of(bodies[0])


@settings(max_examples=60)
@given(learners)
def test_a_learner(learner: Learner) -> None:
    ours = person_here(learner)
    body = sent(Kind.UPDATE_LEARNER, Person(), ours, PUSHED["learner"])
    back = person_there(parse(User, {"ID": 700100, **body}))
    assert differing(PUSHED["learner"], ours, back) == [] == differing(PUSHED["learner"], back, ours)


@settings(max_examples=40)
@given(organisations)
def test_an_organisation(organisation: Organisation) -> None:
    ours = organisation_here(organisation)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(partner_details, "_link", lambda *_: SimpleNamespace(onefile_id=900010))
        patch.setattr(partner_details, "organisation_of", lambda _: organisation)
        body = sent(Kind.UPDATE_PLACEMENT, firm_there(Placement(ID=1)), ours, PUSHED["organisation"])
    back = firm_there(parse(Placement, {"ID": 900010, **body}))
    assert differing(PUSHED["organisation"], ours, back) == []


@settings(max_examples=40)
@given(texts, st.tuples(days, days, days))
def test_an_aim(number: str, dates: tuple[date | None, ...]) -> None:
    ours = build.line(
        registration_number=wire.text(number),
        **{name: day and day.isoformat() for name, day in zip(FILLED_BOTH_WAYS[1:], dates, strict=True)},
    ).values
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aims.UpdateAim, "_aim", lambda *_: SimpleNamespace(onefile_id=610001))
        body = sent(Kind.UPDATE_AIM, build.line().values, ours, FILLED_BOTH_WAYS)
    back = aim_values(parse(LearningAim, {"ID": 610001, **body}))
    assert [getattr(back, name) for name in FILLED_BOTH_WAYS] == [getattr(ours, name) for name in FILLED_BOTH_WAYS]


@settings(max_examples=60)
@given(learners, theirs)
def test_what_is_pulled_settles(learner: Learner, members: dict[str, Any]) -> None:
    """Kept as our services keep it: a second look finds nothing."""
    there, ours = person_there(parse(User, {"ID": 700100, **members})), person_here(learner)
    rows = [
        {"field": name, "old": None, "new": plain(getattr(there, name))}
        for name in differing(PULLED["learner"], there, ours)
    ]
    for name, (_, new) in differences(learner, own_fields(Step(changes=rows))).items():
        setattr(learner, name, new)
    assert differing(PULLED["learner"], there, person_here(learner)) == []


@settings(max_examples=60)
@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.times())
def test_the_time_of_a_review(day: date, clock: time) -> None:
    clock = clock.replace(second=0, microsecond=0)
    step = Step(changes=[{"field": n, "new": plain(v)} for n, v in (("scheduled_date", day), ("start_time", clock))])
    try:
        to_utc(day, clock)
    except SkippedTime:
        assume(False)
    back = row_there(parse(ReviewRow, {"ID": 1, "ScheduledFor": wire.sent(begins(step))}))
    assert (back.scheduled_date, back.start_time) == (day, clock)


@settings(max_examples=60)
@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)), st.sampled_from(["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%MZ"])
)
def test_no_time_of_onefiles_is_one_that_london_skips(moment: datetime, form: str) -> None:
    row = row_there(parse(ReviewRow, {"ID": 1, "ScheduledFor": moment.replace(tzinfo=UTC).strftime(form)}))
    assert row.scheduled_date is not None and row.start_time is not None
    assert abs((to_utc(row.scheduled_date, row.start_time) - moment.replace(tzinfo=UTC)).total_seconds()) <= 3660
