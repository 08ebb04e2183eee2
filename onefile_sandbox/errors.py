"""Answers that are not a success. Codes -11, -57 and -58 were seen; the others are invented (X)."""

from enum import IntEnum


class Code(IntEnum):
    NOT_FOUND = -1
    UNREADABLE = -2
    REQUIRED = -3
    BAD_VALUE = -4
    ARCHIVED = -5
    ALREADY_ASSIGNED = -6
    OTHER_CENTRE = -7
    CENTRE_NOT_FOUND = -11
    PLACEMENT_NOT_FOUND = -57
    CLASSROOM_NOT_FOUND = -58
    USER_NOT_FOUND = -60
    VISIT_NOT_FOUND = -61
    STANDARD_NOT_FOUND = -62


class ApiError(Exception):
    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def bad(code: Code, message: str) -> ApiError:
    return ApiError(400, int(code), message)


def missing(what: str) -> ApiError:
    return ApiError(404, int(Code.NOT_FOUND), f"{what} not found")


class NotSignedInError(Exception):
    """No session, an unknown one, or one that has ended."""
