"""The Customer Token at rest."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest
from cryptography.fernet import Fernet

from onefile_integration.exchange import configuration, connection
from onefile_integration.exchange.connection import NotReady
from onefile_integration.models import Token
from tests.integration.onefile.conftest import BY

TOKEN = "3f1c6a52-0b1e-4d0e-9c55-aa12bb34cc56"


def test_the_handbook_s_lines_seal_every_token_anew(db: None, settings: Any) -> None:
    for environment in ("practice", "live"):
        configuration.set_token(TOKEN, environment=environment, by=BY)
    new = Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [new, *settings.FIELD_ENCRYPTION_KEYS]

    handbook = (settings.BASE_DIR / "docs" / "operations.md").read_text()
    exec(textwrap.dedent(handbook.partition("manage shell <<'END'\n")[2].partition("  END\n")[0]), {})

    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert [connection.token_of(environment) for environment in ("practice", "live")] == [TOKEN, TOKEN]


def test_the_token_is_sealed(db: None, settings: Any) -> None:
    """It is read with the key that sealed it, wherever in the list that stands, and without it is asked for anew."""
    configuration.change({}, token=TOKEN, by=BY)
    row = Token.objects.get()
    assert TOKEN.encode() not in bytes(row.ciphertext)
    old, new = settings.FIELD_ENCRYPTION_KEYS[0], Fernet.generate_key().decode()

    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    assert connection.token_of("practice") == TOKEN

    settings.FIELD_ENCRYPTION_KEYS = [new]
    with pytest.raises(NotReady, match="anew"):
        connection.token_of("practice")
