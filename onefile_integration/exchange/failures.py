"""How the exchange of one learner can end without success, in words for people."""

from __future__ import annotations

from onefile_integration.api import errors
from onefile_integration.words import FailureKind, RowOutcome


class ExchangeFailure(Exception):
    """This learner's exchange is over for now; the run goes on with the others."""

    def __init__(self, kind: FailureKind, message: str) -> None:
        self.kind = kind
        super().__init__(message)


class Later(Exception):
    """Nothing is wrong: not now. ``seconds`` says how long to leave the plan alone."""

    def __init__(self, seconds: float, why: str) -> None:
        self.seconds = seconds
        self.why = why
        super().__init__(why)


class StopRun(Exception):
    """Nothing of this run can go on before a person, or time, has changed something."""


class TokenRefused(StopRun):
    """Everything waits until a Database Administrator has set the token anew."""


class OutOfReach(StopRun):
    """OneFile gave no answer several times in a row."""


class LeftOut(Exception):
    """This learner is not exchanged, and why; ``outcome`` is the word for it where the learner is one of many."""

    def __init__(self, why: str, outcome: RowOutcome | None = None) -> None:
        self.outcome = outcome
        super().__init__(why)


def explained(error: errors.OneFileError) -> ExchangeFailure | Later | StopRun:
    """What an error of the API means for the exchange. Writes settle their Unknown before it comes here."""
    match error:
        case errors.SignInFailed() | errors.SettingsError():
            return TokenRefused("OneFile does not take the Customer Token. A Database Administrator must set it anew.")
        case errors.NotSent(why=errors.Why.NO_BUDGET_STORE):
            return StopRun("The call budget cannot be reached (Redis), so no call is made.")
        case errors.NotSent():
            return Later(error.wait or 5.0, "OneFile's limit is used up for the moment.")
        case errors.NotFound():
            return ExchangeFailure(FailureKind.NOT_FOUND, "OneFile does not know this record any more.")
        case errors.Refused():
            told = error.message or f"status {error.status}"
            return ExchangeFailure(FailureKind.REFUSED, f"OneFile refused: {told}")
        case errors.BadAnswer(why=errors.Why.WEB_PAGE):
            return ExchangeFailure(FailureKind.BAD_ANSWER, "OneFile sent a web page, not data. Nothing was changed.")
        case errors.BadAnswer():
            where = f" ({error.member})" if error.member else ""
            return ExchangeFailure(FailureKind.BAD_ANSWER, f"OneFile's answer could not be used{where}.")
        case errors.Unreachable():
            return ExchangeFailure(FailureKind.UNREACHABLE, "OneFile could not be reached. Nothing was changed.")
        case _:
            return ExchangeFailure(FailureKind.UNKNOWN_OUTCOME, "OneFile's reply was lost.")
