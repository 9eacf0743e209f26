import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from loyalty.ledger.models import Account, Lot
from members.models import Enrolment

pytestmark = pytest.mark.django_db


def audit(capsys):
    """Exit code and JSON."""
    try:
        call_command("audit_ledger", "--json")
        code = 0
    except CommandError as error:
        code = error.returncode
    return code, json.loads(capsys.readouterr().out)


def test_a_sound_ledger_has_no_drift(purse, other_purse, capsys):
    purse.earn(50)
    purse.redeem(20)
    other_purse.earn(5)
    assert audit(capsys) == (0, {"accounts": 2, "entries": 3, "drift": []})


def test_an_empty_ledger_has_no_drift(capsys):
    assert audit(capsys) == (0, {"accounts": 0, "entries": 0, "drift": []})


@pytest.mark.parametrize(
    "break_it",
    [
        lambda: Account.objects.update(available=31),
        lambda: Account.objects.update(pending=1),
        lambda: Lot.objects.update(remaining=29),
        lambda: Lot.objects.update(is_pending=True),
        lambda: Enrolment.objects.update(balance=999),
    ],
)
def test_whatever_goes_wrong_behind_the_ledgers_back_is_named_with_its_account(purse, capsys, break_it):
    purse.earn(50)
    purse.redeem(20)
    break_it()
    code, report = audit(capsys)
    assert code == 1
    assert {drift["account"] for drift in report["drift"]} == {purse.account.pk}
