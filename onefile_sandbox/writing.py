"""Writes come one after another; reads go on beside them.

SQLite would serialise them too, but a writer that waits for it sleeps in growing steps.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

_lock = threading.RLock()


@contextmanager
def in_turn() -> Iterator[None]:
    with _lock, transaction.atomic():
        yield
