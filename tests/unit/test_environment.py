"""An environment name that settings.py reads is explained, and neither the tests nor the demo inherit it."""

import re

import pytest
from django.conf import settings

from scripts import demo
from tests import servers

MADE_AT_START = {"DATABASE_URL", "REDIS_URL"}


def names_read() -> set[str]:
    text = (settings.BASE_DIR / "picsweb" / "settings.py").read_text()
    return set(re.findall(r'\b(?:env(?:\.\w+)?|required)\(\s*"([A-Z_]+)"', text))


def defaults_of_the_procfile() -> dict[str, str]:
    return dict(re.findall(r"\$\{([A-Z_]+):-([^}]*)\}", (settings.BASE_DIR / "Procfile").read_text()))


def example(line: str) -> dict[str, str]:
    return dict(re.findall(line, (settings.BASE_DIR / ".env.example").read_text(), re.MULTILINE))


def test_the_example_explains_every_name_and_no_other():
    assert set(example("^([A-Z_]+)=(.*)$")) == names_read()


def test_the_example_has_the_defaults_of_the_procfile():
    """Not set there: systemd lets a file of the environment go before what the unit sets, which is beat's file."""
    assert len(defaults_of_the_procfile()) == 7
    assert example("^#([A-Z_]+)=(.*)$") == defaults_of_the_procfile()


def test_the_tests_set_every_name():
    assert names_read() == set(servers.ENVIRONMENT) | MADE_AT_START


@pytest.fixture
def demo_environment(tmp_path):
    class Store:
        def url(self):
            return "redis://127.0.0.1:1/0"

    kept = demo._kept_secrets(tmp_path / "env")
    return demo._environment(kept, Store(), 8000, 8001)


def test_the_demo_sets_every_name(demo_environment):
    assert names_read() | set(defaults_of_the_procfile()) <= set(demo_environment)


def test_the_demo_reaches_no_real_onefile(demo_environment):
    urls = {value for name, value in demo_environment.items() if re.fullmatch("ONEFILE_[A-Z]+_URL", name)}
    assert urls == {"http://127.0.0.1:8001/api/v2.1"}


def test_the_secrets_of_the_demo_are_made_once(tmp_path):
    first = demo._kept_secrets(tmp_path / "env")
    assert demo._kept_secrets(tmp_path / "env") == first
