"""The member's page shows the offers that apply, the gift cards in the member's name, the merges."""

from datetime import UTC, datetime, timedelta

import pytest

from rewards.operations import register_gift_card, sell_gift_card, set_offer
from tests.factories.merging import merge, undo

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def look_at(as_role, text_of, time_machine):
    time_machine.move_to(AT)

    def look_at(member, role="support"):
        return text_of(as_role(role).get(f"/admin/members/member/{member.pk}/overview/"))

    return look_at


def test_offers_and_gift_cards_of_this_member(program, ana, look_at):
    names = {"name_fr": "Nocturne", "at": AT, "program": program}
    set_offer(code="night", name_en="Late opening", discount_code="NIGHT5", valid_to=AT + timedelta(days=3), **names)
    set_offer(code="gold", name_en="Gold only", audience_tiers=["gold"], **names)
    sold = sell_gift_card(program=program, amount=5000, source="till", external_id="c1", at=AT)
    assert str(sold.card) not in look_at(ana)
    register_gift_card(program=program, code=sold.card.code, member_id=ana.pk, at=AT, trusted=True)
    told = look_at(ana)
    assert f"Offers for this member ends before 03/05/2026 Late opening NIGHT5 Gift cards {sold.card} €50.00" in told
    assert "Gold only" not in told


def test_who_was_one_person(ana, double, look_at):
    merged = merge(ana, double, at=AT - timedelta(days=2))
    assert f"Merges 02/28/2026 {double.number} became part of this member the same person" in look_at(ana)
    assert f"became part of {ana.number}" in look_at(double)
    undo(merged, at=AT)
    assert "undone on 03/02/2026" in look_at(ana)
