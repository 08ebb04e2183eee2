from datetime import date

import pytest

from onefile_integration.api.bodies import (
    LearningAimFields,
    NewPlacement,
    NewUser,
    PlacementFields,
    UserFields,
    body_of,
)
from onefile_integration.api.names import NAMES, Role


def test_a_new_learner() -> None:
    user = NewUser(
        organisation_id=101,
        role=Role.LEARNER,
        first_name="Amara",
        last_name="Okafor-Lane",
        dob=date(2007, 7, 14),
        l14="1",
        secondary_lldd_codes=("5", "12"),
    )
    assert body_of(user) == {
        "OrganisationID": 101,
        "Role": 1,
        "FirstName": "Amara",
        "LastName": "Okafor-Lane",
        "DOB": "2007-07-14T00:00:00.000Z",
        "L14": "1",
        "SecondaryLLDDCodes": ["5", "12"],
    }


def test_a_new_user_needs_its_first_four() -> None:
    with pytest.raises(TypeError):
        NewUser(role=Role.LEARNER)  # type: ignore[call-arg]


def test_none_is_left_out_and_blank_clears() -> None:
    changes = LearningAimFields(registration_number="", registration_date="", status=0)
    assert body_of(changes, id=5) == {"ID": 5, "RegistrationNumber": "", "RegistrationDate": "", "Status": 0}


def test_a_new_placement_is_active() -> None:
    assert body_of(NewPlacement(organisation_id=101, name="Pitt & Sons")) == {
        "OrganisationID": 101,
        "Name": "Pitt & Sons",
        "Active": True,
    }


@pytest.mark.parametrize("kind", [UserFields, PlacementFields, LearningAimFields])
def test_every_field_has_a_name(kind: type) -> None:
    assert set(kind.__dataclass_fields__) <= set(NAMES)
