import re
from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from loyalty.counter.errors import CounterRefused
from loyalty.counter.models import ClerkProfile

PIN = re.compile(r"[0-9]{4,8}")
IN_ORDER = "01234567890123456789"


class PinRefused(CounterRefused):
    """The PIN is wrong, too simple, or no longer asked after too many wrong ones."""


@transaction.atomic
def set_pin(*, user, pin: str, at: datetime) -> ClerkProfile:
    """The clerk's quick PIN. Raises `PinRefused` for one that a glance would guess."""
    if not PIN.fullmatch(pin):
        raise PinRefused("pin_format", _("A PIN has 4 to 8 digits."), "pin")
    if len(set(pin)) == 1 or pin in IN_ORDER or pin in IN_ORDER[::-1]:
        raise PinRefused("pin_simple", _("This PIN is too easy to guess; avoid 1234 and 0000."), "pin")
    fields = {"pin_hash": make_password(pin), "pin_set_at": at, "pin_failures": 0}
    profile, _created = ClerkProfile.objects.update_or_create(user=user, defaults=fields)
    return profile


def check_pin(*, user, pin: str) -> None:
    """Raises `PinRefused` for a wrong one and counts it, whatever becomes of the caller's work."""
    profile = ClerkProfile.objects.filter(user=user).first()
    if profile is None or not profile.takes_pin:
        raise PinRefused("pin_closed", _("Sign in with the password first: this PIN is not asked any more."), "pin")
    # Counted before it is compared, so that many tries at once count as many.
    ClerkProfile.objects.filter(pk=profile.pk).update(pin_failures=F("pin_failures") + 1)
    if not check_password(pin, profile.pin_hash):
        raise PinRefused("pin_wrong", _("This PIN is not right."), "pin")
    forgive_pins(user=user)


def forgive_pins(*, user) -> None:
    """The password was right: wrong PINs of before no longer count."""
    ClerkProfile.objects.filter(user=user, pin_failures__gt=0).update(pin_failures=0)
