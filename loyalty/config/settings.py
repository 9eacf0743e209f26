"""Settings. Everything that differs between installations comes from the environment; README.md lists the variables.

Three situations: nothing set (one machine, everything embedded, reachable as localhost), production (`ALLOWED_HOSTS`
set, or `DEBUG=0`), and development (`DEBUG=1`). Django's own DEBUG is on in the last alone: it keeps every statement
in memory, which a long import cannot afford.
"""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from loyalty.backoffice.site import UNFOLD  # noqa: F401  # a setting as it stands
from loyalty.config.secret_key import own_secret_key

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

# Situation

DEBUG = env.bool("DEBUG", default=False)
PRODUCTION = not DEBUG and ("DEBUG" in env.ENVIRON or "ALLOWED_HOSTS" in env.ENVIRON)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
SITE_URL = env.str("SITE_URL", default=f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else "http://127.0.0.1:8000")
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if PRODUCTION:
        raise ImproperlyConfigured("Set SECRET_KEY: in production every machine must be given the same one.")
    SECRET_KEY = own_secret_key(VAR_DIR / "secret_key")

# Rooms

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.simple_history",
    "loyalty.backoffice.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_filters",
    "django_htmx",
    "django_celery_beat",
    "simple_history",
    "axes",
    "csp",
    "phonenumber_field",
    "rest_framework",
    "rest_framework_api_key",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "loyalty.jobs",
    "loyalty.events",
    "loyalty.programs",
    "members",
    "loyalty.ledger",
    "rewards",
    "loyalty.tiers",
    "loyalty.punchcards",
    "loyalty.subscriptions",
    "loyalty.referrals",
    "loyalty.challenges",
    "loyalty.partners",
    "loyalty.earning",
    "analytics",
    "campaigns",
    "loyalty.counter",
    "loyalty.portal",
    "loyalty.connectors",
    "loyalty.webhooks",
    "loyalty.backoffice",
    "loyalty.api",
    "loyalty.config",  # brings the command `test`; no tables
]

MIDDLEWARE = [
    "loyalty.config.request_ids.RequestIdMiddleware",  # first: whatever comes after it is logged under its name
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "loyalty.config.security.ContentSecurityPolicyMiddleware",
    "loyalty.config.security.permissions_policy_middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "loyalty.backoffice.clock.AdminClockMiddleware",
    "axes.middleware.AxesMiddleware",  # last: it answers for the views that lock somebody out
]

ROOT_URLCONF = "loyalty.config.urls"
WSGI_APPLICATION = "loyalty.config.wsgi.application"
TEST_RUNNER = "loyalty.config.test_runner.PytestRunner"

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
            ],
        },
    },
]

# Databases

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",  # a transaction that begins by reading would fail when it comes to write
    "timeout": 30,
    # WAL lets readers work beside the writer; FULL because an earned point must survive a power cut.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
}


def database(url):
    config = env.db_url_config(url)
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = SQLITE_OPTIONS | config.get("OPTIONS", {})
    else:
        config["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
        config["CONN_HEALTH_CHECKS"] = True
    return config


DATABASES = {"default": database(env.str("DATABASE_URL", default="") or f"sqlite:///{VAR_DIR / 'loyalty.sqlite3'}")}
ANALYTICS_DATABASE = "default"  # the alias that analytics reads facts from
if REPLICA_URL := env.str("REPLICA_URL", default=""):
    ANALYTICS_DATABASE = "replica"
    DATABASES["replica"] = database(REPLICA_URL) | {"TEST": {"MIRROR": "default"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Cache and queue

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
    CACHES["default"]["KEY_PREFIX"] = "loyalty-cache"  # the queue lives in the same Redis
    CELERY_BROKER_URL = REDIS_URL
    # A task that its worker never acknowledged is given to another one after this many seconds. Tasks are made of
    # short resumable chunks and harmless when doubled, so this only has to be rarer than a long import.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 2 * 60 * 60}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    QUEUE_DIR = VAR_DIR / "queue"
    QUEUE_DIR.mkdir(exist_ok=True)
    CELERY_BROKER_URL = "filesystem://localhost"  # files have no host, but without one kombu warns at each message
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE_DIR),
        "data_folder_out": str(QUEUE_DIR),
        "control_folder": str(VAR_DIR / "queue-control"),
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", default="loyalty")
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]  # never pickle: tasks carry ids and plain values
CELERY_TASK_IGNORE_RESULT = True  # results live in jobs.Job
CELERY_TASK_ACKS_LATE = True  # with the next line: a task of a killed worker is done again, not lost
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1  # a long task must not hold short ones back
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"

# E-mail and SMS

if EMAIL_URL := env.str("EMAIL_URL", default=""):
    vars().update(env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_TIMEOUT = 30
SMS_GATEWAY = env.str("SMS_GATEWAY", default="campaigns.sms.file")  # a module with `send`
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Loyalty <loyalty@localhost>")

# Members' summary rows as a file each night, for tools that fetch: csv, parquet, or empty for none

MEMBER_EXPORT = env.str("MEMBER_EXPORT", default="")

# Payments of subscriptions

PAYMENT_GATEWAY = env.str("PAYMENT_GATEWAY", default="manual")  # how new subscriptions are paid: manual, stripe
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_API_URL = env.str("STRIPE_API_URL", default="")  # empty: Stripe's own

# The partners' API

API_ENVIRONMENT = env.str("API_ENVIRONMENT", default="live" if PRODUCTION else "test")  # whose keys work here
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=600)  # for each key
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "loyalty.api.schema.PartnerSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "loyalty.api.problems.ProblemHandler",
    "EXCEPTION_FORMATTER_CLASS": "loyalty.api.problems.Formatter",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Loyalty API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v[0-9]",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "ConsentChannelEnum": "loyalty.api.v1.people.CHANNELS",
        "EventTypeEnum": "loyalty.api.v1.events.TYPES",
    },
    "GET_LIB_DOC_EXCLUDES": "loyalty.api.schema.undocumented",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"persistAuthorization": True, "validatorUrl": None},
}

# Signing in

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"  # unfold's form forgets where to go
SESSION_COOKIE_AGE = 12 * 60 * 60  # a working day
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # together: a stranger cannot lock a colleague out
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "locked_out.html"
AXES_CLIENT_IP_CALLABLE = "loyalty.lib.client.client_address"

# Browsers

TRUSTED_PROXY = env.bool("TRUSTED_PROXY", default=False)
if TRUSTED_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION and env.bool("HTTPS", default=True)
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=30 * 24 * 60 * 60) if SECURE_SSL_REDIRECT else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # entering the browsers' preload list is for the owner of the domain
CSRF_TRUSTED_ORIGINS = [SITE_URL]
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

# Files

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns at every start without it
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"  # public: logos
PRIVATE_ROOT = VAR_DIR / "private"  # never served by address: imported files, error files
WHITENOISE_USE_FINDERS = not PRODUCTION  # no collectstatic before the first run
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT, "base_url": None, "file_permissions_mode": 0o600},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Languages and formats

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en")
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [
    BASE_DIR / "loyalty" / "config" / "locale",  # of texts outside the apps: templates, lib, this file
    BASE_DIR / "loyalty" / "config" / "locale_of_dependencies",  # what unfold and others bring in English only
]
# By which the addresses of people who were forgotten are recognised; changed, nobody is recognised any more.
SUPPRESSION_KEY = env.str("SUPPRESSION_KEY", default=SECRET_KEY)
PHONENUMBER_DEFAULT_REGION = env.str("PHONE_REGION", default="FR")
PHONENUMBER_DB_FORMAT = "E164"

# Logs: to stderr, which leaves stdout to the commands. No settings, no request bodies, nothing by e-mail.

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "loyalty.lib.request_ids.RequestIdFilter"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} [{request_id}]: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request"]}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {"django": {"handlers": [], "level": "NOTSET"}},
}
