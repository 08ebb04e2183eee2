from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from onefile_integration.api import values
from onefile_integration.api.names import Role

AT = datetime(2022, 2, 23, 12, 49, 33, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2022-02-23T12:49:33.150Z", AT.replace(microsecond=150_000)),
        ("2022-02-23T12:49:33.1234567Z", AT.replace(microsecond=123_456)),
        ("2022-02-23T12:49:33Z", AT),
        ("2022-02-23T12:49:33+00:00", AT),
        ("2022-02-23T13:49:33+01:00", AT),
        ("2022-02-23T12:49:33", AT),
        (" 2022-02-23 12:49:33 ", AT),
        (AT.astimezone(timezone(timedelta(hours=1))), AT),
        ("2022-02-23", datetime(2022, 2, 23, tzinfo=UTC)),
        ("", None),
        ("  ", None),
        (None, None),
        ("0001-01-01T00:00:00", None),
        ("1899-12-31T00:00:00Z", None),
    ],
)
def test_a_time_is_read_as_utc(raw: object, expected: datetime | None) -> None:
    found = values.instant(raw)
    assert found == expected
    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize(
    "raw", ["23/02/2022", "soon", 20220223, True, [], {}, "2022-02-30", "2022-02-23T25:00", "9999-12-31T23:59:59-05:00"]
)
def test_what_is_no_time_is_refused_without_being_named(raw: object) -> None:
    with pytest.raises(ValueError, match=r"^not a date$"):
        values.instant(raw)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Amara", "Amara"),
        (" \u00a0Amara\u200b  Okafor-Lane\ufeff ", "Amara Okafor-Lane"),
        ("Pitt & Sons' Joinery\x00\x07", "Pitt & Sons' Joinery"),
        ("a\tb\r\nc", "a b c"),
        ("\u202eevil", "evil"),
        ("lone\ud800", "lone"),
        ("Zofia Brändt", "Zofia Brändt"),
        (31, "31"),
        ("", None),
        ("\u200b ", None),
        (None, None),
    ],
)
def test_text_is_cleaned(raw: object, expected: str | None) -> None:
    assert values.text(raw) == expected


@pytest.mark.parametrize("raw", [True, [], {}, ["a"]])
def test_text_is_not_made_of_other_things(raw: object) -> None:
    with pytest.raises(ValueError, match="not a text"):
        values.text(raw)


def test_an_address_keeps_its_lines() -> None:
    assert values.lines("1 High St\r\n \nLeeds\u200b\rLS1\n\n") == "1 High St\n\nLeeds\nLS1"
    assert values.lines("\n \n") is None
    assert values.lines(None) is None


@pytest.mark.parametrize(("raw", "expected"), [(5, 5), ("700100", 700100), (" 7 ", 7), (7.0, 7), ("7.0", 7)])
def test_an_id(raw: object, expected: int) -> None:
    assert values.identity(raw) == expected


@pytest.mark.parametrize("raw", [None, "", 0, "0", -1, "x", 1.5, True, [], {}, "1e3", "nan", float("inf"), 10**400])
def test_no_id(raw: object) -> None:
    with pytest.raises(ValueError, match=r"^not an? (id|number|whole number)$"):
        values.identity(raw)


@pytest.mark.parametrize(("raw", "expected"), [(5, 5), (0, None), ("0", None), ("", None), (None, None)])
def test_a_link_may_be_none(raw: object, expected: int | None) -> None:
    assert values.link(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (True, True),
        ("true", True),
        ("TRUE ", True),
        (1, True),
        ("1", True),
        (False, False),
        ("false", False),
        (0, False),
        ("", None),
        (None, None),
    ],
)
def test_true_and_false(raw: object, expected: bool | None) -> None:
    assert values.flag(raw) is expected


@pytest.mark.parametrize("raw", ["yes", 2, [], {}, 1.0])
def test_neither_true_nor_false(raw: object) -> None:
    with pytest.raises(ValueError, match="not true or false"):
        values.flag(raw)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2007, 7, 14), "2007-07-14T00:00:00.000Z"),
        (datetime(2027, 6, 1, 8, 0, tzinfo=UTC), "2027-06-01T08:00:00.000Z"),
        (datetime(2027, 6, 1, 9, 0, tzinfo=timezone(timedelta(hours=1))), "2027-06-01T08:00:00.000Z"),
        (Role.LEARNER, 1),
        (("7", "9"), ["7", "9"]),
        ("", ""),
        (False, False),
    ],
)
def test_what_is_sent(value: object, expected: object) -> None:
    assert values.sent(value) == expected


def test_a_time_without_a_zone_is_not_sent() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        values.sent(datetime(2027, 6, 1, 9, 0))
