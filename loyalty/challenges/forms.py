"""What staff fill in about challenges, codes, draws, games and occasions: money with decimals, days, names in lists."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelect2MultipleWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from loyalty.challenges.models import Badge, Challenge, CodeBatch, Draw, DrawWin, InstantWin, Occasion
from loyalty.lib.fields import TextListFormField
from loyalty.lib.forms import ProgramRowForm, day_field, money_field, reason_field
from loyalty.programs.kinds import Kind
from loyalty.programs.models import Store

KINDS = [(kind.value, kind.label) for kind in Kind if kind not in (Kind.REFUND, Kind.SIGN_UP)]
STANDS_FOR = {"valid_from": "first_day", "valid_to": "last_day"}
LONG = {name: UnfoldAdminTextareaWidget(attrs={"rows": 3}) for name in ("description_fr", "description_en")}
LEGAL = {name: UnfoldAdminTextareaWidget(attrs={"rows": 5}) for name in ("legal_fr", "legal_en")}


class DefinitionForm(ProgramRowForm):
    """What a model says of `valid_from` and `valid_to` is shown at the days that stand for them."""

    def add_error(self, field, error):
        if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
            shown = {STANDS_FOR.get(name, name): messages for name, messages in error.error_dict.items()}
            error = ValidationError(
                {name if name in self.fields else "__all__": found for name, found in shown.items()}
            )
        super().add_error(field, error)


class ConditionsForm(DefinitionForm):
    """Kinds of activity and stores are chosen, other names typed."""

    chosen_kinds = forms.MultipleChoiceField(
        label=_("Kinds of activity"),
        required=False,
        choices=KINDS,
        initial=[Kind.PURCHASE],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    own_kinds = TextListFormField(
        label=_("Your own kinds of activity"),
        required=False,
        help_text=_("The names under which your systems send them, such as recycling, separated by commas."),
        widget=UnfoldAdminTextInputWidget,
    )
    stores = forms.MultipleChoiceField(
        label=_("Stores"),
        required=False,
        help_text=_("None chosen means all."),
        widget=UnfoldAdminSelect2MultipleWidget,
    )
    minimum_amount = money_field(_("From an amount of"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        row = self.instance if self.instance.pk else None
        if "stores" in self.fields:
            self._offer_stores(row)
        if row and "chosen_kinds" in self.fields:
            known = dict(KINDS)
            self.initial["chosen_kinds"] = [kind for kind in row.kinds if kind in known]
            self.initial["own_kinds"] = [kind for kind in row.kinds if kind not in known]
        if row and "minimum_amount" in self.fields and not row.minimum_amount:
            self.initial["minimum_amount"] = None

    def _offer_stores(self, row):
        stores = Store.objects.filter(program=row.program) if row else Store.objects.select_related("program")
        labels = {store.code: store.name if row else f"{store.name} ({store.program})" for store in stores}
        gone = {code: code for code in (row.stores if row else ()) if code not in labels}
        self.fields["stores"].choices = [*labels.items(), *gone.items()]

    def clean(self):
        data = super().clean()
        if "minimum_amount" in self.fields:
            data["minimum_amount"] = data.get("minimum_amount") or 0
        if "chosen_kinds" in self.fields:
            data["kinds"] = [*data.get("chosen_kinds", ()), *data.get("own_kinds", ())]
            self.instance.kinds = data["kinds"]
            if not data["kinds"]:
                self.add_error("chosen_kinds", _("Choose at least one kind of activity."))
        self._check_stores(data)
        return data

    def _check_stores(self, data):
        if not self.program or not data.get("stores"):
            return
        own = set(Store.objects.filter(program=self.program).values_list("code", flat=True))
        own |= set(self.instance.stores if self.instance.pk else ())
        if strangers := sorted(set(data["stores"]) - own):
            self.add_error("stores", _("Not stores of this program: %(stores)s.") % {"stores": ", ".join(strangers)})

    def add_error(self, field, error):
        if isinstance(error, ValidationError) and hasattr(error, "error_dict") and "kinds" in error.error_dict:
            error.error_dict["chosen_kinds"] = error.error_dict.pop("kinds")
        super().add_error(field, error)


class ChallengeForm(ConditionsForm):
    money = ("minimum_amount", "target_amount")
    target_amount = money_field(_("Amount to spend"), required=False)
    first_day = day_field(_("First day"), _("Empty means from now on."))
    last_day = day_field(_("Last day"), _("The last day that counts, such as 31 March; empty means without end."))

    class Meta:
        model = Challenge
        exclude = ["valid_from", "valid_to", "kinds", "winners"]
        widgets = LONG


class BadgeForm(forms.ModelForm):
    class Meta:
        model = Badge
        fields = ["program", "code", "name_fr", "name_en", "description_fr", "description_en", "icon"]
        widgets = LONG


class CodeBatchForm(DefinitionForm):
    first_day = day_field(_("First day"), _("Empty means from now on."))
    last_day = day_field(_("Last day"), _("The last day on which a code can be entered; empty means without end."))

    class Meta:
        model = CodeBatch
        exclude = ["valid_from", "valid_to"]
        widgets = LONG


class DrawForm(ConditionsForm):
    money = ("minimum_amount", "per_amount")
    per_amount = money_field(
        _("A ticket for each full amount of"), required=False, help_text=_("Empty: one ticket for each activity.")
    )
    first_day = day_field(_("First day"), _("Empty means from now on."))
    last_day = day_field(_("Last day"), _("The last day on which activities become tickets."))

    class Meta:
        model = Draw
        exclude = ["valid_from", "valid_to", "kinds"]
        widgets = LONG | LEGAL


class InstantWinForm(ConditionsForm):
    money = ("minimum_amount",)
    first_day = day_field(_("First day"), _("Empty means from now on."))
    last_day = day_field(_("Last day"), _("The last day on which it can be played; empty means without end."))

    class Meta:
        model = InstantWin
        exclude = ["valid_from", "valid_to", "kinds"]
        widgets = LONG | LEGAL


class OccasionForm(forms.ModelForm):
    class Meta:
        model = Occasion
        fields = ["program", "code", "name_fr", "name_en", "description_fr", "description_en"]
        fields += ["starts_at", "ends_at", "store", "place", "places", "tiers", "plans", "member_tags"]
        widgets = LONG


class KeepForm(forms.Form):
    kept = forms.BooleanField(
        label=_("I keep this file in a safe place: it is given out once."), widget=UnfoldBooleanSwitchWidget
    )


class PrizesForm(forms.Form):
    """`seen` is the stock when the form was shown: what was won meanwhile is not overwritten."""

    stock = forms.IntegerField(
        label=_("Prizes left"),
        required=False,
        min_value=0,
        max_value=2_000_000_000,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("How many are left now; empty means without limit."),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class DisqualifyForm(forms.Form):
    reason = reason_field(longest=DrawWin._meta.get_field("reason").max_length)
