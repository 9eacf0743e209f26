"""An import tells of the past: nobody is written to because of it."""

import pytest

from campaigns.models import Message
from loyalty.earning.operations import ActivityInput, MemberRef, record_activities
from tests.factories.campaigns import NOON, send

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("history", [True, False])
def test_members_enrolled_by_an_import_get_no_welcome(program, mailoutbox, history):
    purchase = ActivityInput(
        external_id="1", member=MemberRef("any", "customer-1"), kind="purchase", occurred_at=NOON, amount=1000
    )
    record_activities(program=program, source="till", activities=[purchase], at=NOON, history=history, enrol=True)
    send()
    assert mailoutbox == []
    assert not Message.objects.exists()
