"""What can go wrong with a call, named by what the caller may do next.

| what came back                                        | a write raises | a read raises, in the end  |
|-------------------------------------------------------|----------------|----------------------------|
| 200 or 201 with JSON, 204                             | nothing        | nothing; GET 204 BadAnswer |
| no budget slot, budget store gone                     | NotSent        | NotSent                    |
| 429, or held back longer than the time allowed        | NotSent        | NotSent                    |
| refused before the connection stood, no session       | NotSent        | Unreachable                |
| 401 three times, fresh sessions in between            | SignInFailed   | SignInFailed               |
| 404                                                   | NotFound       | NotFound                   |
| 404 as a web page                                     | NotFound       | BadAnswer                  |
| any other 4xx but 408                                 | Refused        | Refused                    |
| 5xx, 408, reset, timeout, cut off                     | Unknown        | Unreachable                |
| web page, unreadable, empty, too large, other status  | Unknown        | BadAnswer                  |
| JSON without a member that matters, or of wrong type  | Unknown        | BadAnswer                  |

NotSent: surely nothing happened, come back later. Refused: for a person. Unknown: the write may have been
done, or may still be done later; look before doing it again. No text of an exception holds a personal
value, a token or a session. OneFile's own sentence stands in `Refused.message`, to be shown to people and
not to be logged.
"""

from enum import StrEnum


class Why(StrEnum):
    NO_SLOT = "no_slot"
    PAUSED = "paused"
    NO_BUDGET_STORE = "no_budget_store"
    NO_CONNECTION = "no_connection"
    NO_SESSION = "no_session"
    BUSY = "busy"
    TOO_LATE = "too_late"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    RESET = "reset"
    CUT_OFF = "cut_off"
    WEB_PAGE = "web_page"
    UNREADABLE = "unreadable"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNEXPECTED = "unexpected"
    MEMBER = "member"
    REFUSED = "refused"
    NOT_FOUND = "not_found"
    SIGN_IN = "sign_in"
    SETTINGS = "settings"


UNREACHABLE = frozenset({Why.NO_CONNECTION, Why.NO_SESSION, Why.SERVER_ERROR, Why.TIMEOUT, Why.RESET, Why.CUT_OFF})

SENT = frozenset({Why.TIMEOUT, Why.RESET, Why.CUT_OFF, Why.UNREADABLE, Why.TOO_LARGE})


class Verdict(StrEnum):
    DONE = "done"
    EMPTY = "empty"
    EXPIRED = "expired"
    BUSY = "busy"
    ABSENT = "absent"
    REFUSED = "refused"
    FAULT = "fault"
    ODD = "odd"


STATUSES = {
    200: Verdict.DONE,
    201: Verdict.DONE,
    204: Verdict.EMPTY,
    401: Verdict.EXPIRED,
    404: Verdict.ABSENT,
    408: Verdict.FAULT,
    429: Verdict.BUSY,
}


def verdict(status: int) -> Verdict:
    if status in STATUSES:
        return STATUSES[status]
    if 400 <= status < 500:
        return Verdict.REFUSED
    return Verdict.FAULT if status >= 500 else Verdict.ODD


class OneFileError(Exception):
    """`call` is a method and a path; `status` is None where no reply came."""

    def __init__(self, why: Why, *, call: str = "", status: int | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.call = call
        self.status = status

    @property
    def detail(self) -> str:
        return ""

    def __str__(self) -> str:
        parts = [self.call, self.why.value, f"status {self.status}" if self.status else "", self.detail]
        return ", ".join(part for part in parts if part)


class NotSent(OneFileError):
    """Surely nothing happened. `wait` is in seconds, None where nobody can tell."""

    def __init__(self, why: Why, *, status: int | None = None, wait: float | None = None) -> None:
        super().__init__(why, status=status)
        self.wait = wait

    @property
    def detail(self) -> str:
        return "" if self.wait is None else f"wait {self.wait:.1f} s"


class Refused(OneFileError):
    """`code` is OneFile's number (-11 centre, -57 placement, -58 classroom not found), `message` its sentence."""

    def __init__(self, why: Why, *, status: int | None = None, code: int | None = None, message: str = "") -> None:
        super().__init__(why, status=status)
        self.code = code
        self.message = message

    @property
    def detail(self) -> str:
        return "" if self.code is None else f"code {self.code}"


class NotFound(Refused):
    pass


class Unknown(OneFileError):
    """The write may have happened."""


class Unreachable(OneFileError):
    """A read that got no answer."""


class BadAnswer(OneFileError):
    """A read whose answer cannot be used; `member` is OneFile's name of the one at fault, where it is one."""

    def __init__(self, why: Why, *, call: str = "", status: int | None = None, member: str = "") -> None:
        super().__init__(why, call=call, status=status)
        self.member = member

    @property
    def detail(self) -> str:
        return self.member


class SignInFailed(OneFileError):
    """OneFile does not take the customer token, or takes no session made from it."""


class SettingsError(OneFileError):
    def __init__(self, what: str) -> None:
        super().__init__(Why.SETTINGS)
        self.what = what

    @property
    def detail(self) -> str:
        return self.what


class TokenMissing(SettingsError):
    pass


class TokenMalformed(SettingsError):
    pass


class InsecureAddress(SettingsError, ValueError):
    pass
