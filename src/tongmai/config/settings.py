"""One settings file.  What differs between machines comes from the environment; `env` says how to set it."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

PACKAGE = Path(__file__).resolve().parent.parent


class SettingMissing(Exception):
    """A variable of the environment is missing or unusable."""


def env(name: str, default: str | None = None, *, why: str = "") -> str:
    """Return the environment's value of `name`, else `default`; without a default it must be set."""
    value = os.environ.get(name, default)
    if value is None:
        raise SettingMissing(f"Set the environment variable {name}: {why}")
    return value


DEMO = env("TONGMAI_DEMO", "") == "1"
DEBUG = False
VAR = Path(env("TONGMAI_VAR", str(Path.cwd() / "var")))
# Where the files of images stand, and whether each is brought to the disk before it is acknowledged.
IMAGES = Path(env("TONGMAI_IMAGES", str(VAR / "images")))
IMAGES_SYNC = env("TONGMAI_IMAGES_SYNC", "1") == "1"
# How much room the small pictures and prepared frames beside them may take; they can be deleted at any time.
IMAGES_PREVIEWS_BYTES = int(env("TONGMAI_IMAGES_PREVIEWS_MB", "2000")) * 1024 * 1024
# An existing PACS keeps the images instead of that folder (docs/receiving-images.md): the https:// address of its DICOMweb
# root; blank: the folder.  Beside it a file that holds `user:password` or `Bearer …`, the authority that signed its
# certificate where the system does not know it, how long it may take over one answer, and how much room the copies of
# lately read files may take here.
PACS = env("TONGMAI_PACS", "").rstrip("/")
PACS_LOGIN, PACS_AUTHORITY = env("TONGMAI_PACS_LOGIN", ""), env("TONGMAI_PACS_AUTHORITY", "")
PACS_SECONDS = float(env("TONGMAI_PACS_SECONDS", "20"))
PACS_COPIES_BYTES = int(env("TONGMAI_PACS_COPIES_MB", "2000")) * 1024 * 1024
if PACS and not (PACS.startswith(("https://", "http://")) and urlsplit(PACS).hostname):
    raise SettingMissing("TONGMAI_PACS must be the address of a DICOMweb root, e.g. https://pacs.example/dicom-web")

SECRET_KEY = env(
    "TONGMAI_SECRET_KEY",
    "demonstration-only" if DEMO else None,
    why="50 random characters that sign sessions, e.g. from `python -c 'import secrets; print(secrets.token_urlsafe(50))'`",
)
SEAL_KEY = env(
    "TONGMAI_SEAL_KEY",
    "demonstration-only" if DEMO else None,
    why="random characters that key the hash chain over the audit events; keep a copy outside this machine",
)
ALLOWED_HOSTS = env("TONGMAI_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
METRICS_TOKEN = env("TONGMAI_METRICS_TOKEN", "")  # who may read /metrics from elsewhere; blank: this machine only
CSRF_TRUSTED_ORIGINS = [origin for origin in env("TONGMAI_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "tongmai.ui.apps.UiConfig",
    "tongmai.foundation.audit.apps.AuditConfig",
    "tongmai.foundation.catalog.apps.CatalogConfig",
    "tongmai.foundation.orgs.apps.OrgsConfig",
    "tongmai.foundation.saved_views.apps.SavedViewsConfig",
    "tongmai.foundation.terminology.apps.TerminologyConfig",
    "tongmai.foundation.texting.apps.TextingConfig",
    "tongmai.commons.residents.apps.ResidentsConfig",
    "tongmai.commons.encounters.apps.EncountersConfig",
    "tongmai.commons.results.apps.ResultsConfig",
    "tongmai.commons.imaging.apps.ImagingConfig",
    "tongmai.commons.ecg.apps.EcgConfig",
    "tongmai.commons.recognition.apps.RecognitionConfig",
    "tongmai.commons.capacity.apps.CapacityConfig",
    "tongmai.commons.resident_requests.apps.ResidentRequestsConfig",
    "tongmai.care.family_doctors.apps.FamilyDoctorsConfig",
    "tongmai.care.referrals.apps.ReferralsConfig",
    "tongmai.care.diagnostics.apps.DiagnosticsConfig",
    "tongmai.care.critical_values.apps.CriticalValuesConfig",
    "tongmai.exchange.apps.ExchangeConfig",
    "tongmai.portal.apps.PortalConfig",
    "tongmai.config.apps.ConfigConfig",
]

MIDDLEWARE = [
    "tongmai.foundation.audit.probing.Probes",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tongmai.foundation.audit.measuring.Measured",
    "tongmai.ui.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tongmai.ui.middleware.Language",
    "tongmai.ui.middleware.Size",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tongmai.ui.middleware.Errors",
    "tongmai.foundation.orgs.middleware.ActorOfRequest",
    "tongmai.foundation.orgs.middleware.Pace",
    "tongmai.ui.middleware.PlainText",
    "tongmai.foundation.audit.idempotency.IdempotentWrites",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "tongmai.config.urls"
WSGI_APPLICATION = "tongmai.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": False,
        "DIRS": [path for path in sorted(PACKAGE.glob("**/templates")) if path.is_dir()],
        "OPTIONS": {
            "environment": "tongmai.ui.jinja.environment",
            "context_processors": [
                "tongmai.ui.jinja.context",
                "tongmai.foundation.saved_views.showing.context",
                "tongmai.portal.navigation.context",
            ],
        },
    },
]


def _database(url: str) -> dict:
    """Turn `sqlite:PATH` or `postgres://user:password@host:port/name?sslmode=…` into Django's settings.

    The PostgreSQL options are the measured ones: a pool, and prepared statements, which need both of the last options.
    The rest keeps a request from hanging when the server or the network to it is gone: seconds to connect, seconds to
    wait for the pool, milliseconds until unanswered packets end a connection.
    """
    if url.startswith("sqlite:"):
        return {
            "ENGINE": "tongmai.config.sqlite",
            "NAME": url.removeprefix("sqlite:"),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise SettingMissing("TONGMAI_DATABASE must be sqlite:PATH or postgres://user:password@host:port/name")
    return {
        "ENGINE": "tongmai.config.postgres",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": parts.port or "",
        "CONN_HEALTH_CHECKS": True,  # a connection that died in the pool is replaced before a request gets it
        "OPTIONS": {
            "pool": {"min_size": 8 if _is_served() else 4, "max_size": 8, "timeout": 3, "reconnect_timeout": 1},
            "server_side_binding": True,
            "prepare_threshold": 0,
            "connect_timeout": 3,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 15_000,
        }
        | {name: value for name, value in parse_qsl(parts.query) if name.startswith("ssl")}
        | _limit_of_statements(),
    }


def _is_served() -> bool:
    """Then each thread has its connection from the beginning: under load a new one may take longer than a request waits."""
    return env("TONGMAI_STATEMENT_SECONDS", "0") != "0"


def _limit_of_statements() -> dict:
    """Limits that PostgreSQL itself keeps.  `tongmai serve` sets them; a migration or a check may take its time."""
    seconds = int(env("TONGMAI_STATEMENT_SECONDS", "0"))
    limits = f"-c statement_timeout={seconds}s -c idle_in_transaction_session_timeout={2 * seconds}s"
    return {"options": limits} if seconds else {}


DATABASES = {"default": _database(env("TONGMAI_DATABASE", f"sqlite:{VAR / 'tongmai.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "orgs.User"
AUTHENTICATION_BACKENDS = ["tongmai.foundation.orgs.backends.Accounts"]
LOGIN_URL = "portal:sign-in"
CSRF_FAILURE_VIEW = "tongmai.ui.failures.csrf"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "tongmai.foundation.orgs.passwords.ByPolicy"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_ENGINE = "tongmai.foundation.orgs.session_store"
# A limit for what is left lying; how long a sign-in lasts is policy (security.session.*).
SESSION_COOKIE_AGE = 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_COOKIES = env("TONGMAI_HTTPS", "") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
if SECURE_COOKIES:
    # The prefix makes the browser refuse such a cookie from another host of the domain, or without TLS.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    LANGUAGE_COOKIE_NAME = "__Host-language"
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
# How many proxies of ours stand in front: that many hops of X-Forwarded-For, and X-Forwarded-Proto, are believed.
PROXIES = int(env("TONGMAI_PROXIES", "0"))
if PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Administrators must have a second factor (policy security.factor.required_roles); a demonstration only may.
SECOND_FACTOR_REQUIRED = env("TONGMAI_SECOND_FACTOR", "0" if DEMO else "1") == "1"
# Off only while the product itself is measured.
RATE_LIMITS = env("TONGMAI_RATE_LIMITS", "1") == "1"
# Who carries text messages (foundation/texting/senders.py): console, file, or the address of an operator's gateway, whose
# form and heads are JSON and may hold {phone} {text} {name} {code} {minutes}; ACCEPTED stands in the answer when it took one.
SMS = env("TONGMAI_SMS", "console" if DEMO else "")
SMS_BODY, SMS_HEADERS = env("TONGMAI_SMS_BODY", ""), env("TONGMAI_SMS_HEADERS", "")
SMS_ACCEPTED = env("TONGMAI_SMS_ACCEPTED", "")
# Where people and codes are looked for, by the names of the addresses: held back when asked too fast.
SEARCHES = frozenset(
    """
    portal:search residents:list residents:alike capacity:pick-person referrals:pick-resident exchange:pick-resident
    ecg:pick-person catalog:pick-examination api:examination_items
    referrals:list family_doctors:list orgs:pick orgs:staff catalog:pick-diagnosis catalog:pick-department
    catalog:pick-division api:search api:lookup api:diagnoses api:divisions api:search_staff api:search_referrals
    api:search_contracts terminology:list terminology:pick api:local_codes
    """.split()
)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20_000}}}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = Path(env("TONGMAI_STATIC", str(PACKAGE / "static_root")))
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# A request as a whole; a register of a county as Excel has some 20 MB.  The readers have limits of their own.
BODY_MAX_BYTES = 60 * 1024 * 1024
# multipart/related below this address is read piece by piece, and may be as long as it is.
STREAMED = "/dicom-web/studies"
STOW_MOST_BYTES = int(env("TONGMAI_STOW_MOST_MB", "2048")) * 1024 * 1024  # of one instance in it
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024  # without files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 100  # messages and documents are uploaded by the folder
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "tongmai.config.logs.Line", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": []},  # Django's own would write e-mails with the values of an error in them
        "django.db.backends": {"level": "INFO"},  # below that it writes statements with their values
        "django.server": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
    },
}
