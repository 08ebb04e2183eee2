"""Records that take long to make are made once by each worker, by the real commands; for later tests they are put back.

What is put back is what was made, to the id and the microsecond: the rows of our apps, the keys of Valkey and the
records in OneFile; the random generators stand where making them has left them. It is only put back where everything
stands as it stood before it was made. Where a test had something of its own done first, all is made anew.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import factory.random
from django.apps import apps
from django.db import connection
from django.utils import timezone
from redis import Redis

from tests.sandbox_process import SandboxProcess

OURS = ("learners", "onefile_integration")
# Who looks at it, and goes with the user; and the time of the last call, which is that of each test's sign-in.
BESIDE = {"onefile_integration_licence", "onefile_integration_lastcall"}
SESSION = b":session"  # each test signs in for itself
Rows = dict[str, dict[Any, Any]]  # table -> key -> row
There = dict[str, list[dict[str, Any]]]


@dataclass
class World:
    """What stood before, and what making it has changed."""

    day: tuple[date, date]
    before: Rows
    there_before: There
    put: Rows
    gone: Rows
    there: There
    valkey: dict[bytes, tuple[int, bytes]]
    chance: tuple[Any, Any]


_worlds: dict[str, World] = {}


def kept(name: str, make: Callable[[], object], redis: Redis, onefile: SandboxProcess) -> bool:
    """Whether it was put back; otherwise ``make`` was called. It may set no switch and no fault in OneFile."""
    day, before, there_before = _day(), _rows(), onefile.state()
    world = _worlds.get(name)
    if world and (world.day, world.before, world.there_before) == (day, before, there_before):
        _put_back(world, redis, onefile)
        return True
    make()
    after, there = _rows(), onefile.state()
    assert all(_ids(rows) <= _ids(there[kind]) for kind, rows in there_before.items()), "kept() removes nothing there"
    _worlds[name] = World(
        day,
        before,
        there_before,
        put=_beyond(after, before, lambda row, other: row != other),
        gone=_beyond(before, after, lambda row, other: other is None),
        there={kind: [row for row in rows if row not in there_before[kind]] for kind, rows in there.items()},
        valkey={key: (max(redis.pttl(key), 0), redis.dump(key)) for key in _keys(redis)},
        chance=(random.getstate(), factory.random.get_random_state()),
    )
    return False


def _ids(rows: list[dict[str, Any]]) -> set[int]:
    return {row["ID"] for row in rows}


def _keys(redis: Redis) -> list[bytes]:
    return [key for key in redis.scan_iter() if not key.endswith(SESSION)]


def _day() -> tuple[date, date]:
    """Here and in UTC: what is of today must not be put back tomorrow."""
    return timezone.localdate(), datetime.now(UTC).date()


def _beyond(these: Rows, those: Rows, differ: Callable[[Any, Any], bool]) -> Rows:
    found = {
        table: {key: row for key, row in rows.items() if differ(row, those[table].get(key))}
        for table, rows in these.items()
    }
    return {table: rows for table, rows in found.items() if rows}


def _put_back(world: World, redis: Redis, onefile: SandboxProcess) -> None:
    _on_postgresql(world) if connection.vendor == "postgresql" else _on_sqlite(world)
    if any(world.there.values()):
        onefile.seed(**world.there)
    for key, (expires, value) in world.valkey.items():
        redis.restore(key, expires, value, replace=True)
    random.setstate(world.chance[0])
    factory.random.set_random_state(world.chance[1])


def _tables() -> dict[str, str]:
    """Table -> its key."""
    models = [model for app in OURS for model in apps.get_app_config(app).get_models(include_auto_created=True)]
    return {model._meta.db_table: model._meta.pk.column for model in models if model._meta.db_table not in BESIDE}


def _rows() -> Rows:
    found: Rows = {table: {} for table in _tables()}
    if connection.vendor == "sqlite":
        with _file() as cursor:
            for table, key in _tables().items():
                found[table] = {row[0]: row[1:] for row in cursor.execute(f'SELECT "{key}", * FROM "{table}"')}
        return found
    with connection.cursor() as cursor:
        selects = (f'''SELECT '{table}', t."{key}", t::text FROM "{table}" t''' for table, key in _tables().items())
        cursor.execute(" UNION ALL ".join(selects))
        for table, key, row in cursor.fetchall():
            found[table][key] = row
    return found


@contextmanager
def _file() -> Iterator[sqlite3.Cursor]:
    """Values as they stand in the file of SQLite; Django's own connection makes dates of them."""
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as file, file, closing(file.cursor()) as cursor:
        yield cursor


def _on_postgresql(world: World) -> None:
    """One statement for all: each row in the database's own writing."""
    parts, sent = ["BEGIN", "SET LOCAL session_replication_role = replica"], []
    for table, keys in _old(world).items():
        parts.append(f'DELETE FROM "{table}" WHERE "{_tables()[table]}" = ANY(%s)')
        sent.append(keys)
    for table, rows in world.put.items():
        parts.append(
            f'INSERT INTO "{table}" SELECT (r.w).* FROM (SELECT w::"{table}" w FROM unnest(%s::text[]) w OFFSET 0) r'
        )
        sent.append(list(rows.values()))
    with connection.cursor() as cursor:
        cursor.execute("; ".join([*parts, "COMMIT"]), sent)


def _on_sqlite(world: World) -> None:
    with _file() as cursor:
        for table, keys in _old(world).items():
            cursor.executemany(f'DELETE FROM "{table}" WHERE "{_tables()[table]}" = ?', [[key] for key in keys])
        for table, rows in world.put.items():
            marks = ", ".join("?" * len(next(iter(rows.values()))))
            cursor.executemany(f'INSERT INTO "{table}" VALUES ({marks})', list(rows.values()))


def _old(world: World) -> dict[str, list[Any]]:
    """The keys of the rows that are otherwise now, or gone."""
    changed = {table: [key for key in rows if key in world.before[table]] for table, rows in world.put.items()}
    return {
        table: [*changed.get(table, []), *world.gone.get(table, {})] for table in changed.keys() | world.gone.keys()
    }
