"""Starts the OneFile sandbox as a real process over a real socket, for any test that needs a OneFile."""

import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from queue import Empty, Queue
from typing import Any, Self

import requests

ROOT = Path(__file__).resolve().parent.parent


class SandboxProcess:
    """`with SandboxProcess() as onefile:` or start() and stop(); without `data` in a folder of its own."""

    def __init__(
        self,
        seed: str = "empty",
        token: str = "test-customer-token",
        limit: int = 100_000,
        window: float = 60.0,
        data: Path | None = None,
    ) -> None:
        self.seed_name, self.token, self.limit, self.window = seed, token, limit, window
        self._own = None if data else tempfile.TemporaryDirectory(prefix="onefile-", ignore_cleanup_errors=True)
        self.data = data or Path(self._own.name if self._own else "")
        self.process: subprocess.Popen[str] | None = None
        self.base_url = self.root_url = ""
        self._http = requests.Session()
        self._http.trust_env = False

    def start(self, port: int = 0, timeout: float = 60.0) -> Self:
        arguments = ["--port", str(port), "--data", str(self.data), "--token", self.token]
        arguments += ["--seed", self.seed_name, "--limit", str(self.limit), "--window", str(self.window)]
        environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
        with (self.data / "stderr.log").open("a") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "onefile_sandbox", *arguments],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self.base_url = self._first_line(timeout).split(" on ")[1].strip()
        self.root_url = self.base_url.removesuffix("/api/v2.1")
        return self

    def _first_line(self, timeout: float) -> str:
        lines: Queue[str] = Queue()
        assert self.process is not None and self.process.stdout is not None
        reader = self.process.stdout
        threading.Thread(target=lambda: lines.put(reader.readline()), daemon=True).start()
        try:
            line = lines.get(timeout=timeout)
        except Empty:
            line = ""
        if " on " not in line:
            self._end()
            raise RuntimeError(f"the sandbox did not start: {(self.data / 'stderr.log').read_text()[-2000:]}")
        return line

    def stop(self) -> None:
        """Ends the process; its data stays for a next start() until the object is closed."""
        self._http.close()
        self._end()

    def _end(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        self.process = None

    def restart(self) -> Self:
        """Ended and started again at the same address, with its data."""
        port = int(self.root_url.rsplit(":", 1)[1])
        self.stop()
        return self.start(port)

    def close(self) -> None:
        self.stop()
        if self._own:
            self._own.cleanup()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.close()

    # ---- the control API

    def control(self, method: str, name: str, sent: Any = None, **params: Any) -> Any:
        body = (sent or {}) if method == "POST" else None
        address = f"{self.root_url}/control/{name}"
        answer = self._http.request(method, address, params=params, json=body, timeout=120)
        if answer.status_code != 200:
            raise ValueError(answer.text)
        return answer.json()

    def reset(self, seed: str = "empty") -> None:
        """An empty customer (or the demo one), default switches, no faults, a fresh window."""
        self.control("POST", "reset", {"seed": seed})

    def seed(self, **kinds: list[dict[str, Any]]) -> dict[str, list[int]]:
        """seed(users=[{...}], aims=[...]): members by their API names; answers the ids."""
        ids: dict[str, list[int]] = self.control("POST", "seed", kinds)
        return ids

    def edit(self, kind: str, pk: int, touch: bool = True, **fields: Any) -> None:
        """As an assessor would; touch=False leaves LastModified alone."""
        self.control("POST", "edit", {"kind": kind, "id": pk, "fields": fields, "touch": touch})

    def remove(self, kind: str, pk: int) -> bool:
        return bool(self.control("POST", "remove", {"kind": kind, "id": pk})["removed"])

    def switches(self, **changes: Any) -> dict[str, Any]:
        """Sets the switches given (None = default) and answers all of them."""
        answer: dict[str, Any] = self.control("POST" if changes else "GET", "switches", changes or None)
        return answer

    def fault(self, action: str, path: str = ".", method: str = "*", **options: Any) -> int:
        rule = {"action": action, "path": path, "method": method, **options}
        return int(self.control("POST", "faults", rule)["ids"][0])

    def faults(self) -> list[dict[str, Any]]:
        rules: list[dict[str, Any]] = self.control("GET", "faults")
        return rules

    def clear_faults(self) -> None:
        self.control("DELETE", "faults")

    def state(self) -> dict[str, list[dict[str, Any]]]:
        state: dict[str, list[dict[str, Any]]] = self.control("GET", "state")
        return state

    def calls(self, since: int = 0) -> list[dict[str, Any]]:
        calls: list[dict[str, Any]] = self.control("GET", "calls", since=since)
        return calls

    def clear_calls(self) -> None:
        self.control("DELETE", "calls")

    def set_limit(self, limit: int | None = None, window: float | None = None) -> None:
        figures = {"limit": limit, "window": window}
        self.control("POST", "limit", {k: v for k, v in figures.items() if v is not None})

    def end_sessions(self) -> int:
        return int(self.control("POST", "end-sessions")["ended"])

    def late_writes(self) -> int:
        return int(self.control("GET", "late")["waiting"])

    def land_late(self) -> int:
        """Lets the late writes land now instead of waiting for them."""
        return int(self.control("POST", "late")["landed"])

    # ---- the API itself, for what a test wants to say or see directly

    def session(self) -> requests.Session:
        """Signed in; call it with `.url("User/1")`-style addresses of `url`."""
        http = requests.Session()
        http.trust_env = False
        answer = http.post(self.url("Authentication"), headers={"X-CustomerToken": self.token}, timeout=30)
        answer.raise_for_status()
        http.headers["X-TokenID"] = answer.text.strip().strip('"')
        return http

    def url(self, path: str) -> str:
        return f"{self.base_url}/{path}"
