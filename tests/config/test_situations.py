"""Settings in each of the three situations, read by a fresh process as `manage.py` would."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

PROGRAM = """
import json, sys
from django.conf import settings
values = {name: getattr(settings, name, None) for name in sys.argv[1:]}
print(json.dumps(values, default=str))
"""
CONFIGURING = {
    "DATABASE_URL",
    "REPLICA_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "SECRET_KEY",
    "DEBUG",
    "ALLOWED_HOSTS",
    "SITE_URL",
    "DJANGO_ALLOW_ASYNC_UNSAFE",  # set by the browser tests that ran before
}


@pytest.fixture
def run(tmp_path):
    def run(*command, **variables):
        environment = {name: value for name, value in os.environ.items() if name not in CONFIGURING}
        environment |= {"DJANGO_SETTINGS_MODULE": "loyalty.config.settings", "VAR_DIR": str(tmp_path), **variables}
        return subprocess.run(
            [sys.executable, *command], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True
        )

    return run


@pytest.fixture
def read(run):
    def read(*names, **variables):
        result = run("-c", PROGRAM, *names, **variables)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    return read


PRODUCTION = {"ALLOWED_HOSTS": "loyalty.example.com", "SECRET_KEY": "k" * 25 + "0123456789abcdefghijklmnopqrstuvwxyz"}


def test_nothing_set_means_one_machine_with_everything_embedded(read, tmp_path):
    values = read("DEBUG", "PRODUCTION", "DATABASES", "CACHES", "CELERY_BROKER_URL", "EMAIL_BACKEND", "EMAIL_FILE_PATH")

    assert (values["DEBUG"], values["PRODUCTION"]) == (False, False)
    database = values["DATABASES"]["default"]
    assert database["ENGINE"].endswith("sqlite3")
    assert database["NAME"] == str(tmp_path / "loyalty.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "locmem" in values["CACHES"]["default"]["BACKEND"]
    assert values["CELERY_BROKER_URL"] == "filesystem://localhost"
    assert "filebased" in values["EMAIL_BACKEND"]
    assert values["EMAIL_FILE_PATH"] == str(tmp_path / "mail")


def test_addresses_choose_the_real_parts(read):
    values = read(
        "DATABASES",
        "CACHES",
        "CELERY_BROKER_URL",
        "EMAIL_HOST",
        "EMAIL_PORT",
        "EMAIL_USE_TLS",
        "ANALYTICS_DATABASE",
        DATABASE_URL="postgres://loyal:p%40ss@db.example.com:5433/points",
        REPLICA_URL="postgres://reader@replica.example.com/points",
        REDIS_URL="redis://redis.example.com:6379/2",
        EMAIL_URL="smtp+tls://mailer:secret@smtp.example.com:587",
    )

    database = values["DATABASES"]["default"]
    assert database["ENGINE"].endswith("postgresql")
    assert (database["HOST"], database["PORT"], database["PASSWORD"]) == ("db.example.com", 5433, "p@ss")
    assert values["ANALYTICS_DATABASE"] == "replica"
    assert values["DATABASES"]["replica"]["HOST"] == "replica.example.com"
    assert values["CACHES"]["default"]["LOCATION"] == values["CELERY_BROKER_URL"] == "redis://redis.example.com:6379/2"
    assert (values["EMAIL_HOST"], values["EMAIL_PORT"], values["EMAIL_USE_TLS"]) == ("smtp.example.com", 587, True)


@pytest.mark.parametrize("variables", [{"ALLOWED_HOSTS": "loyalty.example.com"}, {"DEBUG": "0"}])
def test_production_refuses_to_start_without_a_secret_key(run, variables):
    result = run("manage.py", "check", **variables)

    assert result.returncode != 0
    assert "Set SECRET_KEY" in result.stderr


def test_production_passes_djangos_deployment_checks(run):
    result = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert result.returncode == 0, result.stderr


def test_a_secret_key_in_the_environment_is_the_one_used(read, tmp_path):
    assert read("SECRET_KEY", SECRET_KEY="given")["SECRET_KEY"] == "given"
    assert not (tmp_path / "secret_key").exists()


def test_links_in_e_mails_lead_to_the_site(read):
    assert read("SITE_URL")["SITE_URL"] == "http://127.0.0.1:8000"
    assert read("SITE_URL", **PRODUCTION)["SITE_URL"] == "https://loyalty.example.com"
    assert (
        read("SITE_URL", **PRODUCTION, SITE_URL="https://points.example.com")["SITE_URL"]
        == "https://points.example.com"
    )


def test_static_files_can_be_collected_for_production(run, tmp_path):
    result = run("manage.py", "collectstatic", "--noinput", "--verbosity", "0", **PRODUCTION)

    assert result.returncode == 0, result.stderr
    assert (tmp_path / "static" / "staticfiles.json").exists()


def test_sqlite_keeps_its_journal_ahead_and_survives_a_power_cut(run):
    asking = (
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "for name in ('journal_mode', 'synchronous'):\n"
        "    print(connection.cursor().execute(f'PRAGMA {name}').fetchone()[0])\n"
    )

    assert run("-c", asking).stdout.split() == ["wal", "2"]
