"""Points exchanged for rewards at a partner's, looked at again, undone."""

from uuid import uuid4

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from loyalty.api import own
from loyalty.api.fields import Moment, Strict, Text, Whole, moment
from loyalty.api.idempotency import moves
from loyalty.api.own import Known
from loyalty.api.scopes import Scope
from loyalty.api.v1 import standing
from loyalty.api.v1.people import MemberReference
from loyalty.api.v1.rewards import reward_named
from loyalty.api.views import View, answer
from members.queries import present
from rewards.models import Redemption, Voucher
from rewards.operations import redeem_reward, roll_back_redemption

MOST_AT_ONCE = 1_000


class RedemptionBody(Strict):
    program = Text(required=False, max_length=50, help_text="Its code; needed where you take part in several.")
    member = MemberReference()
    reward = Text(max_length=50, help_text="The code of a reward of the catalogue.")
    quantity = Whole(required=False, min_value=1, max_value=MOST_AT_ONCE)
    store = Text(required=False, max_length=50, allow_blank=True)
    external_id = Text(
        required=False,
        max_length=120,
        help_text="Your own name for it, for good: a second one with this name is the same one.",
    )


class RollBackBody(Strict):
    reason = Text(required=False, max_length=200, allow_blank=True)


class RedemptionAnswer(serializers.Serializer):
    id = serializers.CharField()
    program = serializers.CharField()
    member = serializers.UUIDField()
    reward = serializers.CharField()
    quantity = serializers.IntegerField()
    points = serializers.IntegerField(help_text="What it took.")
    state = serializers.ChoiceField(choices=Redemption.State.values)
    redeemed_at = Moment()
    rolled_back_at = Moment(allow_null=True)
    vouchers = standing.VoucherAnswer(many=True, help_text="One for each; none where they were withdrawn.")
    balances = standing.BalanceAnswer(many=True)


class Redemptions(View):
    scopes = {"POST": Scope.REDEMPTIONS_WRITE}

    @extend_schema(
        summary="Redeem points", tags=["redemptions"], request=RedemptionBody, responses={201: RedemptionAnswer}
    )
    @moves
    def post(self, request):
        """Exchanges the member's points for a reward; a voucher for each of the `quantity`."""
        asked = self.body(RedemptionBody)
        program = own.program_named(self.partner, asked.get("program"))
        known = own.whom(self.partner, program, asked["member"], self.at)
        redeemed = redeem_reward(
            program=program,
            member_id=known.member_id,
            reward=reward_named(self.partner, program, asked["reward"], self.at),
            quantity=asked.get("quantity", 1),
            source=own.source_of(self.partner),
            external_id=asked.get("external_id") or str(uuid4()),
            store=own.store_named(program, asked.get("store", "")),
            at=self.at,
        )
        data = represent(redeemed.redemption, known, self.at)
        return answer(data, 201, reverse("api:redemption", args=[data["id"]]))


class OneRedemption(View):
    scopes = {"GET": Scope.REWARDS_READ}

    @extend_schema(summary="One redemption", tags=["redemptions"], responses=RedemptionAnswer)
    def get(self, request, id):
        """With what the member has now."""
        return answer(represent(*found(self.partner, id), self.at))


class RollBack(View):
    scopes = {"POST": Scope.REDEMPTIONS_WRITE}

    @extend_schema(
        summary="Undo a redemption", tags=["redemptions"], request=RollBackBody, responses={200: RedemptionAnswer}
    )
    @moves
    def post(self, request, id):
        """The points go back to where they came from, with their old end; the vouchers are withdrawn.

        Refused where a voucher was used or a sale holds it. Undone before, it stays as it is.
        """
        asked = self.body(RollBackBody)
        redemption, known = found(self.partner, id)
        reason = asked.get("reason") or own.source_of(self.partner)
        return answer(represent(roll_back_redemption(redemption=redemption, reason=reason, at=self.at), known, self.at))


def found(partner, id) -> tuple[Redemption, Known]:
    """The partner's own redemption of this identifier, with whose it is today. Raises a 404."""
    code, _colon, external_id = id.partition(":")
    program = own.programs_of(partner).filter(code=code).first()
    rows = Redemption.objects.filter(program=program, source=own.source_of(partner), external_id=external_id)
    redemption = rows.filter(reward__isnull=False).select_related("reward").first() if program else None
    if redemption is not None:
        person = present([redemption.member_id])[redemption.member_id]
        if public := own.public_id(partner, program, person):
            return redemption, Known(program, person, public)
    raise NotFound(_("You made no redemption of this identifier."), "redemption_unknown")


def represent(redemption: Redemption, known: Known, at):
    program = known.program
    gone = [Voucher.State.EXCHANGED, Voucher.State.WITHDRAWN]
    vouchers = redemption.vouchers.exclude(state__in=gone).select_related("reward").order_by("id")
    return {
        "id": own.activity_id(program, redemption.external_id),
        "program": program.code,
        "member": str(known.public_id),
        "reward": redemption.reward.code,
        "quantity": redemption.quantity,
        "points": redemption.points,
        "state": redemption.state,
        "redeemed_at": moment(redemption.redeemed_at),
        "rolled_back_at": moment(redemption.rolled_back_at),
        "vouchers": [standing.voucher(row, program) for row in vouchers],
        "balances": standing.balances(known, at),
    }
