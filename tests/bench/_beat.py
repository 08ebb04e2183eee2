"""Beat with a second between its ticks, so that a bench need not wait for the real one's fifteen."""

from __future__ import annotations

import os
import time
from contextlib import suppress

import django
from django.db import DatabaseError, close_old_connections
from redis.exceptions import RedisError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "picsweb.settings")
    django.setup()
    from onefile_integration.tasks import tick

    while True:
        close_old_connections()
        with suppress(DatabaseError, RedisError):  # they are away just now
            tick()
        time.sleep(1)


if __name__ == "__main__":
    main()
