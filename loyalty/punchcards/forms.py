"""Punch cards as staff fill them in: money with decimals, days instead of moments, stores and activities by name.

The forms only translate. What makes sense is said by `soundness` and by the verbs.
"""

import uuid
from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelect2MultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from loyalty.lib.fields import TextListFormField
from loyalty.lib.forms import ProgramRowForm, day_field, money_field, reason_field
from loyalty.programs.kinds import Kind
from loyalty.programs.models import Store
from loyalty.punchcards.models import Punch, PunchCardProgram
from loyalty.punchcards.operations.by_hand import MOST_BY_HAND

KINDS = [(kind.value, kind.label) for kind in Kind if kind != Kind.REFUND]
LONGEST_REASON = Punch._meta.get_field("reason").max_length


def _texts(label, help_text):
    return TextListFormField(label=label, required=False, help_text=help_text, widget=UnfoldAdminTextInputWidget)


class PunchCardProgramForm(ProgramRowForm):
    money = ("per_amount", "minimum_amount")

    kinds = forms.MultipleChoiceField(
        label=_("Activities that count"),
        required=False,
        choices=KINDS,
        help_text=_("A purchase and a visit, unless you choose others."),
        widget=UnfoldAdminSelect2MultipleWidget,
    )
    own_kinds = _texts(
        _("Activities of your own that count"),
        _("The names under which your systems send them, separated by commas, such as flight, recycling."),
    )
    categories = _texts(_("Categories"), _("A punch for each item of these, as the tills send them: coffee, tea."))
    skus = _texts(_("Articles"), _("Or of these article numbers. Empty with the categories: every item punches."))
    per_amount = money_field(_("For each full amount of"), required=False)
    minimum_amount = money_field(_("From an amount of"), required=False)
    stores = forms.MultipleChoiceField(
        label=_("Stores"),
        required=False,
        help_text=_("None chosen means all."),
        widget=UnfoldAdminSelect2MultipleWidget,
    )
    channels = _texts(_("Channels"), _("Such as store, web, app; empty means all."))
    first_day = day_field(_("First day"), _("Empty means from now on."))
    last_day = day_field(_("Last day"), _("The last day on which it is punched; empty means without end."))

    class Meta:
        model = PunchCardProgram
        exclude = ["valid_from", "valid_to"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        card = self.instance
        known = dict(KINDS)
        self.initial["kinds"] = [kind for kind in card.kinds if kind in known]
        self.initial["own_kinds"] = [kind for kind in card.kinds if kind not in known]
        if "stores" in self.fields:
            self._offer_stores(card)

    def _offer_stores(self, card):
        """By name; a store that has gone is still shown where the card names it."""
        stores = Store.objects.filter(program=card.program) if card.pk else Store.objects.select_related("program")
        labels = {store.code: store.name if card.pk else f"{store.name} ({store.program})" for store in stores}
        gone = {code: code for code in card.stores if code not in labels}
        cast(forms.MultipleChoiceField, self.fields["stores"]).choices = [*labels.items(), *gone.items()]

    def clean(self):
        data = super().clean()
        data["kinds"] = [*(data.get("kinds") or []), *(data.get("own_kinds") or [])]
        data["minimum_amount"] = data.get("minimum_amount") or 0
        if data.get("punch_on") != PunchCardProgram.PunchOn.AMOUNT:
            data["per_amount"] = None
        if data.get("punch_on") != PunchCardProgram.PunchOn.ITEM:
            data["categories"], data["skus"] = [], []
        if data.get("expiry") == PunchCardProgram.Expiry.NEVER:
            data["expires_after"] = None
        return data


class StampForm(forms.Form):
    """`key` is drawn when the form is shown, so that the same form sent twice punches once."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    member = forms.CharField(
        label=_("Member"),
        max_length=120,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Card, member number, e-mail or phone."),
    )
    card = forms.ModelChoiceField(
        PunchCardProgram.objects.none(), label=_("Punch card"), widget=UnfoldAdminSelectWidget
    )
    count = forms.IntegerField(
        label=_("Punches"),
        initial=1,
        min_value=1,
        max_value=MOST_BY_HAND,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    reason = reason_field(longest=LONGEST_REASON)

    def __init__(self, *args, cards, **kwargs):
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["card"])
        field.queryset = cards
        field.label_from_instance = lambda card: f"{card} ({card.program})"  # type: ignore[method-assign]


class UndoForm(forms.Form):
    reason = reason_field(longest=LONGEST_REASON)
