"""How far a run is, drawn on a terminal while a command works on it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection

from onefile_integration.models import Run
from onefile_integration.words import PlanState
from picsweb.commands import Progress

NAP = 0.5


@contextmanager
def drawn(run: Run) -> Iterator[None]:
    """Its rows say how far it is, whoever works on it; nothing is asked where nobody looks."""
    bar, over = Progress("synchronise", 0), threading.Event()
    if not bar.shown:
        yield
        return
    hand = threading.Thread(target=_draw, args=(run, bar, over), daemon=True)
    hand.start()
    try:
        yield
    finally:
        over.set()
        hand.join()
        bar.end()


def _draw(run: Run, bar: Progress, over: threading.Event) -> None:
    while True:
        with suppress(DatabaseError):
            _step(run, bar)
        if over.wait(NAP):
            connection.close()
            return


def _step(run: Run, bar: Progress) -> None:
    """Half of the way is planning."""
    plans = run.plans.count()
    unmade = run.plans.filter(state=PlanState.UNMADE).count()
    ready = run.plans.filter(state=PlanState.READY).count()
    bar.total = 2 * plans
    bar.at(2 * (plans - unmade) - ready)
