"""What browser stories share: going with the keyboard, and a worker beside the browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import close_old_connections, connection
from playwright.sync_api import Page

from onefile_integration.exchange.foreground import to_the_end
from onefile_integration.models import Run
from onefile_integration.words import RunState


def tab_to(page: Page, words: str) -> None:
    """To a link, a button or what opens; a table that can be scrolled takes the focus too, and is passed."""
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = page.locator(":is(a, button, summary):focus")
        if focused.count() and words in (focused.text_content() or ""):
            return
    raise AssertionError(f"{words} is not reached with Tab")


@contextmanager
def a_worker() -> Iterator[None]:
    """Does what is due, as a worker would, beside the browser."""
    end = threading.Event()

    def work() -> None:
        close_old_connections()
        try:
            while not end.wait(0.5):
                for run in Run.objects.for_workers().filter(state__in=[RunState.PLANNING, RunState.APPROVED]):
                    to_the_end(run)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()
