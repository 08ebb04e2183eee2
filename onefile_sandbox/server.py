"""A threaded server on Django's own handler, with the connection in reach of the faults."""

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from django.core.servers.basehttp import ServerHandler, ThreadedWSGIServer, WSGIRequestHandler

from onefile_sandbox import actions


class Handler(WSGIRequestHandler):
    cut = False
    timeout = 120  # an idle connection is let go
    disable_nagle_algorithm = True  # head and body are two packets

    def get_environ(self) -> dict[str, Any]:
        return super().get_environ() | {"sandbox.handler": self}

    def log_message(self, format: str, *args: Any) -> None:
        """The call log has it."""

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

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
    """Serves until SIGTERM or SIGINT, then lets the write in hand finish."""
    server = Server((host, port), Handler, ipv6=":" in host)
    server.set_app(app)

    def stop(signum: int, frame: FrameType | None) -> None:
        actions.STOPPING.set()
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    announce(server.server_address[1])
    server.serve_forever(poll_interval=0.1)
    server.server_close()
