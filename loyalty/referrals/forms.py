"""What staff fill in about referrals: what is promised, ambassadors, and why a referral was decided by hand."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from loyalty.lib.forms import ProgramRowForm, day_field, money_field, reason_field
from loyalty.referrals.models import Ambassador, ReferralCode, ReferralProgram, ReferralStep
from loyalty.referrals.operations.definitions import own_words

COST_HELP = _("For the report; empty means the amount of the voucher. Points cost what you say they do.")


class DecisionForm(forms.Form):
    reason = reason_field(longest=ReferralStep._meta.get_field("note").max_length)


class PromiseForm(ProgramRowForm):
    """Money with decimals, days instead of moments; an empty minimum is none."""

    money = ("minimum_purchase", "referrer_cost", "friend_cost")
    minimum_purchase = money_field(
        _("Minimum purchase"), required=False, help_text=_("What the friend must buy for at least, such as 20.00.")
    )
    referrer_cost = money_field(_("What it costs you"), required=False, help_text=COST_HELP)
    friend_cost = money_field(_("What the friend’s gift costs you"), required=False, help_text=COST_HELP)
    first_day = day_field(_("First day"), _("Codes hold from this day on; empty means from now on."))
    last_day = day_field(_("Last day"), _("The last day on which codes hold; empty means without end."))

    def clean(self):
        data = super().clean()
        if "minimum_purchase" in self.fields and data.get("minimum_purchase") is None:
            data["minimum_purchase"] = 0
        return data


class ReferralProgramForm(PromiseForm):
    class Meta:
        model = ReferralProgram
        exclude = ["valid_from", "valid_to"]

    def clean(self):
        data = super().clean()
        if not self.errors and not data.get("referrer_points") and not data.get("referrer_reward"):
            self.add_error("referrer_points", _("Say what the referrer gets: points, a reward, or both."))
        return data


class AmbassadorForm(PromiseForm):
    code = forms.CharField(
        label=_("Code"),
        max_length=30,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Letters and digits that people remember, such as ANNA10. It cannot be changed later."),
    )

    class Meta:
        model = Ambassador
        exclude = ["valid_from", "valid_to", "created_at"]

    def clean_code(self):
        try:
            return own_words(self.cleaned_data["code"])
        except ValidationError as error:
            raise ValidationError(error.messages) from error

    def clean(self):
        data = super().clean()
        program, code = self.program, data.get("code")
        if program and not ReferralProgram.objects.filter(program=program).exists():
            self.add_error("program", _("This program has no referrals yet: say first what members get for them."))
        elif program and code and ReferralCode.objects.filter(program=program, code=code).exists():
            self.add_error("code", _("Somebody has this code already."))
        if not data.get("member") and (data.get("referrer_points") or data.get("referrer_reward")):
            self.add_error("member", _("Only a member can get points and rewards: choose the member, or pay a fee."))
        return data
