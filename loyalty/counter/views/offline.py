"""Without the server: the page that a till keeps for that time, and where what it kept arrives."""

from datetime import UTC, datetime
from uuid import uuid4

from django import forms
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from loyalty.counter import tickets
from loyalty.counter.finding import LONGEST
from loyalty.counter.journeys import JOURNEYS
from loyalty.counter.receipts import told
from loyalty.counter.receiving import Slip, receive
from loyalty.counter.till import MOST_KEPT, at_till

FORMS = 100  # that a till can confirm while it is without the server, before it has to write down by hand
PREFIX = "late_"
LAST_MOMENT = 253402300799000  # of the year 9999, in milliseconds


class SlipForm(forms.Form):
    """What the till says of the form that it kept; the form's own fields stand beside these."""

    key = forms.UUIDField()
    ticket = forms.CharField(required=False, max_length=400)
    late_journey = forms.ChoiceField(choices=[(each.code, each.code) for each in JOURNEYS.values() if each.can_wait])
    late_whom = forms.CharField(max_length=LONGEST)
    late_at = forms.IntegerField(min_value=0, max_value=LAST_MOMENT)

    def clean(self):
        if sum(len(value) for _name, values in self.data.lists() for value in values) > MOST_KEPT:
            raise forms.ValidationError("too long")
        return super().clean()


@at_till
def offline(request):
    """Kept by the browser: it records purchases by card while no other page can be opened."""
    keys = [uuid4() for _ in range(FORMS)]
    blanks = [[str(key), tickets.draw(key=key, till=request.till)] for key in keys]
    return render(request, "counter/offline.html", {"blanks": blanks})


@at_till
@require_POST
def late(request):
    """One form that the till had kept. The answer says what became of it, for the till's list."""
    form = SlipForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors.get_json_data()}, status=400)
    received = receive(slip=_slip(form.cleaned_data, request.POST), till=request.till)
    if received.conflict:
        return JsonResponse({"state": "conflict", "told": received.conflict.refusal})
    action = received.action
    address = reverse("counter:receipt", args=[action.key])
    return JsonResponse({"state": "recorded", "told": told(action).title, "address": address})


def _slip(data, sent):
    fields = sent.copy()
    for name in sent:
        if name.startswith(PREFIX) or name in ("ticket", "supervisor", "pin"):
            del fields[name]
    return Slip(
        key=data["key"],
        journey=JOURNEYS[data["late_journey"]],
        whom=data["late_whom"],
        fields=fields,
        confirmed_at=datetime.fromtimestamp(data["late_at"] / 1000, UTC),
        ticket=data["ticket"],
    )
