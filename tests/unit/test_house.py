"""The rules of the house that the test set-up itself enforces."""

import pytest
from django.template import Context, Template, engines
from django.template.base import Origin

from tests import skips


@pytest.mark.parametrize(
    ("reason", "in_ci", "fault"),
    [
        ("needs Chromium: apt-get install chromium", False, ""),
        ("needs Chromium: apt-get install chromium", True, "Nothing may be skipped here (CI=true)"),
        ("needs a OneFile: set ONEFILE_CONTRACT_URL", True, ""),
        ("flaky", False, 'A skip must name what is missing ("needs ...")'),
    ],
)
def test_a_skip_names_what_is_missing(reason, in_ci, fault):
    assert skips.fault_of(reason, in_ci=in_ci) == fault


def render(text: str, name: str) -> str:
    engine = engines["django"].engine
    return Template(text, origin=Origin(name), name=name, engine=engine).render(Context())


def test_a_variable_that_nobody_gave_fails_in_a_template_of_ours(settings):
    with pytest.raises(AssertionError, match=r"'nobody\.knows'"):
        render("{{ nobody.knows }}", str(settings.BASE_DIR / "templates" / "a.html"))


def test_it_may_be_asked_for(settings):
    assert render("{% if nobody %}x{% endif %}", str(settings.BASE_DIR / "templates" / "a.html")) == ""


def test_templates_of_libraries_are_let_be():
    assert render("{{ nobody.knows }}", "/usr/lib/python3/site-packages/library/a.html") == ""


def test_the_database_and_valkey_are_real(db, redis):
    from django.db import connection

    assert connection.vendor in ("postgresql", "sqlite")
    assert redis.ping()


def test_a_process_started_by_a_test_sees_the_same_records(process_environment):
    import subprocess
    import sys

    from django.contrib.auth import get_user_model
    from django.db import connection

    get_user_model().objects.create_user("seen")
    count = "from django.contrib.auth import get_user_model as g; print(g().objects.get().username)"
    command = [sys.executable, "-c", f"import django; django.setup(); {count}"]
    environment = process_environment(DJANGO_SETTINGS_MODULE="picsweb.settings")
    assert subprocess.check_output(command, env=environment, text=True).strip() == "seen"
    assert connection.settings_dict["NAME"].split("/")[-1].startswith("test")
