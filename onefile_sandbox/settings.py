"""Settings of the sandbox alone. The launcher says where the data lives and on which host it serves."""

import os
import secrets
from pathlib import Path


def _secret_key(folder: Path) -> str:
    """Made once per data folder, so that a restart does not sign the assessor out."""
    path = folder / "secret.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


BASE_DIR = Path(__file__).resolve().parent
DATA_DIR = Path(os.environ.get("ONEFILE_SANDBOX_DATA", "var/onefile-sandbox")).resolve()
SECRET_KEY = _secret_key(DATA_DIR)
DEBUG = False
ALLOWED_HOSTS = os.environ.get("ONEFILE_SANDBOX_HOSTS", "127.0.0.1,localhost,[::1]").split(",")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "onefile_sandbox",
]
MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "onefile_sandbox.urls"
DATA_UPLOAD_MAX_MEMORY_SIZE = None  # a bench seeds thousands of learners in one call
DATA_UPLOAD_MAX_NUMBER_FIELDS = None
APPEND_SLASH = False  # a redirect would turn a POST with a trailing slash into a GET
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "onefile.sqlite3",
        "CONN_MAX_AGE": None,  # one per connection thread; closed with it
        "OPTIONS": {
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        },
    }
}
# The practice password is short and printed at the start; it protects nothing.
AUTH_PASSWORD_VALIDATORS: list[dict[str, str]] = []
SESSION_COOKIE_NAME = "onefile_sandbox_session"
CSRF_COOKIE_NAME = "onefile_sandbox_csrf"
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "loggers": {"django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
}
