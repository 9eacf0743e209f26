"""What staff fill in about rewards and their rules."""

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextareaWidget

from loyalty.lib.forms import ProgramRowForm, day_field, money_field, reason_field
from loyalty.programs.models import Store
from rewards.models import BurnRule, IssuanceRule, Redemption, Reward, Voucher


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


class RewardForm(StoresMixin, ProgramRowForm):
    money = ("amount",)
    amount = money_field(_("Amount"), required=False)
    first_day = day_field(_("First day"), _("Empty means from now on."))
    last_day = day_field(_("Last day"), _("The last day on which it can be had; empty means without end."))

    class Meta:
        model = Reward
        exclude = ["valid_from", "valid_to"]
        widgets = {name: UnfoldAdminTextareaWidget(attrs={"rows": 3}) for name in ("description_fr", "description_en")}


class BurnRuleForm(StoresMixin, ProgramRowForm):
    money = ("value",)
    value = money_field(_("Amount per step"))
    first_day = day_field(_("First day"), _("Empty means from now on."))
    last_day = day_field(_("Last day"), _("The last day on which it holds; empty means without end."))

    class Meta:
        model = BurnRule
        exclude = ["valid_from", "valid_to"]


class IssuanceRuleForm(ProgramRowForm):
    money = ("value",)
    value = money_field(_("Amount per step"))

    class Meta:
        model = IssuanceRule
        fields = ["program", "points", "value", "voucher_days", "is_active"]
