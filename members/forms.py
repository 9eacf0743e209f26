"""What staff fill in about members and cards."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from loyalty.lib import codes
from loyalty.programs.models import Program, Store
from members import operations, queries
from members.models import Card, CardBatch, Consent, ExternalId, Household
from members.references import MemberRef


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=100, widget=UnfoldAdminTextInputWidget, help_text=_("Kept in the history.")
    )


class ConsentForm(forms.Form):
    """An answer that the member gave to a member of staff."""

    channel = forms.ChoiceField(label=_("Channel"), choices=Consent.Channel.choices, widget=UnfoldAdminSelectWidget)
    given = forms.TypedChoiceField(
        label=_("Answer"),
        choices=[("yes", _("yes")), ("no", _("no"))],
        coerce=lambda answer: answer == "yes",
        widget=UnfoldAdminSelectWidget,
    )
    source = forms.CharField(
        label=_("Where"),
        max_length=Consent._meta.get_field("source").max_length,
        initial=_("telephone"),
        widget=UnfoldAdminTextInputWidget,
        help_text=_("How the member answered: telephone, letter, counter."),
    )
    wording = forms.CharField(
        label=_("Wording"), required=False, widget=UnfoldAdminTextareaWidget, help_text=_("What the member was asked.")
    )


class ExternalIdForm(forms.ModelForm):
    class Meta:
        model = ExternalId
        fields = ["source", "external_id"]
        widgets = {"source": UnfoldAdminTextInputWidget, "external_id": UnfoldAdminTextInputWidget}


class CardNumberField(forms.CharField):
    """The number of a card, typed or scanned; gives the card."""

    widget = UnfoldAdminTextInputWidget

    def clean(self, value):
        number = codes.normalise(super().clean(value))
        if not number:
            return None
        if not codes.is_valid(number):
            raise ValidationError(_("This is no card number: check each sign."))
        card = Card.objects.filter(number=number).first()
        if card is None:
            raise ValidationError(_("There is no card with this number."))
        return card


class GiveCardForm(forms.Form):
    program = forms.ModelChoiceField(label=_("Program"), queryset=Program.objects.all(), widget=UnfoldAdminSelectWidget)
    card = CardNumberField(
        label=_("Card number"), required=False, help_text=_("Empty makes a card to be shown on a telephone.")
    )

    def clean(self):
        card, program = self.cleaned_data.get("card"), self.cleaned_data.get("program")
        if card and program and card.program_id != program.pk:
            raise ValidationError({"card": _("This card belongs to another program.")})
        return self.cleaned_data


class ReplaceCardForm(ReasonForm):
    card = CardNumberField(
        label=_("New card’s number"), required=False, help_text=_("Empty makes a card to be shown on a telephone.")
    )


class MemberField(forms.CharField):
    """Whoever staff name by a number, a card, an e-mail or a phone; gives the member."""

    widget = UnfoldAdminTextInputWidget

    def __init__(self, **options):
        super().__init__(**{"help_text": _("The member’s number, e-mail or phone."), **options})

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        try:
            return queries.lookup(MemberRef("any", text))
        except queries.LookupRefused as refusal:
            raise ValidationError(str(refusal)) from refusal


class HandOverForm(forms.Form):
    member = MemberField(label=_("Member"))


class HouseholdForm(forms.ModelForm):
    """A new household names its head; later the head is changed by a verb."""

    head = MemberField(
        label=_("Head"), help_text=_("Number, card, e-mail or phone of the member who speaks for the household.")
    )

    class Meta:
        model = Household
        fields = ["program", "kind", "name", "pools"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["head"]

    def clean(self):
        data = super().clean()
        if data.get("head") and data.get("program"):
            try:
                operations.check_can_join(program=data["program"], member=data["head"])
            except operations.HouseholdRefused as refusal:
                self.add_error("head", str(refusal))
        return data


class ShipForm(forms.Form):
    store = forms.ModelChoiceField(label=_("Store"), queryset=Store.objects.none(), widget=UnfoldAdminSelectWidget)

    def __init__(self, *args, batch: CardBatch, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = batch.program.stores.active()


class ConfirmForm(forms.Form):
    confirmed = forms.BooleanField(label=_("Yes, it is done."))


class MergeForm(ReasonForm):
    absorb = MemberField(
        label=_("The other member"),
        help_text=_("Number, card, e-mail or phone of the row that is given up. It can be undone."),
    )
    field_order = ["absorb", "reason"]
