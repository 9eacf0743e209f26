"""A purchase goes back, whole or in part: chosen from the member's history or by its receipt, with what it takes.

A refund is not undone: a purchase that was refunded by mistake is recorded again.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from loyalty.counter.forms import JourneyForm, MoneyField, ScannedField
from loyalty.counter.journey import Ask, Done, Journey
from loyalty.counter.sales import by_receipt, receipts_of, refundable, sales_of_tills
from loyalty.earning.models import Activity, Kind
from loyalty.earning.operations import ActivityInput, MemberRef, Recorded, calculate, refund_activity
from rewards.models import Redemption

MOST_SHOWN = 8


class RefundForm(JourneyForm):
    receipt = ScannedField(label=gettext_lazy("Receipt number"), required=False)
    sale = forms.ModelChoiceField(
        Activity.objects.none(), label=gettext_lazy("Purchase"), required=False, empty_label=None
    )
    amount = MoneyField(
        label=gettext_lazy("Amount of what comes back"),
        required=False,
        help_text=gettext_lazy("Empty: all that is left of the purchase."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sale"].queryset = refundable(program=self.till.program, member_id=self.member.pk)

    def clean(self):
        data = super().clean()
        chosen = data.get("sale")
        named = self._by_receipt(data["receipt"]) if data.get("receipt") else None
        if named and chosen and named != chosen:
            self.add_error("receipt", _("This is the receipt of another purchase than the one chosen."))
        data["sale"] = sale = chosen or named
        if sale is None and not self.errors:
            self.add_error("receipt", _("Choose the purchase, or type the number of its receipt."))
        return data

    def _by_receipt(self, receipt: str) -> Activity | None:
        sale = by_receipt(store=self.till.store, member_id=self.member.pk, receipt=receipt)
        if sale is None:
            anothers = sales_of_tills(self.till.store, receipt).exists()
            text = _("This purchase was made by another member.") if anothers else _("This receipt is not known.")
            self.add_error("receipt", text)
        return sale


class Preview(NamedTuple):
    """What the refund will come to: the goods' amount, and what of it is points that had paid and come back."""

    sale: Activity
    elsewhere: str
    amount: int
    points_back: int
    worth_back: int
    recorded: Recorded

    @property
    def money_back(self) -> int:
        return max(self.amount - self.worth_back, 0)


@dataclass(frozen=True, slots=True)
class Refunding(Journey):
    def needs(self, till, member):
        return refundable(program=till.program, member_id=member.pk)

    def context(self, till, member, at):
        sales = list(refundable(program=till.program, member_id=member.pk)[:MOST_SHOWN])
        receipts = receipts_of(sales)
        return {"sales": [{"sale": sale, "receipt": receipts.get(sale.pk, "")} for sale in sales]}

    def above_limit(self, ask: Ask) -> str:
        largest, sale = ask.till.limits.largest_sale, ask.data["sale"]
        if largest is None or (ask.data["amount"] or sale.amount) <= largest:
            return ""
        return _("This refund is larger than you may make alone: a supervisor confirms it.")

    def preview(self, ask: Ask) -> Preview:
        """Writes nothing. Raises as `perform` does."""
        sale, till = ask.data["sale"], ask.till
        refund = ActivityInput(
            external_id=str(ask.key),
            member=MemberRef("id", str(ask.member_id)),
            kind=Kind.REFUND.value,
            occurred_at=ask.at,
            amount=ask.data["amount"],
            store=till.store.code,
            refunds=sale.external_id,
        )
        recorded = calculate(program=till.program, source=sale.source, activity=refund, at=ask.at, by=till.user)
        return _preview(ask, recorded)

    def perform(self, ask: Ask) -> Done:
        sale, till = ask.data["sale"], ask.till
        told = _preview(ask, None)
        recorded = refund_activity(
            program=till.program,
            source=sale.source,
            external_id=str(ask.key),
            refunds=sale.external_id,
            member=MemberRef("id", str(ask.member_id)),
            amount=ask.data["amount"],
            store=till.store.code,
            at=ask.at,
            by=till.user,
        )
        outcome: dict[str, Any] = {
            "amount": told.amount,
            "money_back": told.money_back,
            "points_back": told.points_back,
            "elsewhere": told.elsewhere,
            "granted": recorded.granted,
            "also": recorded.also,
            "outcomes": recorded.outcomes,
        }
        receipt = receipts_of([sale]).get(sale.pk, "")
        return Done(outcome, source=sale.source, reference=str(ask.key), receipt=receipt)


def _preview(ask: Ask, recorded: Recorded | None) -> Preview:
    """Asked before the refund is recorded: afterwards nothing is left of what it gave back."""
    sale, store = ask.data["sale"], ask.till.store
    found = refundable(program=ask.till.program, member_id=ask.member_id).filter(pk=sale.pk).first()
    left = found.left if found else 0
    amount = left if ask.data["amount"] is None else ask.data["amount"]
    paid = _paid_with_points(sale) if amount >= left else []
    return Preview(
        sale,
        sale.store.name if sale.store and sale.store != store else "",
        amount,
        sum(each.points for each in paid),
        sum(each.value or 0 for each in paid),
        recorded or Recorded(0, ask.member_id, 0),
    )


def _paid_with_points(sale: Activity) -> list[Redemption]:
    done = {"state": Redemption.State.DONE, "burn_rule__isnull": False}
    mine = Redemption.objects.filter(program=sale.program_id, source=sale.source, external_id=sale.external_id)
    return list(mine.filter(**done))


REFUND = Refunding(
    *("refund", gettext_lazy("Refund a purchase"), RefundForm),
    can_be_undone=False,
    tab=pgettext_lazy("tab", "Refund"),
    icon="↩",
    preview_template="counter/refund_preview.html",
)
