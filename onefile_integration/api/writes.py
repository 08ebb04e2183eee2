"""What can be changed in OneFile. No uniqueness is kept there and no key taken: a repeat makes a second one
[C].
"""

from datetime import datetime

from onefile_integration.api.bodies import (
    LearningAimFields,
    NewPlacement,
    NewUser,
    PlacementFields,
    UserFields,
    body,
    body_of,
)
from onefile_integration.api.calls import Calls, Json, Segment, naming
from onefile_integration.api.errors import BadAnswer, Unknown, Why
from onefile_integration.api.names import Level, ReviewStatus, VisitType
from onefile_integration.api.records import parse_id


class Writes(Calls):
    """All raise NotSent, Refused (NotFound), Unknown and SignInFailed (errors.py). None is retried."""

    def create_user(self, user: NewUser) -> int:
        return self._created("User", body=body_of(user))

    def update_user(self, id: int, changes: UserFields) -> None:
        """Members left out stay as they are [C]."""
        self._write("User", id, body=body_of(changes, id=id))

    def archive_user(self, id: int) -> None:
        self._write("User", id, "Archive")

    def unarchive_user(self, id: int) -> None:
        self._write("User", id, "Unarchive")

    def assign_user(
        self,
        assignee_id: int,
        learner_id: int,
        level: Level,
        *,
        standard_id: int | None = None,
        unit_id: str | None = None,
    ) -> None:
        """The assessor or observer stands in the path and the learner in the body [C]; one document has it
        the other way round.
        """
        members = body(learner_id=learner_id, level=level, standard_id=standard_id, unit_id=unit_id)
        self._write("User", assignee_id, "Assign", body=members)

    def create_placement(self, placement: NewPlacement) -> int:
        return self._created("Placement", body=body_of(placement))

    def update_placement(self, id: int, changes: PlacementFields) -> None:
        self._write("Placement", id, body=body_of(changes, id=id))

    def assign_standard(self, standard_id: int, learner_id: int) -> int:
        """The id of the new learning aim."""
        return self._created("Standard", standard_id, "Assign", learner_id)

    def update_learning_aim(self, id: int, user_id: int, changes: LearningAimFields) -> None:
        self._write("LearningAim", id, body=body_of(changes, id=id, user_id=user_id))

    def create_visit(
        self,
        *,
        learner_id: int,
        organisation_id: int,
        date_from: datetime,
        date_to: datetime,
        visit_type_id: VisitType,
        assessor_id: int | None = None,
        sms_reminder: bool = False,
    ) -> int:
        """There is no search that would find it again."""
        members = body(
            learner_id=learner_id,
            organisation_id=organisation_id,
            date_from=date_from,
            date_to=date_to,
            visit_type_id=visit_type_id,
            assessor_id=assessor_id,
            sms_reminder=sms_reminder,
        )
        return self._created("Visit", body=members)

    def create_review(
        self,
        *,
        learner_id: int,
        scheduled_for: datetime,
        assessor_id: int | None = None,
        visit_id: int | None = None,
        status: ReviewStatus = ReviewStatus.SCHEDULED,
    ) -> int:
        members = body(
            learner_id=learner_id,
            assessor_id=assessor_id,
            visit_id=visit_id,
            scheduled_for=scheduled_for,
            status=status,
        )
        return self._created("Review", body=members)

    def _created(self, *path: Segment, body: Json = None) -> int:
        """Without a readable id nobody knows what was made: Unknown."""
        made = self._write(*path, body=body)
        try:
            return parse_id(made)
        except BadAnswer:
            pass
        with naming(f"POST {'/'.join(map(str, path))}"):
            raise Unknown(Why.MEMBER if made is not None else Why.EMPTY)
