"""Before the work: signing in, choosing the store of this device, setting a PIN, locking and unlocking."""

import time
from urllib.parse import urlencode

from django import forms
from django.contrib.auth import logout
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST

from loyalty.counter.forms import TextField
from loyalty.counter.models import ClerkProfile
from loyalty.counter.operations import PinRefused, check_pin, forgive_pins, register_device, set_pin
from loyalty.counter.till import LOCKED, SERVE, device_of, open_up, remember
from loyalty.programs.models import Store

SIGNED_IN_AT = "counter_signed_in_at"
FRESH_SECONDS = 10 * 60


def next_page(request):
    """Where the clerk was going; nowhere but this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else reverse("counter:home")


class SignIn(LoginView):
    template_name = "counter/sign_in.html"

    def get_success_url(self):
        return next_page(self.request)

    def form_valid(self, form):
        response = super().form_valid(form)
        open_up(self.request)
        forgive_pins(user=self.request.user)
        self.request.session[SIGNED_IN_AT] = int(time.time())
        if not ClerkProfile.objects.filter(user=self.request.user).exclude(pin_hash="").exists():
            return _to("counter:pin", self.get_success_url())
        return response

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"next": next_page(self.request)}


@require_POST
def sign_out(request):
    logout(request)
    return redirect("counter:sign-in")


class DeviceForm(forms.Form):
    store = forms.ModelChoiceField(None, label=_("Store"), widget=forms.RadioSelect, empty_label=None)
    name = TextField(label=_("Name of this till or tablet"), max_length=60)

    def __init__(self, *args, stores, **kwargs):
        super().__init__(*args, use_required_attribute=False, **kwargs)
        self.fields["store"].queryset = stores
        self.fields["store"].label_from_instance = lambda store: f"{store.name} · {store.program}"


def device(request):
    """Which store this browser stands in. Only stores that the clerk works in are offered."""
    if not request.user.is_authenticated:
        return _to("counter:sign-in", next_page(request))
    if not request.user.has_perm(SERVE):
        return render(request, "counter/not_for_you.html", status=403)
    if request.session.get(LOCKED):
        return _to("counter:lock", request.get_full_path())
    stores = Store.objects.active().of_staff(request.user).select_related("program")
    present = device_of(request)
    initial = {"store": present.store_id if present else stores.first(), "name": present.name if present else ""}
    form = DeviceForm(request.POST or None, stores=stores, initial=initial)
    if form.is_valid() and (registered := _register(form, request.user)):
        response = redirect(next_page(request))
        remember(response, registered)
        return response
    context = {"form": form, "stores": stores, "next": next_page(request), "present": present}
    return render(request, "counter/device.html", context)


def _register(form, by):
    try:
        return register_device(**form.cleaned_data, at=timezone.now(), by=by)
    except ValidationError as refusal:
        form.add_error(None, refusal)


class PinForm(forms.Form):
    pin = forms.CharField(
        label=pgettext_lazy("clerk", "PIN"),
        max_length=8,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off", "autofocus": True}),
    )

    def refuse(self, refusal):
        self.add_error("pin", ValidationError(str(refusal), code=refusal.code))


def pin(request):
    """Asked for after the password, while it is fresh."""
    fresh = time.time() - request.session.get(SIGNED_IN_AT, 0) < FRESH_SECONDS
    if not request.user.is_authenticated or not fresh:
        return _to("counter:sign-in", request.get_full_path())
    form = PinForm(request.POST or None, use_required_attribute=False)
    if form.is_valid():
        try:
            set_pin(user=request.user, pin=form.cleaned_data["pin"], at=timezone.now())
            return redirect(next_page(request))
        except PinRefused as refusal:
            form.refuse(refusal)
    return render(request, "counter/pin.html", {"form": form, "next": next_page(request)})


def lock(request):
    """Shown, it locks; the clerk's PIN opens it again, or the password where there is no PIN to ask for."""
    profile = ClerkProfile.objects.filter(user=request.user).first() if request.user.is_authenticated else None
    if request.user.is_authenticated:
        request.session[LOCKED] = True
    if profile is None or not profile.takes_pin:
        return _to("counter:sign-in", next_page(request))
    form = PinForm(request.POST or None, use_required_attribute=False)
    if form.is_valid():
        try:
            check_pin(user=request.user, pin=form.cleaned_data["pin"])
        except PinRefused as refusal:
            form.refuse(refusal)
        else:
            open_up(request)
            return redirect(next_page(request))
    return render(request, "counter/lock.html", {"form": form, "next": next_page(request)})


def _to(name, back):
    return redirect(f"{reverse(name)}?{urlencode({'next': back})}")
