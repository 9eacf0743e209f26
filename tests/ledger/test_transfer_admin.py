"""Staff transfer points with a reason; marketing sets the limits."""

import uuid

import pytest
from django.urls import reverse

from loyalty.ledger.models import Transfer, TransferPolicy
from tests.factories.programs import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, purse, other_purse):
    purse.earn(100)
    other_purse.earn(1)
    client.force_login(UserFactory(groups=["support"]))
    client.cookies["django_language"] = "en"
    return client


def give(desk, purse, **changes):
    form = {"member": "", "points": 40, "reason": "birthday", "key": str(uuid.uuid4())}
    return desk.post(reverse("admin:ledger_account_transfer", args=[purse.account.pk]), form | changes)


def test_support_transfers_points_once_however_often_the_form_is_sent(desk, purse, other_purse):
    key = str(uuid.uuid4())
    for _ in range(2):
        give(desk, purse, member=other_purse.member.number, key=key)
    assert (purse.figures, other_purse.figures) == ((60, 0, 0), (41, 0, 0))
    assert Transfer.objects.get().reason == "birthday"


def test_what_is_refused_says_why_on_the_form(desk, purse, other_purse, program):
    answer = give(desk, purse, member=purse.member.number)
    assert "cannot be transferred to the same member" in answer.content.decode()
    TransferPolicy.objects.create(program=program, is_allowed=False)
    answer = give(desk, purse, member=other_purse.member.number)
    assert "does not let points change hands" in answer.content.decode()
    answer = give(desk, purse, member="nobody@example.com")
    assert "member" in answer.context["form"].errors


def test_marketing_sets_the_limits(client, program, marketer):
    client.force_login(marketer)
    add = reverse("admin:ledger_transferpolicy_add")
    form = {"program": program.pk, "is_allowed": "on", "between": "household", "minimum": 10, "most_per_day": 5}
    answer = client.post(add, form)
    assert "would let nothing pass" in answer.content.decode() or "ne laisserait" in answer.content.decode()
    client.post(add, form | {"most_per_day": 50})
    policy = TransferPolicy.objects.get()
    assert (policy.between, policy.minimum, policy.most_per_day) == ("household", 10, 50)
    assert policy.history.get().history_user == marketer
