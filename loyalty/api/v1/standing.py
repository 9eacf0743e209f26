"""How a member stands: what they hold, their tier, their cards, their vouchers."""

from datetime import datetime

from rest_framework import serializers

from loyalty.api.fields import Amount, Moment, moment, shown
from loyalty.api.own import Known
from loyalty.ledger.queries import holdings
from loyalty.lib import prepared
from loyalty.programs.models import Program
from loyalty.punchcards.queries import cards_of
from loyalty.tiers.queries import tier_at
from rewards.models import Voucher

MOST_VOUCHERS = 100


class ExpiringAnswer(serializers.Serializer):
    points = serializers.IntegerField()
    at = Moment()


class BalanceAnswer(serializers.Serializer):
    currency = serializers.CharField(help_text="points, or cashback in minor units of the program's money.")
    available = serializers.IntegerField(help_text="Can be spent now; negative where points are owed.")
    pending = serializers.IntegerField(help_text="Will be usable later.")
    debt = serializers.IntegerField()
    expiring = ExpiringAnswer(many=True)


class BalancesAnswer(serializers.Serializer):
    balances = BalanceAnswer(many=True)


class PunchCardAnswer(serializers.Serializer):
    card = serializers.CharField()
    name = serializers.CharField()
    punches = serializers.IntegerField()
    of = serializers.IntegerField()


class VoucherAnswer(serializers.Serializer):
    code = serializers.CharField()
    reward = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    value = Amount(allow_null=True, help_text="Null where it has no amount, such as a free product.")
    issued_at = Moment()
    expires_at = Moment(allow_null=True)


def standing(known: Known, at: datetime):
    """As an activity's answer has it."""
    return {
        "balances": balances(known, at),
        "punches": punches(known, at),
        "tier": tier_at(program=known.program, member_id=known.member_id, at=at),
        "vouchers": vouchers(known, at),
    }


def balances(known: Known, at: datetime):
    return [
        {
            "currency": holding.currency,
            "available": holding.balance.available,
            "pending": holding.balance.pending,
            "debt": holding.balance.debt,
            "expiring": [{"points": points, "at": moment(when)} for when, points in holding.expiring],
        }
        for holding in holdings(program=known.program, member_id=known.member_id, at=at)
    ]


def punches(known: Known, at: datetime):
    cards = cards_of(program=known.program, member_id=known.member_id, at=at)
    return [{"card": card.program, "name": card.name, "punches": card.punches, "of": card.of} for card in cards]


def vouchers(known: Known, at: datetime):
    """Those that the member can use now, in some store, soonest to expire first."""
    rows = _vouchers(program=known.program.pk, member=known.member_id, at=at)
    return [voucher(row, known.program) for row in rows]


@prepared.Prepared
def _vouchers():
    mine = Voucher.objects.filter(program=prepared.number("program"), member=prepared.number("member"))
    usable = (
        mine.usable(at=prepared.moment("at"))
        .select_related("reward")
        .only("code", "value", "issued_at", "expires_at", "reward__code", "reward__name_fr", "reward__name_en")
    )
    return usable.order_by("expires_at", "id")[:MOST_VOUCHERS]


def voucher(row: Voucher, program: Program):
    return {
        "code": row.code,
        "reward": row.reward.code if row.reward else None,
        "name": row.reward.name if row.reward else "",
        "value": shown(row.value, program.money_currency),
        "issued_at": moment(row.issued_at),
        "expires_at": moment(row.expires_at),
    }
