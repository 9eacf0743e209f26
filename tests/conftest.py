"""What every test may rely on: its own mail box, queue and cache, a database that flushes, a real worker."""

from zlib import crc32

import pytest
from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.test import override_settings
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from redis import Redis

from tests.flush import adapt_transactional_tests
from tests.migrated import fill, migrated
from tests.worker import Worker

pytest_plugins = [
    "tests.factories.programs",
    "tests.factories.members",
    "tests.factories.households",
    "tests.factories.merging",
    "tests.factories.rewards",
    "tests.factories.challenges",
    "tests.factories.subscriptions",
    "tests.factories.jobs",
    "tests.factories.referrals",
    "tests.factories.campaigns",
    "tests.factories.partners",
    "tests.factories.api",
    "tests.factories.punchcards",
    "tests.factories.counter",
]

# A deadline per example would be a timing assertion.
hypothesis_settings.register_profile("loyalty", deadline=None, print_blob=True)
hypothesis_settings.load_profile("loyalty")

POSTGRES = "postgresql" in settings.DATABASES["default"]["ENGINE"]
REDIS = bool(settings.REDIS_URL)


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: "long" not in item.keywords)
    if not POSTGRES:
        skip = pytest.mark.skip(reason="needs PostgreSQL: set DATABASE_URL")
        for item in items:
            if "postgres" in item.keywords:
                item.add_marker(skip)


@pytest.fixture(scope="session", autouse=True)
def _test_settings(tmp_path_factory):
    """What would be slow, or would leave something behind on the machine."""
    private = settings.STORAGES["private"]
    elsewhere = {"OPTIONS": private["OPTIONS"] | {"location": tmp_path_factory.mktemp("private")}}
    plain_static_files = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        STORAGES=settings.STORAGES | {"private": private | elsewhere, "staticfiles": plain_static_files},
        MEDIA_ROOT=tmp_path_factory.mktemp("media"),
        SECURE_SSL_REDIRECT=False,
        WHITENOISE_AUTOREFRESH=True,  # else every client of a test walks through all static files
    ):
        yield


@pytest.fixture(scope="session")
def migrated_tables(tmp_path_factory, worker_id):
    """An SQLite file as `migrate` makes it, to be copied."""
    own = tmp_path_factory.getbasetemp()
    return migrated(own if worker_id == "master" else own.parent)


if not POSTGRES:  # whose databases are migrated beside each other, a process each

    @pytest.fixture(scope="session")
    def django_db_modify_db_settings(django_db_modify_db_settings, tmp_path_factory):
        """A file, as in a shop: in memory, threads that read and write at once are refused instead of made to wait."""
        database = settings.DATABASES["default"]
        database["TEST"] |= {"MIGRATE": False, "NAME": str(tmp_path_factory.mktemp("database") / "test.sqlite3")}
        database["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"  # no power cut is waited for here

    @pytest.fixture(scope="session")
    def django_db_setup(django_db_setup, django_db_blocker, migrated_tables):
        with django_db_blocker.unblock():
            fill(migrated_tables)


@pytest.fixture(scope="session", autouse=True)
def _own_queue(testrun_uid, worker_id):
    """Tasks that a test sends reach no worker but its own."""
    current_app.conf.task_default_queue = f"test-{testrun_uid}-{worker_id}"
    if not REDIS:
        current_app.conf.broker_url = "memory://"
    yield current_app.conf.task_default_queue
    if REDIS:
        redis = Redis.from_url(settings.REDIS_URL)
        for key in redis.scan_iter(f"*{current_app.conf.task_default_queue}*"):
            redis.delete(key)


@pytest.fixture(autouse=True)
def _own_language():
    """A request in another language leaves it behind in the thread."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def _own_cache(request, testrun_uid):
    """An empty cache for each test; clearing it would empty a developer's whole Redis."""
    cache.key_prefix = f"{testrun_uid}-{crc32(request.node.nodeid.encode())}"


@pytest.fixture(scope="session", autouse=True)
def _flush():
    with pytest.MonkeyPatch.context() as patch:
        adapt_transactional_tests(patch)
        yield


@pytest.fixture(scope="session")
def _running_worker(django_db_setup, django_db_blocker, _own_queue, tmp_path_factory):
    if not (POSTGRES and REDIS):
        pytest.skip("needs a worker of its own: set DATABASE_URL to PostgreSQL and REDIS_URL")
    with Worker(queue=_own_queue, var_dir=tmp_path_factory.mktemp("worker")) as worker:
        yield worker


@pytest.fixture
def worker(_running_worker, transactional_db):
    """A real Celery worker on the test database: `worker.wait_until(lambda: …)` after sending a task."""
    return _running_worker
