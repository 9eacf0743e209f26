"""What staff fill in about plans and subscriptions; a verb's choices say what each of them costs."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from loyalty.lib.forms import day_field, money_field, reason_field
from loyalty.lib.money import exponent, to_decimal, to_minor
from loyalty.programs.models import Store
from loyalty.subscriptions import gateways, rules
from loyalty.subscriptions.models import ChargeRefund, Plan, PlanPrice, Subscription

REASON = ChargeRefund._meta.get_field("reason").max_length
CANCEL_REASON = Subscription._meta.get_field("cancelled_reason").max_length


class PlanForm(forms.ModelForm):
    class Meta:
        model = Plan
        fields = [
            "program",
            "code",
            "name_en",
            "name_fr",
            "every",
            "trial_days",
            "is_active",
            "multiplier",
            "perks_en",
            "perks_fr",
            "joining_reward",
            "recurring_reward",
            "recurs",
            "priority_support",
            "grace_days",
            "retry_days",
        ]
        widgets = {
            "retry_days": UnfoldAdminTextInputWidget,
            **{name: UnfoldAdminTextareaWidget(attrs={"rows": 4}) for name in ("perks_fr", "perks_en")},
        }

    def clean(self):
        data = super().clean()
        if not data.get("recurring_reward"):
            data["recurs"] = ""
        return data


class PriceForm(forms.ModelForm):
    """A price in decimals; the currency says how many there may be."""

    amount = money_field(_("Price"))

    class Meta:
        model = PlanPrice
        fields = ["currency", "amount"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["amount"] = to_decimal(self.instance.amount, self.instance.currency)

    def clean(self):
        data = super().clean()
        currency, amount = data.get("currency"), data.get("amount")
        if not currency or amount is None:
            return data
        try:
            data["amount"] = to_minor(amount, currency)
        except ValueError:
            message = gettext("%(currency)s has no more than %(decimals)s decimals.")
            self.add_error("amount", message % {"currency": currency, "decimals": exponent(currency)})
        return data


class PricesFormSet(forms.BaseInlineFormSet):
    """One of the prices is in the money of the program."""

    def clean(self):
        super().clean()
        if any(self.errors) or not self.instance.program_id:
            return
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        prices = {row["currency"]: row["amount"] for row in rows}
        if fault := rules.price_fault(prices, self.instance.program.money_currency):
            raise forms.ValidationError(fault)


class SubscribeForm(forms.Form):
    """Shown twice: what it costs is said before it is done. `seen` is what was said."""

    plan = forms.ModelChoiceField(
        Plan.objects.filter(is_active=True).select_related("program"), label=_("Plan"), widget=UnfoldAdminSelectWidget
    )
    member = forms.CharField(
        label=_("Member"),
        max_length=120,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Card, member number, e-mail or phone."),
    )
    gateway = forms.ChoiceField(label=_("Paid through"), widget=UnfoldAdminSelectWidget)
    customer = forms.CharField(
        label=_("Customer at the payment provider"),
        required=False,
        max_length=120,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("As the web shop got it from the payment provider, such as cus_9s6XKzkNRiz8i3; not for the till."),
    )
    payment_method = forms.CharField(
        label=_("Means of payment at the payment provider"),
        required=False,
        max_length=120,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Such as pm_1MqLiJLkdIwHu7ix; not for the till."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["gateway"].choices = gateways.choices()
        self.fields["plan"].label_from_instance = lambda plan: f"{plan} · {plan.program}"


class ChoiceForm(forms.Form):
    """One of several ways, each with what it costs or gives back."""

    way = forms.ChoiceField(label=_("How"), widget=UnfoldAdminRadioSelectWidget)

    def __init__(self, *args, ways, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["way"].choices = ways
        self.fields["way"].initial = ways[0][0] if ways else None


class CancelForm(ChoiceForm):
    reason = reason_field(longest=CANCEL_REASON)


class RefundForm(ChoiceForm):
    reason = reason_field(longest=REASON)


class PauseForm(forms.Form):
    until = day_field(_("Until"), _("The day on which it goes on by itself; empty: when somebody resumes it."))


class TakePaymentForm(forms.Form):
    store = forms.ModelChoiceField(
        Store.objects.none(), label=_("Store"), required=False, widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args, program, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = Store.objects.filter(program=program, is_active=True)
