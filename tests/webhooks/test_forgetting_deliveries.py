"""Deliveries that ended long ago are forgotten; what waits is not, however old."""

from datetime import timedelta

import pytest

from loyalty.webhooks.models import Delivery
from loyalty.webhooks.operations import fan_out, forget_settled
from tests.factories.partners import PartnerMemberFactory
from tests.webhooks.conftest import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=91)


@pytest.fixture
def told(hotel, program, ana, endpoint, happen, tell, listener):
    PartnerMemberFactory(partner=hotel, program=program, member=ana)
    endpoint(hotel)
    happen(ana)
    tell()


def test_what_was_delivered_is_kept_for_three_months_and_not_sent_again(told, tell):
    assert forget_settled(at=LATER - timedelta(days=2)) == 0
    assert forget_settled(at=LATER) == 1
    assert (fan_out(at=LATER), tell(LATER), Delivery.objects.count()) == (0, 0, 0)


def test_what_is_still_to_be_delivered_stays(told):
    Delivery.objects.update(state="waiting", settled_at=None, due_at=NOW)
    assert forget_settled(at=LATER) == 0
    assert Delivery.objects.count() == 1
