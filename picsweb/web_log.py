"""Gunicorn's lines go out as ours do: by itself it writes what an exception says, and the search in an address."""

import logging
import os
from typing import Any

from gunicorn.glogging import Logger

from picsweb import log


class WebLogger(Logger):
    def setup(self, cfg: Any) -> None:
        """Its main process never reads the settings; those that answer set the log up once more, by them."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        self.error_log.setLevel(logging.NOTSET)
        log.configure(os.environ.get("LOG_LEVEL", "INFO"))
