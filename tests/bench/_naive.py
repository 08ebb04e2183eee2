"""The night as it is often done: everything one by one, and a minute of sleep whenever OneFile has had enough."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.sandbox_process import SandboxProcess

CALL_SECONDS = 0.1
SLEEP = WINDOW = 60.0


class SleepyClient:
    """Calls the sandbox; the limit and the clock are played, so that an hour passes in minutes."""

    def __init__(self, onefile: SandboxProcess, limit: int) -> None:
        self._onefile, self._http, self._limit = onefile, onefile.session(), limit
        self.calls: Counter[str] = Counter({"POST Authentication": 1})
        self.refused, self.now = 0, CALL_SECONDS
        self._opened, self._counted = 0.0, 1

    def ask(self, method: str, path: str, **body: Any) -> Any:
        while not self._is_let_in():
            self.refused += 1
            self.now += SLEEP
        words = "/".join(word for word in path.split("/") if not word.isdigit())
        self.calls[f"{method} {words}"] += 1
        answer = self._http.request(method, self._onefile.url(path), json=body or None, timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else []

    def _is_let_in(self) -> bool:
        self.now += CALL_SECONDS
        if self.now - self._opened >= WINDOW:
            self._opened, self._counted = self.now, 0
        self._counted += 1
        return self._counted <= self._limit


def naive(onefile: SandboxProcess, limit: int) -> tuple[Counter[str], int, float]:
    """Calls by kind, refused ones apart, and how many seconds it would have taken."""
    client = SleepyClient(onefile, limit)
    for centre in client.ask("POST", "Organisation/Search"):
        here = {"OrganisationID": centre["ID"]}
        for what in ("Standard", "Placement", "Classroom"):
            client.ask("POST", f"{what}/Search", **here)
        for user in client.ask("POST", "User/Search", Role=1, **here):
            _learner(client, user["ID"], here)
    return client.calls, client.refused, client.now


def _learner(client: SleepyClient, number: int, here: dict[str, int]) -> None:
    client.ask("GET", f"User/{number}")
    for aim in client.ask("POST", "LearningAim/Search", UserID=number):
        client.ask("GET", f"LearningAim/{aim['ID']}")
    for review in client.ask("POST", "Review/Search", LearnerID=number, **here):
        client.ask("GET", f"Review/{review['ID']}")
