"""What staff fill in about rewards and their rules."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanWidget,
)

from loyalty.ledger.currencies import Currency
from loyalty.ledger.forms import figure_field, figure_shown, keep_figures
from loyalty.lib.forms import ProgramRowForm, day_field, money_field, reason_field
from loyalty.lib.money import exponent, to_minor
from loyalty.lib.periods import ONE_DAY, local_date, start_of_day
from loyalty.programs.models import Program, Store
from rewards.models import BurnRule, GiftCardMovement, IssuanceRule, Offer, Redemption, Reward, Voucher, VoucherBatch
from rewards.operations.gift_cards import MOST_CARDS
from rewards.rules import out_of_stock


class ReasonForm(forms.Form):
    reason = reason_field(longest=Redemption._meta.get_field("rolled_back_reason").max_length)


class WithdrawForm(forms.Form):
    reason = reason_field(longest=Voucher._meta.get_field("withdrawn_reason").max_length)


class StockForm(forms.Form):
    """`seen` is the stock when the form was shown: what was redeemed meanwhile is not overwritten."""

    stock = forms.IntegerField(
        label=_("Stock"),
        required=False,
        min_value=0,
        max_value=2_000_000_000,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("How many are left now; empty means without limit."),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class StoresMixin:
    """Only stores of the row's own program."""

    def clean(self):
        data = super().clean()
        strangers = [store for store in data.get("stores") or () if store.program != self.program]
        if self.program and strangers:
            names = ", ".join(store.name for store in strangers)
            self.add_error("stores", _("Not stores of this program: %(stores)s.") % {"stores": names})
        return data

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "stores" in self.fields:
            self.fields["stores"].queryset = Store.objects.filter(program=self.instance.program)


class EarlyDayMixin:
    """The column `early_from` as a day, before the first day of everybody."""

    def _show_days(self, row, tz):
        super()._show_days(row, tz)
        self.initial["early_day"] = local_date(row.early_from, tz) if row.early_from else None

    def _keep_moments(self, data, tz):
        super()._keep_moments(data, tz)
        early, first = data.get("early_day"), data.get("first_day")
        if early and (first is None or early >= first):
            self.add_error("early_day", _("It must come before the first day on which everybody can have it."))
            return
        if early and not any(data.get(name) for name in self.instance.AUDIENCE):
            self.add_error("early_day", _("Say for whom: name tiers, plans, tags or segments."))
            return
        self.instance.early_from = start_of_day(early, tz) if early else None


def early_day_field():
    return day_field(
        _("First day for these members"),
        _("Before the first day above. They have it from then on, everybody from the first day; empty: they alone."),
    )


class OfferForm(EarlyDayMixin, ProgramRowForm):
    first_day = day_field(_("First day"), _("Empty means from now on."))
    last_day = day_field(_("Last day"), _("The last day on which it can be had; empty means without end."))
    early_day = early_day_field()

    class Meta:
        model = Offer
        exclude = ["valid_from", "valid_to", "early_from"]
        widgets = {name: UnfoldAdminTextareaWidget(attrs={"rows": 3}) for name in ("text_fr", "text_en")}


class RewardForm(EarlyDayMixin, StoresMixin, ProgramRowForm):
    money = ("amount", "minimum_basket")
    amount = money_field(_("Amount"), required=False)
    minimum_basket = money_field(
        _("Minimum basket"), required=False, help_text=_("Of the goods that it counts for, such as 30.00; empty: none.")
    )
    first_day = day_field(_("First day"), _("Empty means from now on."))
    last_day = day_field(_("Last day"), _("The last day on which it can be had; empty means without end."))
    early_day = early_day_field()

    class Meta:
        model = Reward
        exclude = ["valid_from", "valid_to", "early_from"]
        widgets = {name: UnfoldAdminTextareaWidget(attrs={"rows": 3}) for name in ("description_fr", "description_en")}


class PartnerCodesForm(forms.Form):
    codes = forms.CharField(
        label=_("Codes"),
        widget=UnfoldAdminTextareaWidget,
        max_length=2_000_000,
        help_text=_("One per line, as the partner gave them. Codes that are known already are passed over."),
    )


ASKED = ["program", "name", "reward", "quantity", "uses_allowed", "one_per_member"]


class VoucherBatchForm(forms.ModelForm):
    """What staff ask for; the codes are made afterwards. `terms` is what the verb takes."""

    last_day = day_field(_("Last day"), _("The codes count to its end; empty: as long as the reward’s vouchers."))

    class Meta:
        model = VoucherBatch
        fields = ASKED

    @property
    def terms(self):
        last, tz = self.cleaned_data["last_day"], self.cleaned_data["program"].tzinfo
        given = {name: self.cleaned_data[name] for name in ASKED}
        return given | {"expires_at": start_of_day(last + ONE_DAY, tz) if last else None}

    def clean(self):
        data = super().clean()
        program, reward, last = data.get("program"), data.get("reward"), data.get("last_day")
        if program and reward and reward.program != program:
            self.add_error("reward", _("Choose a reward of the batch’s program."))
        if program and last and last < local_date(timezone.now(), program.tzinfo):
            self.add_error("last_day", _("The codes would have expired already."))
        if reward and reward.stock is not None and reward.stock < (data.get("quantity") or 0):
            self.add_error("quantity", out_of_stock(reward.stock).message)
        return data


class TakeOutForm(forms.Form):
    sure = forms.BooleanField(
        label=_("I keep the file safe"),
        widget=UnfoldBooleanWidget,
        help_text=_(
            "The codes can be taken out once, and used by whoever has them. If the file is lost, withdraw them."
        ),
    )


class FiguresMixin:
    """Figures that are points, or amounts where the row spends cash-back."""

    figures = ()
    may_be_empty = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if row := self.instance if self.instance.pk else None:
            for name in self.figures:
                self.initial[name] = figure_shown(getattr(row, name), row.currency, row.program.money_currency)

    def clean(self):
        data = super().clean()
        if self.program:
            row = self.instance
            currency = row.currency if row.pk else data.get("currency", Currency.POINTS)
            keep_figures(self, self.figures, currency, self.program.money_currency)
        for name in self.may_be_empty:
            if data.get(name) is None and name not in self.errors:
                data[name] = 0
        return data


class MakeGiftCardsForm(forms.Form):
    program = forms.ModelChoiceField(Program.objects.all(), label=_("Program"), widget=UnfoldAdminSelectWidget)
    quantity = forms.IntegerField(
        label=_("Number of cards"),
        min_value=1,
        max_value=MOST_CARDS,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("The answer is the file for the printer, with codes and PINs. PINs are shown this once."),
    )


class UnblockForm(forms.Form):
    sure = forms.BooleanField(label=_("Yes, the card is in the right hands."), widget=UnfoldBooleanWidget)


class GiftCardCorrectionForm(forms.Form):
    """`key` makes a second click the same correction."""

    amount = forms.DecimalField(
        label=_("Amount"),
        max_digits=15,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}),
        help_text=_("What comes onto the card, such as 10.00; with a minus, such as -10.00, what goes off it."),
    )
    reason = reason_field(longest=GiftCardMovement._meta.get_field("reason").max_length)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, card, **kwargs):
        super().__init__(*args, **kwargs)
        self._currency = card.program.money_currency if card else "EUR"

    def clean_amount(self):
        amount = self.cleaned_data["amount"]
        try:
            to_minor(amount, self._currency)
        except ValueError:
            message = _("%(currency)s has no more than %(decimals)s decimals.")
            raise forms.ValidationError(
                str(message) % {"currency": self._currency, "decimals": exponent(self._currency)}
            ) from None
        return amount


class BurnRuleForm(FiguresMixin, StoresMixin, ProgramRowForm):
    money = ("value",)
    figures = ("points", "minimum_points")
    may_be_empty = ("minimum_points",)
    points = figure_field(_("Points, or cash-back, per step"), help_text=_("100 points; or 0.01 of cash-back."))
    minimum_points = figure_field(_("Minimum"), required=False, help_text=_("Less cannot be used at once."))
    value = money_field(_("Amount per step"))
    first_day = day_field(_("First day"), _("Empty means from now on."))
    last_day = day_field(_("Last day"), _("The last day on which it holds; empty means without end."))

    class Meta:
        model = BurnRule
        exclude = ["valid_from", "valid_to"]


class IssuanceRuleForm(FiguresMixin, ProgramRowForm):
    money = ("value",)
    figures = ("points", "minimum")
    may_be_empty = ("minimum",)
    points = figure_field(
        _("Points, or cash-back, per step"),
        help_text=_(
            "100 points; or 0.01 of cash-back, to pay out all of it. Each member’s own count, in a household too."
        ),
    )
    minimum = figure_field(
        _("Minimum"), required=False, help_text=_("Who has less keeps it until a later month: 10.00 of cash-back.")
    )
    value = money_field(_("Amount per step"))

    class Meta:
        model = IssuanceRule
        fields = ["program", "currency", "points", "value", "minimum", "voucher_days", "is_active"]

    def clean(self):
        data = super().clean()
        known = IssuanceRule.objects.filter(program=self.program, currency=data.get("currency"))
        if not self.instance.pk and self.program and known.exists():
            self.add_error("currency", _("The program has a monthly issuance of this currency already."))
        return data
