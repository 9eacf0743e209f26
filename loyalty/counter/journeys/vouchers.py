"""A voucher is used by itself, without recording a purchase."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy

from loyalty.counter.forms import JourneyForm, MoneyField, ScannedField
from loyalty.counter.journey import SOURCE, Ask, Done, Journey
from loyalty.counter.models import CounterAction
from rewards import sentences
from rewards.operations import give_back_vouchers, redeem_voucher


class VoucherForm(JourneyForm):
    code = ScannedField(label=gettext_lazy("Code of the voucher"))
    amount = MoneyField(
        label=gettext_lazy("Basket before the voucher"),
        required=False,
        help_text=gettext_lazy("For a voucher that takes something off a basket."),
    )


@dataclass(frozen=True, slots=True)
class UsingAVoucher(Journey):
    def perform(self, ask: Ask) -> Done:
        used = redeem_voucher(
            program=ask.till.program,
            code=ask.data["code"],
            amount=ask.data["amount"],
            member_id=ask.member and ask.member.pk,
            source=SOURCE,
            external_id=str(ask.key),
            store=ask.till.store,
            at=ask.at,
            by=ask.till.user,
            trusted=True,
        )
        outcome = {"voucher": str(used.voucher), "gives": sentences.worth(used.voucher), "worth": used.worth}
        return Done(outcome, reference=str(ask.key), member=used.voucher.member)

    def undo(self, action: CounterAction, *, at: datetime, by) -> None:
        give_back_vouchers(program=action.program, source=SOURCE, external_id=action.reference, at=at, by=by)


VOUCHER = UsingAVoucher("voucher", gettext_lazy("Use a voucher"), VoucherForm, needs_member=False, icon="✂")
