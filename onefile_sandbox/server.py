"""A threaded server on Django's own handler, with the connection in reach of the faults."""

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from django.core.servers.basehttp import ServerHandler, ThreadedWSGIServer, WSGIRequestHandler

from onefile_sandbox import actions, calls


class InHand:
    """Calls that came in and are not answered yet."""

    def __init__(self) -> None:
        self._calls, self._changed = 0, threading.Condition()

    def add(self, calls: int) -> None:
        with self._changed:
            self._calls += calls
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: not self._calls, seconds)


in_hand = InHand()
ENDED = threading.Event()


class Handler(WSGIRequestHandler):
    cut = False
    began = False
    timeout = 900  # an idle connection is let go
    disable_nagle_algorithm = True  # head and body are two packets

    def get_environ(self) -> dict[str, Any]:
        self.began = True
        in_hand.add(1)
        return super().get_environ() | {"sandbox.handler": self}

    def log_message(self, format: str, *args: Any) -> None:
        """The call log has it."""

    def handle_one_request(self) -> None:
        self.began = False
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        finally:
            if self.began:
                in_hand.add(-1)

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:
            if not self.cut:
                raise


ServerHandler.log_exception = lambda self, exc_info: None  # type: ignore[method-assign]


class Server(ThreadedWSGIServer):
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


def start(host: str, port: int, app: Any, announce: Callable[[int], None]) -> None:
    """Serves until SIGTERM or SIGINT, then answers what is in hand."""
    server = Server((host, port), Handler, ipv6=":" in host)
    server.set_app(app)

    def stop(signum: int, frame: FrameType | None) -> None:
        actions.STOPPING.set()
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    keeper = threading.Thread(target=calls.keep_flushing, args=(ENDED,))
    keeper.start()
    announce(server.server_address[1])
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    in_hand.wait(5)
    ENDED.set()
    keeper.join()
