"""Accounts: made, changed, given a password, unlocked; and what ends a session."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from picsweb.accounts import services, wrong_passwords
from picsweb.accounts.signing_in import POLLING, SEEN, client_address
from picsweb.log import without_secrets
from picsweb.permissions import DATABASE_ADMINISTRATOR, STAFF, VIEWER

pytestmark = pytest.mark.django_db
LIST = "/users/"
PASSWORD, ANOTHER = "a long pass", "another longer one"
NEW = {"username": "bea", "first_name": "Bea", "last_name": "Brandt"}


def group(name: str) -> Group:
    return Group.objects.get(name=name)


def user(name: str, *groups: str, **values: Any) -> User:
    made = User.objects.create_user(name, password=PASSWORD, **values)
    made.groups.set([group(each) for each in groups])
    return made


def address(verb: str, of: User) -> str:
    return reverse(f"accounts:user-{verb}", args=[of.pk])


def signed_in(who: User) -> Client:
    client = Client()
    client.force_login(who)
    return client


@pytest.fixture
def chief() -> User:
    return user("chief", DATABASE_ADMINISTRATOR)


@pytest.fixture
def desk(chief: User) -> Client:
    return signed_in(chief)


def test_a_person_is_invited_and_sets_a_password_once(desk: Client) -> None:
    answer = desk.post("/users/new/", NEW | {"member_of": [group(STAFF).pk]})
    link = re.search(r'value="http://testserver(/password/set/[^"]+)"', answer.text)
    assert link and answer["Cache-Control"] == "no-store"
    bea = User.objects.get(username="bea")
    assert not bea.has_usable_password()
    assert "No password yet" in desk.get(LIST).text

    stranger = Client()
    form = stranger.get(link[1], follow=True)
    where = form.redirect_chain[-1][0]
    assert "This password is too short" in stranger.post(where, {"new_password1": "x", "new_password2": "x"}).text
    done = stranger.post(
        where, {"new_password1": "another longer one", "new_password2": "another longer one"}, follow=True
    )
    assert "Your password is set" in done.text
    assert stranger.post("/sign-in/", {"username": "bea", "password": "another longer one"}).status_code == 302
    assert "cannot be used" in Client().get(link[1], follow=True).text


@pytest.mark.parametrize("password", ["elevenchars", "1234567891011", "password1234", "the-bea-of-it"])
def test_a_password_is_neither_short_nor_common_nor_the_name(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, User(username="the-bea-of-it"))


def test_an_account_is_changed(desk: Client) -> None:
    bea = user("bea", STAFF)
    values = {"first_name": "Bea", "last_name": "Lane", "member_of": [group(VIEWER).pk], "is_active": "on"}
    assert desk.post(address("edit", bea), values).url == LIST
    bea.refresh_from_db()
    assert (bea.get_full_name(), [each.name for each in bea.groups.all()]) == ("Bea Lane", [VIEWER])
    said = "by chief: Changed first name from blank to Bea; last name from blank to Lane; groups from Staff to Viewer."
    assert said in desk.get(address("edit", bea)).text


def test_what_an_account_was_and_became_is_noted(desk: Client) -> None:
    bea = user("bea", STAFF, VIEWER)
    desk.post(address("edit", bea), {"is_staff": "on"})
    assert services.notes_of(bea)[0].change_message == (
        "Changed may open the Django admin from no to yes; active from yes to no; groups from Staff, Viewer to none."
    )
    desk.post("/users/new/", NEW | {"username": "cai", "member_of": [group(STAFF).pk], "is_staff": "on"})
    cai = User.objects.get(username="cai")
    assert services.notes_of(cai)[0].change_message == (
        "Created: first name Bea; last name Brandt; may open the Django admin yes; groups Staff."
    )


def test_a_name_is_taken_once_whatever_its_case(desk: Client) -> None:
    user("Bea")
    assert "There is an account of this name already." in desk.post("/users/new/", NEW).text
    assert User.objects.count() == 2


def test_who_is_deactivated_is_out_at_once(desk: Client) -> None:
    bea = user("bea", STAFF)
    client = signed_in(bea)
    assert client.get("/learners/").status_code == 200
    desk.post(address("edit", bea), {"member_of": [group(STAFF).pk]})
    assert client.get("/learners/").status_code == 302
    assert client.post("/sign-in/", {"username": "bea", "password": PASSWORD}).status_code == 200
    assert "Inactive" in desk.get(LIST).text


def test_a_password_taken_away_ends_every_session(desk: Client) -> None:
    bea = user("bea", STAFF)
    client = signed_in(bea)
    assert client.get("/learners/").status_code == 200
    assert "/password/set/" in desk.post(address("password", bea)).text
    assert client.get("/learners/").status_code == 302
    assert client.post("/sign-in/", {"username": "bea", "password": PASSWORD}).status_code == 200


def test_ones_own_new_password_ends_the_other_sessions_only() -> None:
    bea = user("bea", STAFF)
    here, elsewhere = signed_in(bea), signed_in(bea)
    here.post("/password/", {"old_password": PASSWORD, "new_password1": ANOTHER, "new_password2": ANOTHER})
    assert (here.get("/learners/").status_code, elsewhere.get("/learners/").status_code) == (200, 302)


# Nobody shuts the last door


def test_nobody_deactivates_himself(desk: Client, chief: User) -> None:
    user("second", DATABASE_ADMINISTRATOR)
    values = {"member_of": [group(DATABASE_ADMINISTRATOR).pk]}
    assert "You cannot deactivate your own account" in desk.post(address("edit", chief), values).text
    assert "Change password" in desk.post(address("password", chief)).text
    chief.refresh_from_db()
    assert chief.is_active and chief.has_usable_password()


def test_the_last_administrator_stays_one(desk: Client, chief: User) -> None:
    user("former", DATABASE_ADMINISTRATOR, is_active=False)
    values = {"is_active": "on", "member_of": [group(STAFF).pk]}
    assert "Nobody would be left" in desk.post(address("edit", chief), values).text
    assert chief.groups.get().name == DATABASE_ADMINISTRATOR
    user("second", DATABASE_ADMINISTRATOR)
    assert desk.post(address("edit", chief), values).status_code == 302


def test_a_superuser_is_changed_by_superusers_only(desk: Client) -> None:
    root = User.objects.create_superuser("root", password=PASSWORD)
    assert "only a superuser" in desk.post(address("password", root)).text
    assert "only a superuser" in desk.post(address("edit", root), {"is_active": "on"}).text
    root.refresh_from_db()
    assert root.check_password(PASSWORD)
    other = User.objects.create_superuser("other")
    services.update(root, groups=[], is_active=False, by=other)
    with pytest.raises(ValidationError, match="your own account"):
        services.update(other, groups=[], is_active=False, by=other)


def test_the_django_admin_shows_accounts_and_changes_none(chief: User) -> None:
    User.objects.filter(pk=chief.pk).update(is_staff=True)
    client = signed_in(chief)
    change = reverse("admin:auth_user_change", args=[chief.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, {"is_superuser": "on"}).status_code == 403
    assert client.get(reverse("admin:auth_group_changelist")).status_code == 403


# The list


def test_the_list_is_searched_narrowed_and_sorted(desk: Client) -> None:
    user("bea", STAFF, first_name="Bea")
    user("cai", VIEWER, last_name="Lane", last_login=timezone.now() - timedelta(days=1))
    assert usernames(desk, q="lane") == ["cai"]
    assert usernames(desk, group=group(STAFF).pk) == ["bea"]
    assert usernames(desk, state="Active", sort="-username") == ["chief", "cai", "bea"]
    assert usernames(desk, sort="groups") == ["chief", "bea", "cai"]
    assert "No users match" in desk.get(LIST, {"q": "nobody"}).text
    assert "<th" in (text := desk.get(LIST).text) and "OneFile licence" in text


def usernames(client: Client, **query: Any) -> list[str]:
    table = client.get(LIST, query).context["table"]
    return [row.record.username for row in table.paginated_rows]


def test_the_list_asks_the_same_number_of_times(desk: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(LIST).status_code == 200
        return len(captured)

    user("bea", STAFF)
    queries()
    few = queries()
    for number in range(20):
        user(f"user-{number}", STAFF, VIEWER)
    assert queries() == few


# Wrong passwords


def try_in(name: str, password: str, ip: str = "192.0.2.1", **headers: str) -> Any:
    return Client().post("/sign-in/", {"username": name, "password": password}, REMOTE_ADDR=ip, headers=headers)


def test_five_wrong_passwords_lock_that_name_from_that_address(desk: Client) -> None:
    for name in ("bea", "cai"):
        user(name, STAFF)
    assert [try_in("bea", "wrong").status_code for _ in range(5)] == [200, 200, 200, 200, 429]
    locked = try_in("bea", PASSWORD)
    assert locked.status_code == 429 and "15 minutes" in locked.text
    assert try_in("cai", PASSWORD).status_code == 302
    assert try_in("bea", PASSWORD, ip="192.0.2.2").status_code == 302, "elsewhere nobody is locked out by a stranger"


def test_an_administrator_unlocks(desk: Client) -> None:
    bea = user("bea", STAFF)
    for _ in range(5):
        try_in("bea", "wrong")
    assert usernames(desk, state="Locked") == ["bea"]
    assert f'href="{address("unlock", bea)}"' in desk.get(LIST).text
    desk.post(address("unlock", bea))
    assert usernames(desk, state="Locked") == []
    assert try_in("bea", PASSWORD).status_code == 302


@pytest.mark.parametrize(
    ("behind_proxy", "forwarded", "address"),
    [
        (False, "203.0.113.9", "192.0.2.1"),
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (True, "2001:db8::7", "2001:db8::7"),
        (True, "unknown", "192.0.2.1"),
        (True, "", "192.0.2.1"),
    ],
)
def test_whose_wrong_passwords_are_counted(behind_proxy: bool, forwarded: str, address: str, settings: Any) -> None:
    settings.SECURE_BEHIND_TLS = behind_proxy
    asked = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", headers={"x-forwarded-for": forwarded})
    assert client_address(asked) == address


def test_an_invented_address_does_not_get_around_it(settings: Any) -> None:
    settings.SECURE_BEHIND_TLS = True
    user("bea", STAFF)
    answers = [try_in("bea", "wrong", **{"x-forwarded-for": f"10.0.0.{n}, 203.0.113.9"}) for n in range(5)]
    assert answers[-1].status_code == 429


def test_a_network_of_many_addresses_is_one_place(settings: Any) -> None:
    settings.SECURE_BEHIND_TLS = True
    user("bea", STAFF)
    answers = [try_in("bea", "wrong", **{"x-forwarded-for": f"2001:db8:0:7:{n}::1"}) for n in range(5)]
    assert answers[-1].status_code == 429
    assert try_in("bea", PASSWORD, **{"x-forwarded-for": "2001:db8:0:8::1"}).status_code == 302


def test_one_name_tried_from_everywhere_is_closed_but_at_its_own_desk(desk: Client) -> None:
    bea = user("bea", STAFF)
    assert try_in("bea", PASSWORD, ip="198.51.100.7").status_code == 302
    for number in range(wrong_passwords.OF_A_NAME):
        assert usernames(desk, state="Locked") == []
        try_in("bea", "wrong", ip=f"203.0.113.{number}")
    assert usernames(desk, state="Locked") == ["bea"]
    assert try_in("bea", PASSWORD, ip="203.0.113.200").status_code == 429
    assert try_in("bea", PASSWORD, ip="198.51.100.7").status_code == 302
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert try_in("bea", PASSWORD, ip="203.0.113.200").status_code == 302
    desk.post(address("unlock", bea))
    assert usernames(desk, state="Locked") == []


def test_the_log_says_who_was_meant_and_from_where(caplog: pytest.LogCaptureFixture) -> None:
    bea = user("bea", STAFF)
    with caplog.at_level("WARNING", "axes"):
        try_in("bea", "wrong")
        try_in("no-such-name", "wrong")
    assert f"user {bea.pk} from 192.0.2.1" in caplog.text and "an unknown name from 192.0.2.1" in caplog.text
    assert "bea" not in caplog.text and "no-such-name" not in caplog.text


def test_a_line_of_the_log_has_the_address_that_cannot_be_invented(settings: Any) -> None:
    settings.SECURE_BEHIND_TLS = True
    with capture_logs(processors=[merge_contextvars]) as lines:
        try_in("bea", "wrong", **{"x-forwarded-for": "8.8.8.8, 203.0.113.9"})
    assert {line["ip"] for line in lines if line["event"] == "request_finished"} == {"203.0.113.9"}


def test_an_open_session_is_no_place_to_guess_its_password() -> None:
    bea = user("bea", STAFF)
    client = signed_in(bea)
    wrong = {"old_password": "wrong", "new_password1": ANOTHER, "new_password2": ANOTHER}
    for _ in range(wrong_passwords.OF_A_PLACE - 1):
        assert client.post("/password/", wrong).status_code == 200
    assert client.post("/password/", wrong, follow=True).redirect_chain == [("/sign-in/", 302)]
    assert client.get("/learners/").status_code == 302
    again = signed_in(bea)
    assert again.post("/password/", {**wrong, "old_password": PASSWORD, "new_password2": "other"}).status_code == 200
    assert again.post("/password/", {**wrong, "old_password": PASSWORD}).status_code == 302


# Sessions


def test_a_session_ends_when_it_is_not_used(desk: Client, settings: Any) -> None:
    assert desk.get(LIST).status_code == 200
    begun = desk.session.get_expiry_date()
    session = desk.session
    session[SEEN] = int(time.time()) - 600
    session.save()
    with CaptureQueriesContext(connection) as captured:
        desk.get(LIST)
    assert any("UPDATE" in query["sql"] and "django_session" in query["sql"] for query in captured), "prolonged"
    with CaptureQueriesContext(connection) as captured:
        desk.get(LIST)
    assert not any("UPDATE" in query["sql"] for query in captured), "not with each request"
    assert begun - timezone.now() <= timedelta(seconds=django_settings.SESSION_COOKIE_AGE)
    session.model.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert desk.get(LIST).status_code == 302


def put_back(client: Client, **seconds: int) -> None:
    session = client.session
    for name, ago in seconds.items():
        session[name] = int(time.time()) - ago
    session.save()


def test_a_session_ends_twelve_hours_after_its_sign_in_however_it_was_used(desk: Client, chief: User) -> None:
    put_back(desk, begun=12 * 3600 - 60, seen=10)
    assert desk.get(LIST).status_code == 200
    put_back(desk, begun=12 * 3600, seen=10)
    key = desk.session.session_key
    assert desk.get(LIST).url.startswith("/sign-in/")
    assert not Session.objects.filter(session_key=key).exists()
    put_back(desk, begun=12 * 3600)
    desk.force_login(chief)
    assert desk.get(LIST).status_code == 200, "a new sign-in begins anew"


def test_a_page_that_asks_by_itself_is_no_use(desk: Client) -> None:
    """Else a screen that shows a run is signed in all night."""
    for name in POLLING:
        put_back(desk, seen=3600)
        desk.get(LIST, headers={"HX-Request": "true", "HX-Trigger": name})
        assert time.time() - desk.session[SEEN] >= 3600, name
    desk.get(LIST, headers={"HX-Request": "true", "HX-Trigger": "a-button"})
    assert time.time() - desk.session[SEEN] < 60


def test_a_page_that_asks_by_itself_is_loaded_anew_when_the_session_is_over() -> None:
    answer = Client().get(LIST, headers={"HX-Request": "true", "HX-Trigger": "run-part"})
    assert (answer.status_code, answer["HX-Refresh"], answer.content) == (200, "true", b"")


def test_whatever_asks_by_itself_is_known() -> None:
    """By its id: a new page that asks every few seconds needs one in POLLING."""
    texts = [path.read_text() for path in (django_settings.BASE_DIR / "templates").rglob("*.html")]
    tags = [tag for text in texts for tag in re.findall(r"<\w[^<]*?hx-trigger=\"[^\"]*every[^>]*>", text)]
    assert {found[1] if (found := re.search(r"\bid=\"([\w-]+)\"", tag)) else tag for tag in tags} == POLLING


def test_cookies_are_flagged(settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = True
    user("bea", STAFF)
    cookie = try_in("bea", PASSWORD).cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["secure"] and cookie["httponly"] and cookie["samesite"] == "Lax"
    assert cookie["max-age"] == "", "it ends with the browser"


def test_the_log_knows_no_link() -> None:
    event = {"request": "GET /password/set/Mg/c0ffee-123/?x=1"}
    assert without_secrets(None, "", event) == {"request": "GET /password/set/..."}
