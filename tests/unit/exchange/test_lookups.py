"""Lists of a centre: read once, compared here, and a row that shows no MIS Value is read itself."""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

from onefile_integration.api.errors import NotFound, Why
from onefile_integration.api.names import Role
from onefile_integration.api.records import Placement, User, UserRow
from onefile_integration.exchange.reading.lookups import Alike, Lookups
from onefile_integration.rules.sides import Candidate


class Centre:
    """A OneFile of a few people, and what it was asked."""

    def __init__(self, *users: User, rows_say: bool = True) -> None:
        self.users, self.rows_say = {user.id: user for user in users}, rows_say
        self.asked: Counter[str] = Counter()

    def search_users(self, role: Role, centre: int) -> list[UserRow]:
        self.asked[f"list {int(role)}"] += 1
        found = [user for user in self.users.values() if user.role == role]
        return [self._row(user) for user in found]

    def _row(self, user: User) -> UserRow:
        said = {"misid": user.misid} if self.rows_say else {}
        return UserRow(id=user.id, first_name=user.first_name, last_name=user.last_name, **said)

    def user(self, number: int) -> User:
        self.asked[f"user {number}"] += 1
        if self.users[number].company_name == "gone":
            raise NotFound(Why.NOT_FOUND, status=404)
        return self.users[number]


def tallis(number: int, **values: Any) -> User:
    base = {"role": 5, "organisation_id": 101, "first_name": "Bryn", "last_name": "Tallis"}
    return User(id=number, **{**base, **values})


def alike(centre: Any, mis_value: str = "OF001") -> Alike:
    return Lookups(centre).assessors_like(mis_value, "Bryn", "Tallis", 101)


BRYN = Candidate(1, "Bryn Tallis")


def test_by_mis_value_no_record_is_read() -> None:
    centre = Centre(tallis(1, misid="of001 "), tallis(2))
    assert alike(centre) == Alike(by_value=(BRYN,))
    assert dict(centre.asked) == {"list 5": 1, "list 4": 1}


def test_a_trainee_assessor_is_one_too() -> None:
    assert alike(Centre(tallis(1, role=4, misid="OF001"))) == Alike(by_value=(BRYN,))


def test_by_name_a_record_is_read_before_it_counts_as_blank() -> None:
    """1 is ours by its MIS Value, which no row says; 2 is another's, 3 blank, 4 gone, 5 elsewhere, 6 no assessor."""
    centre = Centre(
        tallis(1, misid="OF001"),
        tallis(2, misid="OF002"),
        tallis(3),
        tallis(4, company_name="gone"),
        tallis(5, organisation_id=102),
        tallis(6, first_name="Bryony"),
        rows_say=False,
    )
    found = alike(centre)
    assert found == Alike(by_value=(BRYN,), by_name=(Candidate(3, "Bryn Tallis"),))
    assert "user 6" not in centre.asked


def test_a_name_that_was_cut_counts_only_with_our_mis_value() -> None:
    centre = Centre(
        tallis(1, last_name="Tal", misid="OF001"),
        tallis(2, last_name="Tal"),
        tallis(3, first_name="B", last_name="Tallis", misid="OF002"),
        rows_say=False,
    )
    assert alike(centre) == Alike(by_value=(Candidate(1, "Bryn Tal"),))


def test_lists_and_records_are_read_once() -> None:
    centre = Centre(tallis(1), tallis(2, misid="XX001"), rows_say=False)
    lookups: Any = Lookups(cast(Any, centre))
    for ident in ("OF001", "OF002"):
        lookups.assessors_like(ident, "Bryn", "Tallis", 101)
    assert set(centre.asked.values()) == {1}


def test_no_more_than_ten_are_read() -> None:
    centre = Centre(*(tallis(number, misid=f"XX{number}") for number in range(1, 14)), rows_say=False)
    assert [each.onefile_id for each in alike(centre).by_name] == [11, 12, 13]
    assert sum(centre.asked.values()) == 12


def test_who_has_no_first_name_is_like_nobody() -> None:
    centre = Centre(tallis(1, first_name=None))
    assert Lookups(cast(Any, centre)).assessors_like("OF001", "", "Tallis", 101) == Alike()


def test_an_employer_without_a_name_is_like_nobody() -> None:
    class Nameless:
        def placements(self, centre: int) -> list[Placement]:
            return [Placement(id=900010)]

    assert Lookups(cast(Any, Nameless())).employers_like("EM001", None, 101) == Alike()
