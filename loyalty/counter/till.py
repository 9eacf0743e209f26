"""Who stands at which till: the device by its cookie, its store, the clerk, and whether the page is locked.

A view that is `at_till` gets `request.till`. What somebody had filled in when the session ended or the page locked is
kept on the server and stands in the form again afterwards; codes and PINs are not kept.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from loyalty.counter.models import CounterLimits, Device
from loyalty.counter.queries import limits_of, open_conflicts
from loyalty.programs.models import Program, Store

SERVE = "counter.serve_counteraction"
SUPERVISE = "counter.supervise_counteraction"
COOKIE = "counter_device"
COOKIE_SECONDS = 400 * 24 * 60 * 60  # as long as browsers keep any
SEEN, LOCKED, KEPT = "counter_seen", "counter_locked", "counter_kept"
SEEN_EVERY = 10  # seconds
NOT_KEPT = ("csrfmiddlewaretoken", "ticket", "pin", "supervisor")
MOST_KEPT = 8_000


@dataclass(frozen=True, slots=True)
class Till:
    """Where the clerk works now. One store, one program."""

    user: User
    device: Device
    store: Store
    program: Program
    limits: CounterLimits
    now: datetime

    @property
    def supervises(self) -> bool:
        return self.user.has_perm(SUPERVISE)

    @property
    def to_decide(self) -> int:
        """Conflicts of the manager's stores."""
        return open_conflicts(self.user).count()


def at_till(view: Callable) -> Callable:
    """For a signed-in clerk on a device of a store that the clerk works in; else the way there."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return elsewhere(request, "counter:sign-in")
        if not request.user.has_perm(SERVE):
            return render(request, "counter/not_for_you.html", status=403)
        device = device_of(request)
        if device is None or not works_in(request.user, device.store):
            return elsewhere(request, "counter:device")
        limits = limits_of(device.store)
        if is_locked(request, limits):
            return elsewhere(request, "counter:lock")
        _note_seen(request)
        request.till = Till(request.user, device, device.store, device.store.program, limits, timezone.now())
        with timezone.override(device.store.tzinfo):
            return view(request, *args, **kwargs)

    return wrapped


def works_in(user, store: Store) -> bool:
    return store.is_active and user.stores.filter(pk=store.pk).exists()


def device_of(request) -> Device | None:
    """The device of the browser's cookie, unless it was withdrawn."""
    try:
        key = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE)
        found = Device.objects.filter(key=key, revoked_at=None)
        return found.select_related("store__program").first()
    except (signing.BadSignature, ValidationError):
        return None


def remember(response, device: Device) -> None:
    response.set_cookie(
        COOKIE,
        signing.dumps(str(device.key), salt=COOKIE),
        max_age=COOKIE_SECONDS,
        path=reverse("counter:home"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def is_locked(request, limits: CounterLimits) -> bool:
    """Locked by hand, or because nobody has touched the till for so long; stays so until a PIN opens it."""
    seen = request.session.get(SEEN)
    if seen is not None and time.time() - seen > limits.idle_seconds:
        request.session[LOCKED] = True
    return bool(request.session.get(LOCKED))


def _note_seen(request) -> None:
    """Now and then, so that not every page writes the session."""
    if time.time() - request.session.get(SEEN, 0) > SEEN_EVERY:
        request.session[SEEN] = int(time.time())


def open_up(request) -> None:
    request.session[SEEN] = int(time.time())
    request.session.pop(LOCKED, None)


def elsewhere(request, name: str):
    """Off to sign in, to choose a store or to unlock, and back here afterwards."""
    back = (request.htmx.current_url_abs_path if request.htmx else request.get_full_path()) or reverse("counter:home")
    if request.method == "POST":  # a preview sends the whole form of the page around it
        _keep(request, urlsplit(back).path)
    address = f"{reverse(name)}?{urlencode({'next': back})}"
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def _keep(request, path: str) -> None:
    fill_in(request, path=path, fields=dict(request.POST.lists()))


def fill_in(request, *, path: str, fields: dict[str, list[str]]) -> None:
    """The form of this page will be shown filled in, once."""
    data = {name: values for name, values in fields.items() if not name.endswith(NOT_KEPT)}
    if sum(len(value) for values in data.values() for value in values) <= MOST_KEPT:
        request.session[KEPT] = {"path": path, "data": data}


def kept(request) -> dict[str, list[str]] | None:
    """What was filled in on this page before the clerk had to sign in again; told once."""
    found = request.session.get(KEPT)
    if not found or found["path"] != request.path:
        return None
    del request.session[KEPT]
    return found["data"]
