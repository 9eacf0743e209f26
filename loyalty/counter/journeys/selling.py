"""A purchase: amount or articles, the receipt's number, vouchers and points that pay a part of it.

Vouchers come off the amount that was typed; points pay a part of what is left; the rest is what the till asks for.
"""

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from loyalty.counter.errors import CounterRefused
from loyalty.counter.forms import CountField, JourneyForm, MoneyField, ScannedField, TextField
from loyalty.counter.journey import CHANNEL, SOURCE, Ask, Done
from loyalty.counter.journeys.recording import RecordingJourney
from loyalty.counter.models import CounterAction
from loyalty.earning.operations import (
    ActivityInput,
    Line,
    MemberRef,
    Recorded,
    calculate,
    record_activity,
)
from loyalty.lib.periods import local_date
from loyalty.programs.kinds import Kind
from rewards import queries, sentences
from rewards.models import Redemption
from rewards.operations import use_vouchers, validate_vouchers

LINE = re.compile(r"line-(\d{1,2})-")
FEWEST, MOST = 1, 30


class LineForm(forms.Form):
    sku = ScannedField(label=gettext_lazy("Article"), required=False, max_length=60)
    category = TextField(label=gettext_lazy("Category"), required=False, max_length=60)
    quantity = CountField(label=gettext_lazy("Quantity"), required=False, most=999)
    price = MoneyField(label=gettext_lazy("Unit price"), required=False)

    def clean(self):
        data = super().clean()
        if any(data.values()) and not (data.get("sku") or data.get("category") or self.errors):
            self.add_error("sku", _("Type the article or its category."))
        return data

    @property
    def line(self) -> Line | None:
        data = self.cleaned_data
        if not (data["sku"] or data["category"]):
            return None
        return Line(data["sku"], data["category"], data["quantity"] or 1, data["price"])


class SellForm(JourneyForm):
    amount = MoneyField(label=gettext_lazy("Amount of the purchase"), required=False)
    receipt = ScannedField(label=gettext_lazy("Receipt number"), required=False)
    points = CountField(label=gettext_lazy("Points to pay with"), required=False)
    vouchers = forms.ModelMultipleChoiceField(
        None,
        label=gettext_lazy("Vouchers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("One of them was used already or has expired.")},
    )
    code = ScannedField(label=gettext_lazy("Another voucher’s code"), required=False)

    def __init__(self, data=None, **kwargs):
        super().__init__(data, **kwargs)
        mine = queries.usable_vouchers(
            program=self.till.program, member_id=self.member.pk, at=self.till.now, store=self.till.store
        )
        self.fields["vouchers"].queryset = mine
        self.fields["vouchers"].label_from_instance = sentences.worth
        self.lines = [
            LineForm(data, prefix=f"line-{number}", use_required_attribute=False) for number in _numbers(data)
        ]
        for form in self.lines:
            form.fields["price"].currency = self.till.program.money_currency

    def clean(self):
        data = super().clean()
        wrong = [form for form in self.lines if not form.is_valid()]
        if wrong:
            raise forms.ValidationError(_("Something is missing among the articles."))
        data["lines"] = tuple(line for form in self.lines if (line := form.line))
        priced = sum(line.quantity * line.unit_price for line in data["lines"] if line.unit_price is not None)
        if "amount" not in self.errors:
            data["amount"] = data.get("amount") or priced
            if not data["amount"]:
                self.add_error("amount", _("Type the amount of the purchase."))
        data["codes"] = [voucher.code for voucher in data.get("vouchers") or ()]
        data["codes"] += [data["code"]] if data.get("code") else []
        return data


def _numbers(data) -> range:
    """Of the lines of the form: a few at first, the script adds more."""
    sent = [int(found[1]) for name in data or () if (found := LINE.match(name))]
    return range(min(max([FEWEST - 1, *sent]) + 1, MOST))


class Preview(NamedTuple):
    """What the sale will come to, before it is confirmed."""

    total: int
    off: int
    paid: int
    granted: Recorded
    most_points: int
    most_value: int

    @property
    def due(self) -> int:
        return self.total - self.off - self.paid


@dataclass(frozen=True, slots=True)
class Selling(RecordingJourney):
    def above_limit(self, ask: Ask) -> str:
        largest = ask.till.limits.largest_sale
        if largest is None or ask.data["amount"] <= largest:
            return ""
        return _("This purchase is larger than you may record alone: a supervisor confirms it.")

    def preview(self, ask: Ask) -> Preview:
        """Writes nothing. Raises as `perform` does."""
        till, data = ask.till, ask.data
        valued = validate_vouchers(
            program=till.program,
            codes=data["codes"],
            store=till.store,
            amount=data["amount"],
            lines=data["lines"],
            member_id=ask.member_id,
            at=ask.at,
            trusted=True,
        )
        off = sum(each.worth or 0 for each in valued)
        most = self._quote(ask, data["amount"] - off, None)
        paid = self._quote(ask, data["amount"] - off, data["points"]).value if data["points"] else 0
        activity = _activity(ask, data["amount"] - off)
        recorded = calculate(program=till.program, source=SOURCE, activity=activity, at=ask.at, by=till.user)
        return Preview(data["amount"], off, paid, recorded, most.points, most.value)

    def _quote(self, ask: Ask, amount: int, wanted: int | None):
        return queries.quote_points(
            program=ask.till.program,
            member_id=ask.member_id,
            amount=amount,
            lines=ask.data["lines"],
            store=ask.till.store,
            at=ask.at,
            wanted=wanted,
        )

    def perform(self, ask: Ask) -> Done:
        _check_receipt(ask)
        data, sale = ask.data, {"program": ask.till.program, "source": SOURCE, "external_id": str(ask.key)}
        used = _use(ask, sale) if data["codes"] else []
        off = sum(each.worth or 0 for each in used)
        activity = _activity(ask, data["amount"] - off)
        recorded = record_activity(
            program=ask.till.program, source=SOURCE, activity=activity, at=ask.at, by=ask.till.user
        )
        payment = Redemption.objects.filter(**sale).first() if data["points"] else None
        outcome: dict[str, Any] = {
            "total": data["amount"],
            "vouchers": [{"gives": sentences.worth(each.voucher), "worth": each.worth or 0} for each in used],
            "points": payment.points if payment else 0,
            "paid": payment.value if payment else 0,
            "granted": recorded.granted,
            "also": recorded.also,
            "outcomes": recorded.outcomes,
        }
        outcome["due"] = data["amount"] - off - outcome["paid"]
        return Done(outcome, reference=str(ask.key), receipt=data["receipt"])


def _activity(ask: Ask, amount: int) -> ActivityInput:
    return ActivityInput(
        external_id=str(ask.key),
        member=MemberRef("id", str(ask.member_id)),
        kind=Kind.PURCHASE.value,
        occurred_at=ask.confirmed_at,
        amount=amount,
        store=ask.till.store.code,
        channel=CHANNEL,
        lines=ask.data["lines"],
        redeem_points=ask.data["points"] or 0,
    )


def _use(ask: Ask, sale: dict[str, Any]):
    return use_vouchers(
        **sale,
        codes=ask.data["codes"],
        amount=ask.data["amount"],
        lines=ask.data["lines"],
        member_id=ask.member_id,
        store=ask.till.store,
        at=ask.confirmed_at,
        by=ask.till.user,
        trusted=True,
    )


def _check_receipt(ask: Ask) -> None:
    """The database keeps a receipt to one sale a day; this says so in words."""
    receipt, store = ask.data["receipt"], ask.till.store
    day = local_date(ask.confirmed_at, store.tzinfo)
    same = Q(store=store, day=day, receipt=receipt, journey=CounterAction.Journey.SELL)
    if receipt and CounterAction.objects.standing().filter(same).exists():
        raise CounterRefused("receipt_known", _("This receipt was recorded already today."), "receipt")


SELL = Selling(
    *("sell", gettext_lazy("Record a purchase"), SellForm),
    tab=pgettext_lazy("tab", "Sell"),
    icon="€",
    preview_template="counter/preview.html",
    can_wait=True,
)
