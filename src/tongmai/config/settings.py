"""One settings file.  What differs between machines comes from the environment; `env` says how to set it."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

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
    "tongmai.commons.residents.apps.ResidentsConfig",
    "tongmai.commons.encounters.apps.EncountersConfig",
    "tongmai.commons.capacity.apps.CapacityConfig",
    "tongmai.care.family_doctors.apps.FamilyDoctorsConfig",
    "tongmai.care.referrals.apps.ReferralsConfig",
    "tongmai.exchange.apps.ExchangeConfig",
    "tongmai.portal.apps.PortalConfig",
    "tongmai.config.apps.ConfigConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tongmai.ui.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tongmai.ui.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tongmai.ui.middleware.Errors",
    "tongmai.foundation.orgs.middleware.ActorOfRequest",
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
            "context_processors": ["tongmai.ui.jinja.context", "tongmai.portal.navigation.context"],
        },
    },
]


def _database(url: str) -> dict:
    """Turn `sqlite:PATH` or `postgres://user:password@host:port/name` into Django's settings.

    The PostgreSQL options are the measured ones: a pool, and prepared statements, which need both of the last options.
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
        "OPTIONS": {
            "pool": {"min_size": 4, "max_size": 8},
            "server_side_binding": True,
            "prepare_threshold": 0,
        },
    }


DATABASES = {"default": _database(env("TONGMAI_DATABASE", f"sqlite:{VAR / 'tongmai.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "orgs.User"
LOGIN_URL = "portal:sign-in"
CSRF_FAILURE_VIEW = "tongmai.ui.failures.csrf"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_COOKIES = env("TONGMAI_HTTPS", "") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
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
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.server": {"level": "WARNING"}, "django.request": {"level": "ERROR"}},
}
