"""Part of make lint: Django's own checks under the settings of a real installation, and no migration left unwritten."""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MIGRATIONS = ["makemigrations", "--check", "--dry-run"]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        ours = _production(Path(folder))
        sandbox = ours | {"DJANGO_SETTINGS_MODULE": "onefile_sandbox.settings", "ONEFILE_SANDBOX_DATA": folder}
        return (
            _manage(ours, "check", "--deploy", "--fail-level", "WARNING")
            or _manage(ours, *MIGRATIONS)
            or _manage(sandbox, *MIGRATIONS)
        )


def _production(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_ENCRYPTION_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "ALLOWED_HOSTS": "mis.provider.example",
        "CSRF_TRUSTED_ORIGINS": "https://mis.provider.example",
        "INSTALLATION": "check",
        "SECURE_BEHIND_TLS": "1",
        "LOG_LEVEL": "WARNING",
        "DATABASE_URL": f"sqlite:///{folder / 'check.sqlite3'}",
        "PYTHONWARNINGS": "",
    }


def _manage(environment: dict[str, str], *words: str) -> int:
    command = [sys.executable, "-m", "django", *words]
    return subprocess.run(  # noqa: S603 (our own words)
        command,
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "picsweb.settings"} | environment | {"PYTHONPATH": str(ROOT)},
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
