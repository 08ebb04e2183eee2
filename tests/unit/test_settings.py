"""What settings.py makes of an environment, each time in a Python of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sandbox_process import ROOT
from tests.servers import ENVIRONMENT


def run(code: str, folder: Path = ROOT, **changes: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **ENVIRONMENT, **changes, "DJANGO_SETTINGS_MODULE": "picsweb.settings"}
    command = [sys.executable, "-c", f"from django.conf import settings; {code}"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def said(code: str, folder: Path = ROOT, **changes: str) -> str:
    done = run(f"print({code})", folder, **changes)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def refusal(**changes: str) -> str:
    """Its last line, as whoever starts a process reads it."""
    done = run("settings.DEBUG", **changes)
    assert done.returncode == 1
    return done.stderr.strip().splitlines()[-1]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "picsweb", tmp_path / "picsweb")
    return tmp_path


def test_a_fresh_clone_gets_its_folder_for_data(clone: Path) -> None:
    run("settings.DEBUG", clone)
    assert (clone / "var").is_dir()


def test_where_it_cannot_be_made_the_settings_are_read_all_the_same(clone: Path) -> None:
    (clone / "var").touch()
    assert run("settings.DEBUG", clone).returncode == 0


REQUIRED = ["SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "INSTALLATION"]


@pytest.mark.parametrize("name", REQUIRED)
def test_what_production_needs_is_named_where_it_is_blank(name: str) -> None:
    assert f"Set {name} in the environment" in refusal(**{name: ""})


def test_a_developer_needs_none_of_them(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in REQUIRED:
        monkeypatch.delitem(ENVIRONMENT, name)
    assert said("settings.INSTALLATION", clone, DEBUG="1") == "development"


@pytest.mark.parametrize("second", ["build", "é"])
def test_a_key_that_is_none_is_counted_and_not_repeated(second: str) -> None:
    said_of_it = refusal(FIELD_ENCRYPTION_KEYS=f"{ENVIRONMENT['FIELD_ENCRYPTION_KEYS']}, {second}")
    assert "FIELD_ENCRYPTION_KEYS: key 2 is no Fernet key" in said_of_it
    assert "Fernet.generate_key()" in said_of_it
    assert second not in said_of_it


def test_a_comma_too_many_is_told() -> None:
    assert "key 2 is no" in refusal(FIELD_ENCRYPTION_KEYS=f"{ENVIRONMENT['FIELD_ENCRYPTION_KEYS']},")


def test_browsers_are_told_of_this_name_only() -> None:
    """Other names of the provider are not ours to put behind TLS."""
    hsts = "[getattr(settings, f'SECURE_HSTS_{name}') for name in ('SECONDS', 'INCLUDE_SUBDOMAINS', 'PRELOAD')]"
    assert said(hsts, SECURE_BEHIND_TLS="1") == "[31536000, False, False]"
    assert said(hsts, SECURE_BEHIND_TLS="0") == "[0, False, False]"


BROKER = "__import__('picsweb').celery_app.connection_for_write().ssl"


@pytest.mark.parametrize(
    ("url", "verified"),
    [
        ("rediss://valkey.provider.example:6380/0", "{'ssl_cert_reqs': <VerifyMode.CERT_REQUIRED: 2>}"),
        # Redis' client verifies where the address does not say otherwise; kombu hands on what it says.
        ("rediss://valkey.provider.example/0?ssl_ca_certs=/etc/ca.pem", "{'ssl_ca_certs': '/etc/ca.pem'}"),
        ("redis://valkey.provider.example:6379/0", "False"),
    ],
)
def test_the_certificate_of_the_broker_is_verified(url: str, verified: str) -> None:
    assert said(BROKER, REDIS_URL=url) == verified
