"""The one settings file. An installation differs only by its environment (see .env.example)."""

import ssl
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
with suppress(OSError):  # the code may be read-only: then the database and beat's file are told to lie elsewhere
    VAR_DIR.mkdir(exist_ok=True)

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)


def required(name: str, in_debug: str) -> str:
    """A value that production must set; a missing one is named at start."""
    value: str = env.str(name, default="") or (in_debug if DEBUG else "")
    if not value:
        raise ImproperlyConfigured(f"Set {name} in the environment (see .env.example).")
    return value


def fernet_keys(text: str) -> list[str]:
    """Checked at start: where one is first used, a person waits. It is not repeated in what is said."""
    keys = [key.strip() for key in text.split(",")]
    for number, key in enumerate(keys, 1):
        try:
            Fernet(key)
        except ValueError:
            raise ImproperlyConfigured(
                f"FIELD_ENCRYPTION_KEYS: key {number} is no Fernet key. Make one: "
                'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
            ) from None
    return keys


SECRET_KEY = required("SECRET_KEY", in_debug="for-development-only")
FIELD_ENCRYPTION_KEYS = fernet_keys(
    required("FIELD_ENCRYPTION_KEYS", in_debug="Zm9yLWRldmVsb3BtZW50LW9ubHktbm90LXNlY3JldCE=")
)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
INSTALLATION = required("INSTALLATION", in_debug="development")

INSTALLED_APPS = [
    "learners",
    "onefile_integration",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "picsweb.accounts",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "django_include_bootstrap",
    "django_structlog",
    "django_tables2",
    "simple_history",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "picsweb.bodies.LargestBody",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "picsweb.accounts.signing_in.SessionLimits",
    "picsweb.not_kept.NotKept",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "picsweb.urls"
WSGI_APPLICATION = "picsweb.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "picsweb.context.page",
            ],
        },
    },
]

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'picsweb.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Web, workers and beat write at once: WAL and an early write lock, or SQLite says "database is locked".
    # What is deleted is overwritten: an erasure leaves no values in the file's free pages.
    DATABASES["default"]["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_FAILURE_LIMIT = "picsweb.accounts.wrong_passwords.most"
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "registration/locked_out.html"
AXES_CLIENT_IP_CALLABLE = "picsweb.accounts.wrong_passwords.place"
AXES_CLIENT_STR_CALLABLE = "picsweb.accounts.wrong_passwords.told"
AXES_RESET_ON_SUCCESS = True
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3 * 86_400  # a link to set a password
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "learners:learner-list"
LOGOUT_REDIRECT_URL = "login"

SIMPLE_HISTORY_REVERT_DISABLED = True  # old versions are looked at: only services write

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["picsweb.formats"]

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "picsweb" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

DJANGO_TABLES2_TEMPLATE = "components/table.html"
DJANGO_TABLES2_TABLE_ATTRS = {"class": "table table-hover align-middle"}

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
if REDIS_URL.startswith("rediss:"):  # kombu verifies no certificate unless it is told to; the address may say otherwise
    CELERY_BROKER_USE_SSL = {"ssl_cert_reqs": ssl.CERT_REQUIRED}
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "people"
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "onefile_integration.tasks.tick", "schedule": 15.0, "options": {"expires": 14}},
    "night": {"task": "onefile_integration.tasks.sign_of_night", "schedule": 60.0, "options": {"expires": 59}},
    "accounts": {"task": "picsweb.accounts.tasks.prune", "schedule": 3600.0, "options": {"expires": 3599}},
    "files": {"task": "learners.tasks.tick", "schedule": 15.0, "options": {"expires": 14}},
}

# Mails tell of incidents only. Without a server none is sent, and pages say so.
EMAIL_URL = env.str("EMAIL_URL", default="")
vars().update(env.email_url_config(EMAIL_URL or "dummymail://"))
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="picsweb@localhost")
SITE_URL = env.str("SITE_URL", default="")

# OneFile's three environments; plain http is taken for loopback addresses only.
ONEFILE_URLS = {
    "practice": env.str("ONEFILE_PRACTICE_URL", default="https://wsapi2.onefile.co.uk/api/v2.1"),
    "beta": env.str("ONEFILE_BETA_URL", default="https://wsapibeta.onefile.co.uk/api/v2.1"),
    "live": env.str("ONEFILE_LIVE_URL", default="https://wsapi.onefile.co.uk/api/v2.1"),
}
ONEFILE_CALLS_PER_MINUTE = env.int("ONEFILE_CALLS_PER_MINUTE", default=300)
ONEFILE_WINDOW_SECONDS = env.float("ONEFILE_WINDOW_SECONDS", default=60)
ONEFILE_TIMEOUT_SECONDS = env.float("ONEFILE_TIMEOUT_SECONDS", default=30)
ONEFILE_SETTLE_SECONDS = env.float("ONEFILE_SETTLE_SECONDS", default=300)
ONEFILE_LEASE_SECONDS = env.float("ONEFILE_LEASE_SECONDS", default=300)
ONEFILE_LICENCES = env.int("ONEFILE_LICENCES", default=0)
JOURNAL_MONTHS = env.int("JOURNAL_MONTHS", default=36)

SECURE_BEHIND_TLS = env.bool("SECURE_BEHIND_TLS", default=not DEBUG)
SECURE_SSL_REDIRECT = SECURE_BEHIND_TLS
SESSION_COOKIE_SECURE = SECURE_BEHIND_TLS
CSRF_COOKIE_SECURE = SECURE_BEHIND_TLS
SESSION_COOKIE_AGE = 2 * 3600  # since the last use: picsweb.accounts.signing_in.SessionLimits
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_BEHIND_TLS else 0
# For this name alone: the provider's other names are not ours to put behind TLS, for a year and for every browser.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    },
}

LOGGING_CONFIG = None
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # it takes what a client has invented: picsweb.accounts.apps
from picsweb.log import configure  # noqa: E402  (logging needs the values above)

configure(level=env.str("LOG_LEVEL", default="INFO"))
