"""Activities as bodies bring them and as answers tell what came of them."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from loyalty.api import own
from loyalty.api.fields import MOST_POINTS, Amount, Moment, Strict, Text, Whole, minor, moment, shown
from loyalty.api.own import Known
from loyalty.api.v1.people import MemberReference
from loyalty.api.v1.standing import BalanceAnswer, PunchCardAnswer, VoucherAnswer, standing
from loyalty.earning.operations import ActivityInput, Line, MemberRef
from loyalty.earning.refunding import cause_of
from loyalty.earning.sentences import explain
from loyalty.ledger.book import POINTS
from loyalty.ledger.currencies import Currency
from loyalty.ledger.queries import opened_by
from loyalty.programs.kinds import Kind
from loyalty.programs.models import Program

KIND = r"^[a-z][a-z0-9_]*$"
MOST_LINES = 500


class LineBody(Strict):
    sku = Text(required=False, max_length=60, allow_blank=True)
    category = Text(required=False, max_length=60, allow_blank=True)
    quantity = Whole(required=False, min_value=1, max_value=999_999)
    unit_price = Amount(required=False, allow_null=True, help_text="With tax; null where you do not know it.")


class TenderBody(Strict):
    tender = Text(max_length=60, help_text="Such as card, cash, meal_voucher.")
    amount = Amount()


class ActivityBody(Strict):
    program = Text(required=False, max_length=50, help_text="Its code; needed where you take part in several.")
    member = MemberReference()
    kind = serializers.RegexField(
        KIND, max_length=30, help_text="purchase, visit, review… or one of the program's own."
    )
    external_id = Text(max_length=120, help_text="Your own name for it: a second one with this name is the same one.")
    occurred_at = Moment()
    amount = Amount(required=False, help_text="What is paid, with tax, after vouchers.")
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)
    store = Text(required=False, max_length=50, allow_blank=True)
    channel = Text(
        required=False, max_length=30, allow_blank=True, help_text="Where it was sold, in the words of `programs`."
    )
    brand = Text(required=False, max_length=60, allow_blank=True)
    lines = LineBody(many=True, required=False, max_length=MOST_LINES)
    paid_with = TenderBody(many=True, required=False, max_length=50)
    vouchers = serializers.ListField(child=Text(max_length=64), required=False, max_length=50)
    redeem_points = Whole(required=False, min_value=0, max_value=MOST_POINTS, help_text="Points that pay a part.")
    redeem_currency = serializers.ChoiceField(required=False, choices=Currency.values)
    referral = Text(required=False, max_length=40, help_text="The code of whoever sent the member.")
    code = Text(required=False, max_length=40, help_text="What the member entered, where the kind is code.")

    def validate_kind(self, kind):
        if kind == Kind.REFUND:
            raise serializers.ValidationError(_("Refund an activity at its own address."), "other_address")
        return kind


class RefundBody(Strict):
    external_id = Text(max_length=120, help_text="Your own name for the refund.")
    amount = Amount(required=False, help_text="Without it, all that is left of the purchase.")
    occurred_at = Moment(required=False, help_text="Without it, now; when you send the refund again, the first now.")
    store = Text(required=False, max_length=50, allow_blank=True)


class GrantAnswer(serializers.Serializer):
    currency = serializers.CharField()
    points = serializers.IntegerField(help_text="Negative where a refund took them.")
    pending_until = Moment(allow_null=True, help_text="Null where they can be used at once.")


class RuleAnswer(serializers.Serializer):
    rule = serializers.CharField(allow_blank=True)
    matched = serializers.BooleanField()
    reason = serializers.CharField()
    desired = serializers.IntegerField()
    granted = serializers.IntegerField()
    text = serializers.CharField(help_text="The same as a sentence, in the language that was asked for.")


class EffectAnswer(serializers.Serializer):
    effect = serializers.CharField(help_text="punch, tier, challenge, referral…")
    reason = serializers.CharField()
    text = serializers.CharField()


class ActivityAnswer(serializers.Serializer):
    id = serializers.CharField(allow_null=True, help_text="Null in a rehearsal.")
    program = serializers.CharField()
    member = serializers.UUIDField()
    kind = serializers.CharField()
    external_id = serializers.CharField()
    occurred_at = Moment()
    amount = Amount()
    refunds = serializers.CharField(allow_null=True, help_text="The activity that this one refunds.")
    granted = GrantAnswer(many=True)
    balances = BalanceAnswer(many=True)
    punches = PunchCardAnswer(many=True)
    tier = serializers.CharField(allow_null=True)
    vouchers = VoucherAnswer(many=True, help_text="What the member can use now.")
    decision = RuleAnswer(many=True)
    effects = EffectAnswer(many=True)


def activity_input(asked: dict[str, Any], program: Program, member_id: int) -> ActivityInput:
    """The body in the words of the house. Raises a 400 where an amount has more decimals than the money."""
    money = program.money_currency
    return ActivityInput(
        member=MemberRef("id", str(member_id)),
        amount=minor(asked.get("amount", Decimal(0)), money, "amount"),
        lines=tuple(line(each, money) for each in asked.get("lines", ())),
        paid_with=tuple(
            (each["tender"], minor(each["amount"], money, "paid_with")) for each in asked.get("paid_with", ())
        ),
        vouchers=tuple(asked.get("vouchers", ())),
        redeem_currency=asked.get("redeem_currency", POINTS),
        redeem_points=asked.get("redeem_points", 0),
        **{name: asked.get(name, "") for name in ("currency", "store", "channel", "brand", "referral", "code")},
        **{name: asked[name] for name in ("external_id", "kind", "occurred_at")},
    )


def line(asked: dict[str, Any], money: str) -> Line:
    price = minor(asked.get("unit_price"), money, "lines")
    return Line(asked.get("sku", ""), asked.get("category", ""), asked.get("quantity", 1), price)


def _tender(paid: dict[str, Any], money: str) -> tuple[str, int]:
    return paid["tender"], minor(paid["amount"], money, "paid_with") or 0


def represent(partner, known: Known, activity, recorded, at, *, refunds=None, is_rehearsal=False):
    """What was recorded or, in a rehearsal, would be. `activity` has the figures, `recorded` the effect."""
    program = known.program
    return {
        "id": None if is_rehearsal else own.activity_id(program, activity.external_id),
        "program": program.code,
        "member": str(known.public_id),
        "kind": activity.kind,
        "external_id": activity.external_id,
        "occurred_at": moment(activity.occurred_at),
        "amount": shown(activity.amount or 0, program.money_currency),
        "refunds": refunds and own.activity_id(program, refunds),
        "granted": granted(partner, program, activity.external_id, recorded, at),
        **standing(known, at),
        **decision(recorded.outcomes, program),
    }


def granted(partner, program, external_id, recorded, at):
    """What was given, by the moment from which it can be used; what a refund took, as it was taken."""
    sums = {POINTS: recorded.granted} | recorded.also
    if not any(points > 0 for points in sums.values()):
        return [{"currency": each, "points": points, "pending_until": None} for each, points in sums.items() if points]
    cause = cause_of(own.source_of(partner), external_id)
    return [
        {"currency": currency, "points": points, "pending_until": moment(active_at) if active_at > at else None}
        for currency, active_at, points in opened_by(program=program, cause=cause)
    ]


def decision(outcomes, program):
    return {
        "decision": [_rule(each, program.money_currency) for each in outcomes if "effect" not in each],
        "effects": [_effect(each, program.money_currency) for each in outcomes if "effect" in each],
    }


def _rule(outcome, currency):
    return {
        "rule": outcome.get("rule", ""),
        "matched": outcome.get("desired", 0) != 0,
        "reason": outcome["reason"],
        "desired": outcome.get("desired", 0),
        "granted": outcome.get("granted", 0),
        "text": explain(outcome, currency=currency),
    }


def _effect(outcome, currency):
    return {"effect": outcome["effect"], "reason": outcome["reason"], "text": explain(outcome, currency=currency)}
