"""A worker that dies between the charge and its record: the next one finds out, and nobody pays twice."""

import os
import signal
import subprocess
import sys
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from loyalty.subscriptions import operations
from loyalty.subscriptions.gateways import fake
from loyalty.subscriptions.models import Attempt, Charge, FakePayment
from loyalty.subscriptions.operations import charging
from tests.factories.subscriptions import Life, add_plan, noon

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
BEFORE, DUE = noon(2025, 1, 31), noon(2025, 2, 28)


@pytest.fixture
def life(program, ana):
    life = Life(program, ana)
    life.subscribe(add_plan(program), BEFORE)
    return life


@pytest.fixture
def renew_in_a_process(life, tmp_path):
    database = connection.settings_dict
    who = f"{quote(database['USER'], safe='')}:{quote(database['PASSWORD'], safe='')}"
    where = f"{database['HOST'] or 'localhost'}:{database['PORT'] or 5432}/{database['NAME']}"
    environment = os.environ | {
        "DATABASE_URL": f"postgres://{who}@{where}",
        "SECRET_KEY": settings.SECRET_KEY,
        "VAR_DIR": str(tmp_path),
    }

    def renew(*death):
        command = [sys.executable, "-m", "tests.subscriptions.paying_process"]
        command += [str(life.row.pk), DUE.isoformat(), *death]
        return subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=False).returncode

    return renew


def taken():
    """What the provider has taken for the renewal."""
    return FakePayment.objects.filter(asked_at=DUE).count()


@pytest.mark.parametrize(("when", "taken_before"), [("asked", 0), ("charged", 1)])
def test_a_killed_renewal_is_finished_by_the_next_worker(life, renew_in_a_process, when, taken_before):
    assert renew_in_a_process(when) == -signal.SIGKILL
    assert taken() == taken_before
    assert Attempt.objects.get(charge__period_start=DUE.date()).state == "asked"
    assert life.stands(DUE) == ("active", 1, True)

    assert renew_in_a_process() == 0
    assert taken() == 1
    assert life.stands(DUE) == ("active", 2, True)
    assert [charge.receipt_number for charge in life.charges] == [1, 2]

    assert renew_in_a_process() == 0
    assert taken() == 1


def test_killed_again_and_again_it_is_still_paid_once(life, renew_in_a_process):
    for _ in range(3):
        assert renew_in_a_process("charged") == -signal.SIGKILL
    assert renew_in_a_process() == 0
    assert taken() == 1
    assert life.stands(DUE) == ("active", 2, True)


def test_control_with_a_key_of_its_own_the_second_worker_charges_again(life, renew_in_a_process, monkeypatch):
    renew_in_a_process("charged")

    def forgetful(charge, at):
        number = charge.tries.count() + 1
        return Attempt.objects.create(charge=charge, number=number, key=f"{charge.key}-{number}", asked_at=at)

    monkeypatch.setattr("loyalty.subscriptions.operations.renewing.open_attempt", forgetful)
    operations.renew(subscription=life.row, at=DUE)
    assert taken() == 2


def test_what_the_provider_took_stays_when_the_record_fails(life, monkeypatch):
    """The process lives, but the record does not come about: the same as a death, seen from outside."""

    class Gone(Exception):
        pass

    def fail(*arguments, **options):
        raise Gone

    with monkeypatch.context() as patch:
        patch.setattr(charging, "record", fail)
        with pytest.raises(Gone):
            operations.renew(subscription=life.row, at=DUE)
    assert taken() == 1
    assert Charge.objects.get(period_start=DUE.date()).state == "pending"
    operations.renew(subscription=life.row, at=DUE)
    assert taken() == 1
    assert life.stands(DUE) == ("active", 2, True)


def test_a_provider_on_the_internet_is_never_asked_inside_a_transaction(life, monkeypatch):
    from django.db import transaction

    monkeypatch.setattr(fake, "REACHES_OUT", True)
    with pytest.raises(RuntimeError), transaction.atomic():
        operations.renew(subscription=life.row, at=DUE)
    assert taken() == 0
    operations.renew(subscription=life.row, at=DUE)
    assert taken() == 1
