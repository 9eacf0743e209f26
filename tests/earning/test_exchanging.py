import pytest

from loyalty.earning.models import Activity
from loyalty.earning.operations import ActivityRefused, exchange

pytestmark = pytest.mark.django_db


def swap(desk, back, out):
    refund = desk.activity(back, day=1, kind="refund", refunds="shoes", external_id="return-1")
    purchase = desk.activity(out, day=1, external_id="boots")
    return exchange(program=desk.program, source="till", refund=refund, purchase=purchase, at=refund.occurred_at)


def test_goods_come_back_and_others_go_out_at_once(desk):
    desk.record(10, external_id="shoes")
    refund, purchase = swap(desk, back=10, out=25)
    assert (refund.granted, purchase.granted, desk.points) == (-10, 25, 25)


def test_where_the_refund_is_refused_nothing_is_sold_either(desk):
    desk.record(10, external_id="shoes")
    with pytest.raises(ActivityRefused):
        swap(desk, back=11, out=25)
    assert desk.points == 10
    assert not Activity.objects.filter(external_id="boots").exists()
