from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.models import LogEntry

from picsweb.accounts.tables import BADGES, State, moment
from picsweb.display import Fact


def user_facts(user: Any, notes: Iterable[LogEntry]) -> list[Fact]:
    """``user`` as ``tables.users`` reads it; ``notes`` the last changes of the account."""
    changes = [f"{moment(note.action_time)} by {note.user.get_username()}: {note.change_message}" for note in notes]
    return [
        Fact("State", badges=(BADGES[State(user.state)],)),
        Fact("Last sign-in", moment(user.last_login) or "Never"),
        Fact("Last changes", " ".join(changes) or "None noted"),
    ]
