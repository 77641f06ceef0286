"""All settings, in one file, read from the environment (table of variables: README).

A value that is not understood stops the start: nothing is guessed. Two roles reach the database (decisions.md
§4.1): the serving processes act as `jardam_app`; `JARDAM_DB_ROLE=owner` is for migrations, backup and restore.
"""

import os
import sys
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from jardam.launcher import postgres

BASE_DIR = Path(__file__).resolve().parent.parent
APP_ROLE = "jardam_app"


def env_bool(name: str, default: bool) -> bool:
    value = os.environ.get(name, "1" if default else "0")
    if value not in ("0", "1"):
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}")
    return value == "1"


def env_port(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise ImproperlyConfigured(f"{name} must be a port number, not {value!r}")
    return int(value)


def env_count(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not value.isdecimal() or int(value) > 9:
        raise ImproperlyConfigured(f"{name} must be a number from 0 to 9, not {value!r}")
    return int(value)


def database_from_url(url: str) -> dict:
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise ImproperlyConfigured("DATABASE_URL must look like postgresql://user:password@host/name")
    query = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or ""),
    }


def database() -> dict:
    """The connection of this process: the owner's when it migrates, the application's when it serves."""
    owner = os.environ.get("JARDAM_DB_ROLE") == "owner"
    app_url = os.environ.get("DATABASE_URL", "")
    url = (os.environ.get("DATABASE_OWNER_URL") or app_url) if owner else app_url
    where = database_from_url(url) if url else postgres.connection_parameters(DATA)
    where["NAME"] = os.environ.get("JARDAM_TEST_DATABASE", where["NAME"])
    options: dict = {"options": "-c timezone=UTC"}
    if not owner:
        options["assume_role"] = APP_ROLE
        options["options"] += (
            " -c statement_timeout=15000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=30000"
        )
    return where | {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def email_from_url(url: str) -> dict:
    """Django's EMAIL_… settings."""
    if not url:
        quiet = "locmem" if "pytest" in sys.modules else "dummy"
        return {"EMAIL_BACKEND": f"django.core.mail.backends.{quiet}.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps", "smtp+plain") or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must look like smtp://user:password@host:587")
    if parts.scheme == "smtp+plain" and (parts.password or parts.hostname not in ("localhost", "127.0.0.1", "::1")):
        raise ImproperlyConfigured("EMAIL_URL with smtp+plain is for a relay on this machine, without a password")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or {"smtp": 587, "smtps": 465}.get(parts.scheme, 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 20,
    }


def secret(name: str, file_name: str) -> str:
    """A secret from the environment; on demonstration instances one kept in the data folder."""
    if value := os.environ.get(name):
        return value
    kept = DATA / file_name
    if DEMO and kept.is_file():
        return kept.read_text().strip()
    if TESTING:
        return "only-for-tests"
    raise ImproperlyConfigured(f"{name} is missing: set it, or start a demonstration with `make up`.")


TESTING = "pytest" in sys.modules  # tests keep a data folder of their own, beside a running system
DATA = Path(
    os.environ.get("JARDAM_TEST_DATA", BASE_DIR / "var-test")
    if TESTING
    else os.environ.get("JARDAM_DATA", BASE_DIR / "var")
).resolve()
DEMO = TESTING or env_bool("JARDAM_DEMO", default=False)
PORT = env_port("JARDAM_PORT", 8000)
BIND = os.environ.get("JARDAM_BIND", "127.0.0.1")

SECRET_KEY = secret("JARDAM_SECRET_KEY", "secret-key")
if not DEMO and (len(SECRET_KEY) < 40 or len(set(SECRET_KEY)) < 10):
    raise ImproperlyConfigured("JARDAM_SECRET_KEY is too short or too plain: make one with `openssl rand -base64 48`")
KEY_FILE = Path(DATA / "sealing-key" if TESTING else os.environ.get("JARDAM_KEY_FILE", DATA / "sealing-key")).resolve()
PUBLIC_ADDRESS = os.environ.get("JARDAM_ADDRESS", f"http://127.0.0.1:{PORT}").rstrip("/")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("JARDAM_HOSTS", "127.0.0.1 localhost testserver").split()
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("JARDAM_HOSTS must name the hosts this site is asked for, not *")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "csp",
    "jardam.journal",
    "jardam.documents",
    "jardam.parties",
    "jardam.regime",
    "jardam.treasury",
    "jardam.planning",
    "jardam.contests",
    "jardam.review",
    "jardam.contracts",
    "jardam.record",
    "jardam.transparency",
    "jardam.notices",
    "jardam.web",
]

MIDDLEWARE = [
    "jardam.web.door.DoorMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "jardam.web.limits.LimitMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "jardam" / "web" / "templates"],  # ours come before those of allauth
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "jardam.web.pages.page_context",
            ],
            "builtins": ["django.templatetags.i18n", "jardam.web.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "jardam.web.forms.JardamRenderer"

DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "parties.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PROXIES = env_count("JARDAM_PROXIES", 0)  # how many of our own stand in front
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Mandates and invitations go to an address: where letters are sent, it is confirmed before anybody signs in with it.
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if os.environ.get("EMAIL_URL") else "none"
ACCOUNT_SIGNUP_FORM_CLASS = "jardam.web.accounts.SignupForm"
ACCOUNT_ADAPTER = "jardam.web.accounts.Adapter"
ACCOUNT_RATE_LIMITS = False  # ours are counted in the database, for all processes alike: jardam.web.limits
ACCOUNT_LOGOUT_REDIRECT_URL = "home"

LANGUAGE_CODE = "ru"  # a first visit follows the browser, else Russian (decisions.md §1)
LANGUAGES = [("ky", _("Kyrgyz")), ("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Bishkek"

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_MAX_AGE = 31536000
WHITENOISE_AUTOREFRESH = TESTING  # tests need no collected files

# Safe by default; HTTPS is demanded as soon as the instance is not a local demonstration.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
HTTPS = env_bool("JARDAM_HTTPS", default=not (DEMO or TESTING))
if not (HTTPS or DEMO) and BIND not in ("127.0.0.1", "::1", "localhost"):
    raise ImproperlyConfigured("JARDAM_HTTPS=0 is for a demonstration or for this machine alone (JARDAM_BIND)")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "jardam.web.errors.csrf_failed"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

REGIMES = BASE_DIR / "regimes"
JOURNAL_CONSUMERS = {
    "search": "jardam.transparency.operations.index_record",
    "prints": "jardam.documents.operations.print_issued",
    "notices": "jardam.notices.operations.tell",
}

# E-mail: `EMAIL_URL` is smtp://user:password@host:587 (STARTTLS), smtps://… or smtp+plain://… for a relay on this
# machine; without it messages lie in the inboxes only.
EMAIL_URL = os.environ.get("EMAIL_URL", "")
EMAIL_IS_SENT = bool(EMAIL_URL)
globals().update(email_from_url(EMAIL_URL))
SITE_URL = PUBLIC_ADDRESS
MAIL_DOMAIN = urlsplit(SITE_URL).hostname or "localhost"
DEFAULT_FROM_EMAIL = os.environ.get("JARDAM_MAIL_FROM", f"jardam@{MAIL_DOMAIN}")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "config.logs.Discreet", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
