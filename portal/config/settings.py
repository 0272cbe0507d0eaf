"""Every setting of the portal in one file, from the environment (env.py) and the district's own file."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from portal import sections
from portal.config import district as district_file
from portal.config import embedded
from portal.config.env import ROOT, env

MODE = env.mode
DEMO = env.demo
DEBUG = False
SECRET_KEY, *SECRET_KEY_FALLBACKS = env.secret_keys
PIN_KEYS = env.pin_keys
PASSWORD_PEPPERS = env.password_peppers
AUDIT_KEYS = env.audit_keys
AUDIT_DIR = env.audit_dir
ALLOWED_HOSTS = list(env.hosts)
BASE_URL = env.base_url
DATA_DIR = env.data_dir
TRUSTED_PROXIES = env.trusted_proxies

DISTRICT_FILE = district_file.read(env.district)
DISTRICT = DISTRICT_FILE  # with what was changed in the portal put in, see people/settled.py
SCHOOL_NETWORKS = () if MODE == "test" else DISTRICT.networks  # tests are counted like any visitor
REQUESTS_TIMES = env.requests_times

SECTIONS = "portal.sections"  # where record/ finds the contents; it may not know the rooms above it

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "portal.web",
    "portal.jobs",
    "portal.people",
    "portal.students",
    "portal.family",
    "portal.access",
    "portal.audit",
    "portal.record",
    "portal.record.gradebook",
    "portal.record.scores",
    "portal.sis",
    *(f"portal.sections.{name}" for name in sections.contents),
    "portal.privacy",
    "portal.staff",
    *(["portal.demo"] if MODE != "production" else []),
]

MIDDLEWARE = [
    "portal.web.headers.Headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.web.overload.Shed",
    "django.middleware.gzip.GZipMiddleware",  # pads at random, so that lengths tell nothing of a page's secrets
    "portal.access.context.Context",
    "portal.people.sessions.Sessions",
    "portal.people.door.Door",
    "portal.people.languages.Language",
    "portal.people.rates.Rates",
    "portal.web.incoming.Incoming",
    "portal.audit.asking.Remembered",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "portal.access.context.Asker",
    "portal.access.refusals.Refusals",
]

ROOT_URLCONF = "portal.config.urls"
WSGI_APPLICATION = "portal.config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "portal.web.environment.Pages",
        "NAME": "jinja2",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "portal.web.environment.environment"},
    }
]
FORM_RENDERER = "portal.web.forms.Renderer"
CSRF_FAILURE_VIEW = "portal.web.errors.stale_form"
X_FRAME_OPTIONS = "DENY"


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    options: dict[str, object] = dict(parse_qsl(parts.query))
    # Statements whose text is kept are planned once for each connection (people/statements.py). Behind a pooler that
    # hands out another connection for each transaction: ?prepare_threshold=never
    prepares = options.get("prepare_threshold") != "never"
    options["prepare_threshold"] = 5 if prepares else None
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,  # must be 0 with a pool
        "OPTIONS": options
        if MODE == "test"
        else {"pool": {"min_size": 1, "max_size": 6, "timeout": 5}, **options},
    }


# The owner makes tables and their policies, and sees rows only when it says that it is at work. Everything else
# works for a login without any right of its own; the second wall (access/wall.py) stands between it and the rows.
_owner = _database(env.database_owner_url or env.database_url or embedded.owner_url(env.data_dir))
_owner["OPTIONS"] = {**_owner["OPTIONS"], "options": "-c app.kind=owner"}  # type: ignore[dict-item]
_owner["OPTIONS"].pop("pool", None)  # type: ignore[attr-defined]
_serving = _database(env.database_url or embedded.url(env.data_dir))
NOBODY_ASKS = ("none", "")  # role and kind outside of any context
if MODE == "test":  # tests build as the owner; what they try asks as the portal does
    _serving, NOBODY_ASKS = _owner, ("none", "owner")
DATABASES = {
    "default": _serving,
    # Limits are counted apart, so that a count stands even when the request it counts is undone.
    "apart": {**_serving, "TEST": {"MIRROR": "default"}},
    "owner": {**_owner, "TEST": {"MIRROR": "default"}},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_WORKER_DEFAULTS = {"update_heartbeat_interval": 10.0, "stalled_worker_timeout": 60.0}
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# People
PASSWORD_HASHERS = ["portal.people.passwords.PepperedArgon2"]
SESSION_ENGINE = "portal.people.sessions"
SESSION_COOKIE_NAME = "__Host-family" if env.secure else "family"
STAFF_COOKIE_NAME = "__Host-staff" if env.secure else "staff"
DEVICE_COOKIE_NAME = "__Host-device" if env.secure else "device"
CSRF_COOKIE_NAME = "__Host-form" if env.secure else "form"
LANGUAGE_COOKIE_NAME = "language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = env.secure
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SHARED_IDLE = timedelta(minutes=15)
SHARED_LONGEST = timedelta(hours=8)
OWN_LONGEST = timedelta(days=30)
STAFF_IDLE = timedelta(minutes=10)
STAFF_LONGEST = timedelta(hours=10)
COUNTER_IDLE = timedelta(minutes=2)  # after which the screen of those who give PINs hides itself
UNLOCK_LASTS = timedelta(minutes=15)
STAFF_SIGN_ON = env.staff_sign_on
STAFF_FRESH = timedelta(minutes=5)  # how old a sign-on may be for PINs, exports and limited records

# Text messages
SMS_URL = env.sms_url
SMS_TOKEN = env.sms_token
TEXT_SENDER = (
    "portal.people.texts.Gateway" if SMS_URL else "portal.demo.texts.Kept" if MODE != "production" else ""
)

# Out to the student information system
SIS_URL = env.sis_url
SIS_SECRET = env.sis_secret
SIS_ONCE_ONLY = env.sis_once_only

FEEDS_DIR = DATA_DIR / "feeds"  # sets that came in, kept for thirty days

DROP_DIR = env.drop_dir
ONEROSTER_URL = env.oneroster_url
ONEROSTER_TOKEN_URL = env.oneroster_token_url
ONEROSTER_CLIENT = env.oneroster_client
ONEROSTER_SECRET = env.oneroster_secret
ONEROSTER_SOURCE = env.oneroster_source

# Words and time
USE_I18N = USE_TZ = True
TIME_ZONE = DISTRICT.time_zone
LANGUAGE_CODE = "en"
LANGUAGE_NAMES = {
    "en": "English",
    "es": "Español",
    "it": "Italiano",
    "fa": "فارسی",
    "ko": "한국어",
    "hy": "Հայերեն",
    "ru": "Русский",
    "fil": "Tagalog",
    "vi": "Tiếng Việt",
    "zh-hant": "中文（繁體）",
    "zh-hans": "中文（简体）",
}
LANGUAGES = [(code, LANGUAGE_NAMES[code]) for code in DISTRICT.languages]
LANGUAGES_BIDI = ["fa"]
LOCALE_PATHS = [ROOT / "portal" / "locale"]

# Mail
MAIL_FROM = f"{DISTRICT.name} <families@{BASE_URL.partition('://')[2].partition(':')[0]}>"
if env.mail_url:
    _mail = urlsplit(env.mail_url)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _mail.hostname
    EMAIL_PORT = _mail.port or 587
    EMAIL_HOST_USER = unquote(_mail.username or "")
    EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_USE_TLS = _mail.scheme == "smtp" and EMAIL_PORT == 587
    EMAIL_TIMEOUT = 10
else:
    EMAIL_BACKEND = "portal.demo.mail.Kept"

# Files
STATIC_URL = "static/"
STATIC_ROOT = Path(env.data_dir) / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = MODE == "test"
WHITENOISE_MAX_AGE = 3600
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Limits on what comes in
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # bytes of a form
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 5
# Files stay in memory until they are sealed: none is ever written down readable.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 11_000_000  # bytes; the largest body of an upload, see web/incoming.py

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.trusted_proxies else None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "portal.web.logs.Json"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "portal": {"level": "INFO"},
        "portal.requests": {"level": "INFO" if MODE == "production" else "WARNING"},
        # These two quote what came in; our own lines say what was refused or failed, and why.
        "django.request": {"level": "CRITICAL"},
        "django.security": {"level": "CRITICAL"},
    },
}
