"""make demo: the whole system on this machine, with made-up data and a OneFile to practise on.

All of it lives in var/demo and is kept for the next time. Nothing listens beyond this machine, and none of the three
OneFile environments leads to the real one.
"""

from __future__ import annotations

import base64
import fcntl
import os
import secrets
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO
from urllib.parse import quote

from honcho.environ import parse_procfile

from scripts import ports, valkey
from scripts.processes import Processes, say

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "var" / "demo"
WEB_PORT, ONEFILE_PORT = 8000, 8001
START_SECONDS = 60.0
PASSWORD = "picsweb-demo"  # noqa: S105 (printed for everyone to read; it guards made-up people on a loopback address)
LOGINS = {
    "viewer": "looks at everything, changes nothing",
    "staff": "works with learners, reviews and OneFile",
    "manager": "also sees sensitive data, brings files in and answers access requests",
    "administrator": "does everything: sets up the integration and the accounts, erases learners",
}
# With what _environment adds, every name that an installation may set: a .env for something else does not reach in.
ALWAYS = {
    "DEBUG": "0",
    "ALLOWED_HOSTS": f"{ports.HOST},localhost",
    "CSRF_TRUSTED_ORIGINS": "",
    "SECURE_BEHIND_TLS": "0",
    "INSTALLATION": "demo",
    "LOG_LEVEL": "WARNING",
    "EMAIL_URL": f"filemail:///{quote(str(HOME / 'mails'))}",
    "DEFAULT_FROM_EMAIL": "picsweb@demo.example",
    "DATABASE_URL": f"sqlite:///{HOME / 'picsweb.sqlite3'}",
    "ONEFILE_CALLS_PER_MINUTE": "300",
    "ONEFILE_WINDOW_SECONDS": "60",
    "ONEFILE_TIMEOUT_SECONDS": "30",
    "ONEFILE_SETTLE_SECONDS": "300",
    "ONEFILE_LEASE_SECONDS": "300",
    "ONEFILE_LICENCES": "0",
    "JOURNAL_MONTHS": "36",
    "DEMO_PASSWORD": PASSWORD,
    "BIND": ports.HOST,
    "WEB_WORKERS": "1",
    "WEB_THREADS": "8",
    "PEOPLE_WORKERS": "2",
    "NIGHT_WORKERS": "2",
    "BEAT_FILE": str(HOME / "beat"),
    "PYTHONUNBUFFERED": "1",
    "PYTHONWARNINGS": "ignore:You're running the worker with superuser",  # said at length; harmless in a demo
}
stopping = threading.Event()


class Failed(Exception):
    """The demo cannot start or go on, for the reason given."""


def main() -> int:
    _listen_for_the_end()
    HOME.mkdir(parents=True, exist_ok=True)
    try:
        with _only_one(HOME / "lock"), valkey.running(HOME) as store:
            _run(store)
    except (Failed, valkey.ValkeyFailed) as failure:
        say(f"make demo: {failure}")
        return 1
    say("Everything has ended. The data is kept in var/demo for the next time.")
    return 0


def _listen_for_the_end() -> None:
    signals = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup wants it ignored
        signals.append(signal.SIGHUP)
    for number in signals:
        signal.signal(number, _stop)
    threading.Thread(target=_end_without_parent, args=(os.getppid(),), daemon=True).start()


def _stop(number: int, frame: FrameType | None) -> None:
    stopping.set()


def _end_without_parent(parent: int) -> None:
    """Whoever started us (make) may be killed without a chance to tell us."""
    while not stopping.wait(0.5):
        if os.getppid() != parent:
            stopping.set()


@contextmanager
def _only_one(path: Path) -> Iterator[IO[str]]:
    """Two demos on the same data would spoil it for each other."""
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Failed("it runs already on this data (var/demo). End that one first.") from None
        yield lock


def _run(store: valkey.Valkey) -> None:
    web, onefile = _port(WEB_PORT, "the web"), _port(ONEFILE_PORT, "the OneFile sandbox")
    kept = _kept_secrets(HOME / "env")
    environment = _environment(kept, store, web, onefile)
    sandbox, ours = Processes(ROOT), Processes(ROOT)
    try:
        sandbox.start("onefile", _sandbox_command(onefile, kept), environment)
        _prepare(environment, sandbox)
        for name, command in parse_procfile((ROOT / "Procfile").read_text()).processes.items():
            ours.start(name, ["/bin/sh", "-c", f"exec {command}"], environment)
        _wait_for(f"http://{ports.HOST}:{web}/sign-in/", ours, sandbox)
        if not stopping.is_set():
            say(_welcome(web, onefile))
        _watch(ours, sandbox)
    finally:
        say("Ending ...")
        ours.stop()
        sandbox.stop()


def _port(wanted: int, whose: str) -> int:
    port = ports.preferred(wanted)
    if port != wanted:
        say(f"Port {wanted} is taken: {whose} gets {port}.")
    return port


def _kept_secrets(path: Path) -> dict[str, str]:
    """Made once: with other keys the tokens in the kept database could not be read."""
    if not path.exists():
        made = {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "FIELD_ENCRYPTION_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "DEMO_ONEFILE_TOKEN": secrets.token_hex(16),
        }
        path.touch(mode=0o600)
        path.write_text("".join(f"{name}={value}\n" for name, value in made.items()))
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


def _environment(kept: dict[str, str], store: valkey.Valkey, web: int, onefile: int) -> dict[str, str]:
    practice = f"http://{ports.HOST}:{onefile}/api/v2.1"
    return {
        **os.environ,
        **kept,
        **ALWAYS,
        **{f"ONEFILE_{name}_URL": practice for name in ("PRACTICE", "BETA", "LIVE")},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PORT": str(web),
        "SITE_URL": f"http://{ports.HOST}:{web}",
        "REDIS_URL": store.url(),
    }


def _sandbox_command(port: int, kept: dict[str, str]) -> list[str]:
    data = HOME / "onefile"
    data.mkdir(exist_ok=True)
    where = ["--port", str(port), "--data", str(data)]
    return [sys.executable, "-m", "onefile_sandbox", *where, "--seed", "demo", "--token", kept["DEMO_ONEFILE_TOKEN"]]


def _prepare(environment: dict[str, str], sandbox: Processes) -> None:
    _manage(environment, "migrate", "--no-input", "--verbosity", "0")
    _manage(environment, "collectstatic", "--no-input", "--verbosity", "0")
    filled = HOME / "filled"
    if filled.exists() or stopping.is_set() or not any(ROOT.glob("*/management/commands/demo_data.py")):
        return
    _wait_for(f"{environment['ONEFILE_PRACTICE_URL'].removesuffix('/api/v2.1')}/admin/login/", sandbox)
    _manage(environment, "demo_data")
    if not stopping.is_set():
        filled.touch()


def _manage(environment: dict[str, str], *words: str) -> None:
    if stopping.is_set():
        return
    say(f"manage.py {words[0]} ...")
    step = Processes(ROOT)
    step.start(words[0], [sys.executable, "manage.py", *words], environment)
    while not (ended := step.ended()) and not stopping.wait(0.05):
        pass
    step.stop()
    if ended and "(status 0)" not in ended:
        raise Failed(f"manage.py {ended} failed; the lines above say why.")


def _wait_for(address: str, *groups: Processes) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not stopping.is_set() and not _answers(address):
        _fail_where_one_ended(*groups)
        if time.monotonic() > deadline:
            raise Failed(f"{address} did not answer within {START_SECONDS:.0f} seconds.")
        stopping.wait(0.2)


def _answers(address: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _fail_where_one_ended(*groups: Processes) -> None:
    for group in groups:
        if ended := group.ended():
            raise Failed(f"{ended} ended by itself; the lines above say why.")


def _watch(*groups: Processes) -> None:
    """Until we are told to end, or one of them ends."""
    while not stopping.wait(0.3):
        _fail_where_one_ended(*groups)


def _welcome(web: int, onefile: int) -> str:
    lines = [
        f"The MIS       http://{ports.HOST}:{web}/",
        *(f"              {name} / {PASSWORD}   {what}" for name, what in LOGINS.items()),
        f"OneFile       http://{ports.HOST}:{onefile}/admin/   onefile / onefile   (the sandbox, seen by an assessor)",
        "Mails         var/demo/mails   (alerts are written there as files; none is sent)",
        "End           Ctrl-C; the data is kept in var/demo (make clean removes it)",
    ]
    rule = "=" * max(len(line) for line in lines)
    return "\n".join(["", rule, *lines, rule, ""])


if __name__ == "__main__":
    sys.exit(main())
