"""Vouchers at a partner's till: asked about, held for a sale, used by it, let go.

Whatever is wrong with a code is said in the same words, and so is that it is somebody else's: nobody learns codes by
trying.
"""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from loyalty.api import own
from loyalty.api.fields import Amount, Flag, Moment, Strict, Text, minor, moment, shown
from loyalty.api.idempotency import moves
from loyalty.api.problems import Refusal
from loyalty.api.scopes import Scope
from loyalty.api.v1.activity_bodies import MOST_LINES, LineBody, line
from loyalty.api.v1.standing import VoucherAnswer
from loyalty.api.v1.standing import voucher as represent
from loyalty.api.views import View, answer
from loyalty.lib import codes
from rewards.models import Voucher
from rewards.operations import VoucherRefused, redeem_voucher, release_voucher, reserve_voucher, validate_voucher
from rewards.operations.reserving import sale_of
from rewards.operations.validating import refused

NOT_USABLE = "not_usable"


class BasketBody(Strict):
    store = Text(required=False, max_length=50, allow_blank=True)
    amount = Amount(required=False, help_text="What is due before vouchers, with tax.")
    lines = LineBody(many=True, required=False, max_length=MOST_LINES)


class ValidateBody(BasketBody):
    code = Text(max_length=64)
    external_id = Text(required=False, max_length=120, help_text="Your sale, where it holds the voucher already.")


class SaleBody(BasketBody):
    external_id = Text(max_length=120, help_text="Your own name for the sale: the external_id of its activity.")


class ReleaseBody(Strict):
    external_id = Text(max_length=120, help_text="The sale that holds it.")


class ValuedAnswer(VoucherAnswer):
    worth = Amount(allow_null=True, help_text="What it takes off this basket; null where none was told.")
    reserved_until = Moment(allow_null=True)


class ReleasedAnswer(serializers.Serializer):
    released = Flag(help_text="Whether the sale held it.")


class OfVoucher(View):
    def handle_exception(self, exc):
        """A code that cannot be used is not there, and what is not there is a 404."""
        if isinstance(exc, VoucherRefused) and exc.code == NOT_USABLE:
            exc = Refusal(str(exc), exc.code, status_code=404)
        return super().handle_exception(exc)


class Validate(OfVoucher):
    scopes = {"POST": Scope.VOUCHERS_READ}

    @extend_schema(
        summary="Ask what a voucher is worth", tags=["vouchers"], request=ValidateBody, responses=ValuedAnswer
    )
    def post(self, request):
        """In this basket and store, now. Nothing is held or used, and no Idempotency-Key is needed."""
        asked = self.body(ValidateBody)
        voucher = found(self.partner, asked["code"])
        sale = asked.get("external_id")
        held_for = sale_of(own.source_of(self.partner), sale) if sale else ""
        valued = validate_voucher(**_basket(voucher, asked), code=voucher.code, held_for=held_for, at=self.at)
        return answer(_valued(valued.voucher, valued.worth))


class OfSale(OfVoucher):
    scopes = {"POST": Scope.VOUCHERS_WRITE}

    def take(self, code, verb):
        """`verb` holds or uses the voucher for the sale that the body names."""
        asked = self.body(SaleBody)
        voucher = found(self.partner, code)
        sale = {"source": own.source_of(self.partner), "external_id": asked["external_id"]}
        taken = verb(**_basket(voucher, asked), **sale, code=voucher.code, at=self.at)
        return answer(_valued(taken.voucher, taken.worth))


class Reserve(OfSale):
    @extend_schema(summary="Hold a voucher for a sale", tags=["vouchers"], request=SaleBody, responses=ValuedAnswer)
    @moves
    def post(self, request, code):
        """For a quarter of an hour; the same sale may ask again, and alone may use or release it."""
        return self.take(code, reserve_voucher)


class Redeem(OfSale):
    @extend_schema(summary="Use a voucher", tags=["vouchers"], request=SaleBody, responses=ValuedAnswer)
    @moves
    def post(self, request, code):
        """Once for the sale: a sale that used it before gets the same answer. An activity that names the voucher in
        `vouchers` uses it by itself."""
        return self.take(code, redeem_voucher)


class Release(OfVoucher):
    scopes = {"POST": Scope.VOUCHERS_WRITE}

    @extend_schema(summary="Let a voucher go", tags=["vouchers"], request=ReleaseBody, responses=ReleasedAnswer)
    @moves
    def post(self, request, code):
        """The sale was broken off. Releasing what it does not hold harms nobody."""
        asked = self.body(ReleaseBody)
        voucher = found(self.partner, code)
        source = own.source_of(self.partner)
        sale = {"source": source, "external_id": asked["external_id"]}
        return answer({"released": release_voucher(program=voucher.program, code=voucher.code, **sale)})


def found(partner, code: str) -> Voucher:
    """A voucher of one of the partner's own members. Raises the refusal of every code that cannot be used."""
    typed = codes.normalise(code)
    rows = Voucher.objects.filter(code=typed, program__in=own.programs_of(partner)).select_related("program")
    voucher = rows.first() if codes.is_valid(typed) else None
    if voucher is None or not own.public_id(partner, voucher.program, voucher.member_id):
        raise refused(None, trusted=False)
    return voucher


def _basket(voucher: Voucher, asked):
    program = voucher.program
    currency = program.money_currency
    return {
        "program": program,
        "store": own.store_named(program, asked.get("store", "")),
        "amount": minor(asked.get("amount"), currency, "amount"),
        "lines": tuple(line(each, currency) for each in asked.get("lines", ())),
        "member_id": voucher.member_id,
    }


def _valued(voucher: Voucher, worth: int | None):
    program = voucher.program
    return represent(voucher, program) | {
        "worth": shown(worth, program.money_currency),
        "reserved_until": moment(voucher.reserved_until),
    }
