"""OneFile's picture of a learner, from whatever source its records come."""

from __future__ import annotations

from collections.abc import Set

from onefile_integration.api import records
from onefile_integration.api.client import OneFile
from onefile_integration.api.errors import NotFound
from onefile_integration.exchange.failures import ExchangeFailure
from onefile_integration.exchange.reading.lookups import Lookups
from onefile_integration.exchange.reading.source import Source
from onefile_integration.models import Link
from onefile_integration.rules.addresses import from_text
from onefile_integration.rules.matching import availability
from onefile_integration.rules.officer_and_employer import to_compare
from onefile_integration.rules.sides import Aim, Choices, Here, Person, RemoteAim, RemoteReview, There
from onefile_integration.rules.sides import Review as ReviewValues
from onefile_integration.rules.times import london_date, to_london
from onefile_integration.words import FailureKind


class OtherSide:
    """``again``: keys of our reviews that are read whether or not it is their turn."""

    def __init__(self, client: OneFile, lookups: Lookups, source: Source, again: Set[str]) -> None:
        self._client, self._lookups, self._source, self._again = client, lookups, source, again

    def there(self, here: Here, choices: Choices) -> There:
        """Raises the API's errors, and ExchangeFailure for a learner who is archived, gone or another."""
        self._source.begin(here, choices)
        if here.onefile_id is None:
            return There(classrooms=self._lookups.classrooms(choices.centre))
        user, is_archived = self._standing(here, choices)
        if user and is_archived:
            return There(here.onefile_id, person_there(user), is_archived=True)
        missing: list[str] = []
        aims = self._aims(here, choices, missing)
        reviews: tuple[RemoteReview, ...] = ()
        if choices.upload_reviews or choices.download_reviews:
            reviews = self._reviews(here, choices, missing)
        self._source.end()
        return There(
            here.onefile_id,
            person_there(user) if user else None,
            aims=aims,
            reviews=reviews,
            main_officer=user.default_assessor_id if user else None,
            employer=user.placement_id if user else None,
            missing=tuple(missing),
        )

    def _standing(self, here: Here, choices: Choices) -> tuple[records.User | None, bool]:
        """The account, read only where it has to be compared or explained; and whether it is to be restored first."""
        number = here.onefile_id
        assert number is not None
        # One that was created or restored just now need not be found by a search yet.
        is_new = here.upload_due or choices.restore == "done"
        listed = is_new or number in self._lookups.learners(choices.centre)
        is_compared = choices.learner_mode != "none" or to_compare(here, choices)
        if here.is_verified and listed and not is_compared:
            return None, False
        try:
            user = self._source.user(number)
        except NotFound:
            raise ExchangeFailure(
                FailureKind.NOT_FOUND, f"OneFile does not know learner {number}. Its values here were kept."
            ) from None
        _same_learner(user.id, number, "the account")
        if listed or user.organisation_id not in (None, choices.centre):
            return user, False
        if choices.restore:
            return user, True
        raise ExchangeFailure(
            FailureKind.ARCHIVED, f"Learner {number} is probably archived in OneFile: it was left alone."
        )

    def _aims(self, here: Here, choices: Choices, missing: list[str]) -> tuple[RemoteAim, ...]:
        assert here.onefile_id is not None
        known = {line.aim_id: line.vq_reference for line in here.lines if line.aim_id is not None}
        wanted = _standards_without_aim(here, choices)
        ids = dict(known)
        if wanted:
            rows = self._client.learning_aims(here.onefile_id)
            mine = (row for row in rows if row.user_id in (None, here.onefile_id) and row.id not in known)
            ids |= {row.id: "" for row in mine if row.standard_id in wanted}
        found = []
        for number in sorted(ids):
            try:
                aim = self._source.aim(number)
            except NotFound:
                missing.append(f"{ids[number] or 'A learning aim'}: OneFile no longer has aim {number}; kept here.")
                continue
            if number not in known and aim.user_id not in (None, here.onefile_id):
                continue  # the search did not keep to the learner that was asked for
            _same_learner(aim.user_id, here.onefile_id, f"learning aim {number}")
            if aim.standard_id is not None:
                found.append(aim_there(aim))
        return tuple(found)

    def _reviews(self, here: Here, choices: Choices, missing: list[str]) -> tuple[RemoteReview, ...]:
        """Lists bring ids; each review that matters is then read itself, and each known one that they lack."""
        known = {review.onefile_id: review for review in here.reviews if review.onefile_id is not None}
        rows = self._source.review_rows()
        officers = _officers(choices.environment) if rows or known else {}
        found = []
        for number in sorted({*rows, *known} - here.removed_reviews):
            row, ours = rows.get(number), known.get(number)
            if row and row.learner_id not in (None, here.onefile_id):
                row = None
                if ours is None:
                    continue
            if row and ours and not (ours.key in self._again or self._source.is_due(number, ours.values)):
                found.append(RemoteReview(number, row_there(row), complete=False))
            elif read := self._review(number, here, officers, missing, known=ours is not None):
                found.append(read)
        return tuple(found)

    def _review(
        self, number: int, here: Here, officers: dict[int, str], missing: list[str], *, known: bool
    ) -> RemoteReview | None:
        try:
            review = self._source.review(number)
        except NotFound:
            missing.append(f"The review {number} is no longer in OneFile; it was kept here.")
            return None
        if not known and review.learner_id != here.onefile_id:
            return None  # the search did not keep to the learner that was asked for
        assert here.onefile_id is not None
        _same_learner(review.learner_id, here.onefile_id, f"review {number}")
        values = review_there(review, officers.get(review.assessor_id or 0))
        return RemoteReview(number, values, review.learner_id is not None, review.visit_id)


def _officers(environment: str) -> dict[int, str]:
    """The keys of our officers by assessor, in any centre: asked once a learner, however many reviews there are."""
    links = Link.objects.within(environment).filter(officer__isnull=False, onefile_id__isnull=False)
    return {number: f"officer:{pk}" for number, pk in links.values_list("onefile_id", "officer_id") if number}


def _standards_without_aim(here: Here, choices: Choices) -> set[int]:
    wanted = set()
    for line in here.lines:
        if line.aim_id is None:
            found = availability(line.vq_reference, choices.centre, choices.standards)
            wanted |= {option.onefile_id for option in found.options}
    return wanted


def _same_learner(said: int | None, asked: int, what: str) -> None:
    if said is not None and said != asked:
        raise ExchangeFailure(
            FailureKind.WRONG_LEARNER, f"OneFile says that {what} belongs to learner {said}, not {asked}."
        )


def person_there(user: records.User) -> Person:
    return Person(
        first_name=user.first_name,
        surname=user.last_name,
        email=user.email.lower() if user.email else None,
        telephone=user.telephone,
        mobile=user.mobile_number,
        date_of_birth=london_date(user.dob),
        uln=user.uln,
        nino=user.nino,
        start=london_date(user.start_on),
        planned_end=london_date(user.planned_end_date),
        ethnicity=user.l12,
        sex=user.l13,
        lldd=user.l14,
        mis_value=user.misid,
        address=from_text(user.home_address),
    )


def aim_there(aim: records.LearningAim) -> RemoteAim:
    assert aim.standard_id is not None
    return RemoteAim(aim.id, aim.standard_id, aim_values(aim), _complaint(aim))


def aim_values(aim: records.LearningAim) -> Aim:
    """A count that is no number is not replaced by the percentage: the line would change its total for it."""
    return Aim(
        start=london_date(aim.start_date),
        planned_end=london_date(aim.planned_end),
        total_elements=aim.total_elements,
        elements_done=aim.elements_completed,
        percent=None if aim.elements_unreadable else aim.progress,
        registration_number=aim.registration_number,
        registration_date=london_date(aim.registration_date),
        certificate_applied=london_date(aim.certificate_applied_date),
        certificate_received=london_date(aim.certificate_received_date),
    )


def _complaint(aim: records.LearningAim) -> str:
    if aim.elements_unreadable:
        return "OneFile's count of elements is no number"
    return "OneFile's progress is not a percentage" if aim.progress_unreadable else ""


def row_there(row: records.ReviewRow) -> ReviewValues:
    local = to_london(row.scheduled_for) if row.scheduled_for else None
    return ReviewValues(
        scheduled_date=local.date() if local else None,
        start_time=local.time().replace(second=0, microsecond=0) if local else None,
    )


def review_there(review: records.Review, officer: str | None) -> ReviewValues:
    local = to_london(review.scheduled_for) if review.scheduled_for else None
    return ReviewValues(
        scheduled_date=local.date() if local else None,
        start_time=local.time().replace(second=0, microsecond=0) if local else None,
        attended="Yes" if review.started_on else "Unknown",
        actual_date=london_date(review.started_on),
        officer=officer,
        trainee_signed=london_date(review.learner_signed_on),
        officer_signed=london_date(review.assessor_signed_on),
        employer_signed=london_date(review.employer_signed_on),
    )
