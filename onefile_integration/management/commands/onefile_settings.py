from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from learners.actor import Actor
from onefile_integration.api.errors import SettingsError
from onefile_integration.exchange import configuration, switching
from onefile_integration.models import Settings
from onefile_integration.rules.settings import BadSetting
from picsweb.commands import JsonCommand, Refused, Result

LONGEST_TOKEN = 10_000


class Command(JsonCommand):
    help = (
        "Show the OneFile settings, or change some: KEY=VALUE. The token: customer_token=@FILE or @- (standard input)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pairs", nargs="*", metavar="KEY=VALUE")

    def run(self, options: dict[str, Any]) -> Result:
        texts = dict(_pair(text) for text in options["pairs"])
        token = _token(texts.pop("customer_token")) if "customer_token" in texts else None
        before = Settings.objects.current().environment
        if texts or token is not None:
            self._change(texts, token)
        settings = Settings.objects.current()
        said = switching.told(before, settings.environment) if settings.environment != before else []
        values = configuration.as_words(settings)
        fault = configuration.fault(settings)
        text = "\n".join(f"{key}={'' if value is None else value}" for key, value in values.items())
        return Result(data=values, text=text, messages=[*said, *([f"Fault: {fault}"] if fault else [])])

    def _change(self, texts: dict[str, str], token: str | None) -> None:
        try:
            configuration.change(texts, token=token, by=Actor.command())
        except (BadSetting, SettingsError) as why:
            raise Refused(f"Nothing was changed. {why}") from None


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise Refused(f"{text!r} is not KEY=VALUE.")
    return key.strip(), value


def _token(where: str) -> str:
    """A token on the command line would stand in every process list."""
    if not where.startswith("@"):
        raise Refused("customer_token is read from a file or standard input: customer_token=@FILE or customer_token=@-")
    try:
        return sys.stdin.read(LONGEST_TOKEN) if where == "@-" else Path(where[1:]).read_text()[:LONGEST_TOKEN]
    except (OSError, UnicodeDecodeError):
        raise Refused(f"The file {where[1:]} cannot be read.") from None
