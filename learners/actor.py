"""Who writes: a person, a command or a run. Each history row names one."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.auth.models import User

REASON_LENGTH = 100  # what history keeps of a label


@dataclass(frozen=True)
class Actor:
    """``label`` is what history shows beside the change; ``user`` is set where a person acts on a screen."""

    label: str
    user: User | None = None

    @classmethod
    def of(cls, user: User) -> Actor:
        return cls(label=user.get_username(), user=user)

    @classmethod
    def command(cls) -> Actor:
        return cls(label=f"command:{getpass.getuser()}")
