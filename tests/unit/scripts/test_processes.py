import os
import socket
import sys
import time

import psutil
import pytest

from scripts import ports
from scripts.processes import Processes


@pytest.fixture
def processes(tmp_path):
    made = Processes(tmp_path)
    yield made
    made.stop()


def wait_for(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_lines_carry_the_name(processes, capsys):
    processes.start("one", ["/bin/sh", "-c", "echo hello; echo trouble >&2"], os.environ)
    wait_for(processes.ended)
    processes.stop()
    assert capsys.readouterr().out == "one     | hello\none     | trouble\n"


def test_one_that_ends_by_itself_is_named(processes):
    processes.start("one", ["/bin/sh", "-c", "sleep 60"], os.environ)
    processes.start("two", ["/bin/sh", "-c", "exit 3"], os.environ)
    wait_for(processes.ended)
    assert processes.ended() == "two (status 3)"


def test_children_of_a_process_end_with_it(processes, tmp_path):
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    pid = tmp_path / "pid"
    processes.start("one", ["/bin/sh", "-c", f'{sys.executable} -c "{stubborn}" & echo $! > {pid}; wait'], os.environ)
    wait_for(lambda: pid.exists() and pid.read_text().endswith("\n"))
    processes.stop()
    wait_for(lambda: not _runs(int(pid.read_text())))
    assert not _runs(int(pid.read_text()))


def _runs(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_a_taken_port_is_passed_over():
    with socket.socket() as holder:
        holder.bind((ports.HOST, 0))
        holder.listen()
        taken = holder.getsockname()[1]
        assert not ports.is_free(taken)
        assert ports.preferred(taken) != taken
    assert ports.preferred(taken) == taken
