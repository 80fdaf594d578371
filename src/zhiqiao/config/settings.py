"""The one settings module; what differs between installations is read in ``env``."""

import os
import sys
from email.utils import parseaddr
from pathlib import Path

from csp.constants import NONE, SELF

from zhiqiao.config.embedded import database_settings
from zhiqiao.config.env import mail_settings, read_environment, shipped_folder

ENVIRONMENT = read_environment(os.environ)
PACKAGE = Path(__file__).resolve().parent.parent

ZHIQIAO_HOME = ENVIRONMENT.home
ZHIQIAO_PACK = ENVIRONMENT.pack
# What anybody checks a result with; served as it stands, and it works without the platform.
ZHIQIAO_VERIFIER = shipped_folder("verifier")
ZHIQIAO_EMBEDDED = ENVIRONMENT.database_url is None

SECRET_KEY = ENVIRONMENT.secret_key
SECRET_KEY_FALLBACKS = list(ENVIRONMENT.old_secret_keys)
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.idp.oidc",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "pgtrigger",
    "procrastinate.contrib.django",
    "template_partials",
    "zhiqiao.config.embedded",
    "zhiqiao.core",
    "zhiqiao.web",
    "zhiqiao.apps.registry",
    "zhiqiao.apps.accounts",
    "zhiqiao.apps.people",
    "zhiqiao.apps.projects",
    "zhiqiao.apps.admissions",
    "zhiqiao.apps.plan",
    "zhiqiao.apps.portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "zhiqiao.core.caching.CachePolicy",
    "zhiqiao.core.metrics.requests.CountRequests",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "zhiqiao.core.middleware.LanguageByChoice",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "zhiqiao.core.middleware.EndLongSessions",
    "zhiqiao.core.middleware.ReachOfRequest",
    "allauth.account.middleware.AccountMiddleware",
    "zhiqiao.core.middleware.SessionsSeen",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "zhiqiao.core.middleware.RequestContext",
    "zhiqiao.core.middleware.ReadableAddress",
    "zhiqiao.core.middleware.ErrorPages",
]

ROOT_URLCONF = "zhiqiao.config.urls"
WSGI_APPLICATION = "zhiqiao.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": ["template_partials.templatetags.partials"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "zhiqiao.web.context.site",
            ],
        },
    }
]

DATABASES = {"default": database_settings(ENVIRONMENT)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
_OF_THIS_PROCESS = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
CACHES = {
    # Sign-in counts attempts here, so every process and every machine counts the same ones.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # What is kept for speed has the revision in its key and may differ between processes.
    "process": {**_OF_THIS_PROCESS, "LOCATION": "process"},
    "template_fragments": {**_OF_THIS_PROCESS, "LOCATION": "fragments"},
}
# How many proxies of ours stand before the web server; the address of a person is read past them.
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.trusted_proxies
MIGRATION_MODULES: dict[str, str] = {}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "zhiqiao_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
ZHIQIAO_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = ZHIQIAO_HOME / "static"
MEDIA_ROOT = ZHIQIAO_HOME / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["zhiqiao.core.passwords.Argon2id"]
ZHIQIAO_SIGN_IN = ENVIRONMENT.sign_in
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": ZHIQIAO_SIGN_IN.shortest_password},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("login", "name", "email")},
    },
    {
        "NAME": "zhiqiao.core.passwords.CharacterClasses",
        "OPTIONS": {"number": ZHIQIAO_SIGN_IN.character_classes},
    },
    {"NAME": "zhiqiao.apps.accounts.sign_in.NotUsedBefore"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:workspace"
ACCOUNT_ADAPTER = "zhiqiao.apps.accounts.sign_in.ClosedSignup"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "portal:home"
ACCOUNT_SESSION_REMEMBER = False
# The one owner of lock-out: wrong passwords by person and by address, wrong codes by person.
# How often one network address may do what nobody has to sign in for.
ZHIQIAO_ALLOWANCES = {"objection": "20/m/ip"}
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/300s/key", "reauthenticate": "10/m/user"}
IDP_OIDC_ADAPTER = "zhiqiao.apps.accounts.sign_in.identity.Identity"
IDP_OIDC_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]
# Another system proves who somebody is; it opens no account, and what it tells is not kept.
SOCIALACCOUNT_ADAPTER = "zhiqiao.apps.accounts.sign_in.outside.OutsideIdentities"
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
ZHIQIAO_IDENTITY = ENVIRONMENT.identity
MFA_ADAPTER = "zhiqiao.apps.accounts.sign_in.SecondFactors"
MFA_FORMS = {
    "activate_totp": "zhiqiao.apps.accounts.forms.AppForm",
    "authenticate": "zhiqiao.apps.accounts.forms.FactorForm",
    "add_webauthn": "zhiqiao.apps.accounts.forms.KeyForm",
    "edit_webauthn": "zhiqiao.apps.accounts.forms.KeyNameForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Zhiqiao"
# One step of 30 seconds each way: a telephone's clock is rarely better.
MFA_TOTP_TOLERANCE = 1
# Addresses are told by administrators, who know the person; nobody proves one by a mail.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Browsers treat loopback as safe without TLS; elsewhere a key is bound to https.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ENVIRONMENT.secure

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(ZHIQIAO_SIGN_IN.session_lives.total_seconds())
SESSION_SAVE_EVERY_REQUEST = ZHIQIAO_SIGN_IN.session_is_prolonged
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "zhiqiao.core.views.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Behind a TLS proxy these follow one switch; on a laptop's http address they would lock people out.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.secure
SECURE_SSL_REDIRECT = ENVIRONMENT.secure
# Programs on this machine ask these without the proxy.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ENVIRONMENT.secure
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.secure else None

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        # Signing in with an account of another system begins with a form of ours.
        "form-action": [SELF, *([ZHIQIAO_IDENTITY.origin] if ZHIQIAO_IDENTITY else [])],
        "frame-ancestors": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
# A form that names several hundred bodies has three fields for each of them.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_HANDLERS = [
    "zhiqiao.core.uploads.RefuseLargeUpload",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

PROCRASTINATE_ON_APP_READY = "zhiqiao.core.jobs.configure"

globals().update(mail_settings(ENVIRONMENT.mail_url))
# A mail server that hangs costs the worker this long, and the notice is tried again.
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = ENVIRONMENT.mail_from
ZHIQIAO_MAIL_DOMAIN = parseaddr(ENVIRONMENT.mail_from)[1].rpartition("@")[2] or "localhost"
ZHIQIAO_SITE_URL = ENVIRONMENT.site_url or f"http://127.0.0.1:{ENVIRONMENT.port}"
ZHIQIAO_HOOK_URL = ENVIRONMENT.hook_url
ZHIQIAO_HOOK_KEY = ENVIRONMENT.hook_key
ZHIQIAO_SMS_URL = ENVIRONMENT.sms_url
ZHIQIAO_SMS_KEY = ENVIRONMENT.sms_key
ZHIQIAO_METRICS_KEY = ENVIRONMENT.metrics_key
ZHIQIAO_SCANNER = ENVIRONMENT.scanner

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {"()": "zhiqiao.core.logs.StructuredFormatter"},
        "readable": {"()": "zhiqiao.core.logs.ReadableFormatter"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "readable" if DEBUG else "lines",
        },
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        # A line for each answered request is for a service that keeps its log, not for a terminal.
        "zhiqiao": {"level": "WARNING" if sys.stderr.isatty() else "INFO"},
        # That line tells what was refused; Django's own would repeat the address.
        "django.request": {"level": "ERROR"},
    },
}

TESTING = "pytest" in sys.modules
if TESTING:
    # The real hash is tuned to cost time; tests sign in hundreds of times.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
