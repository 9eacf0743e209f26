"""How a program closes: announced, then a last earning day, a last redemption day and a final expiry. No database."""

from datetime import date
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CLOSING_FIELDS = ("closing_announced_date", "last_earning_date", "last_redemption_date", "final_expiry_date")


class Phase(StrEnum):
    OPEN = "open"
    ANNOUNCED = "announced"  # everything still works, and everybody knows the end
    REDEEM_ONLY = "redeem_only"  # nothing is earned any more
    NO_MOVEMENT = "no_movement"  # points are there and can no longer be spent
    CLOSED = "closed"


def phase(
    day: date,
    announced: date | None,
    last_earning: date | None,
    last_redemption: date | None,
    final_expiry: date | None,
) -> Phase:
    """Where a program stands on a local day. The last days themselves are included."""
    if final_expiry and day > final_expiry:
        return Phase.CLOSED
    if last_redemption and day > last_redemption:
        return Phase.NO_MOVEMENT
    if last_earning and day > last_earning:
        return Phase.REDEEM_ONLY
    return Phase.ANNOUNCED if announced and day >= announced else Phase.OPEN


def closing_errors(
    announced: date | None, last_earning: date | None, last_redemption: date | None, final_expiry: date | None
) -> dict[str, Promise]:
    """What is wrong with a program's closing days, by field: none is given, or all are and follow each other."""
    days = (announced, last_earning, last_redemption, final_expiry)
    if not any(days):
        return {}
    if not all(days):
        message = _("A closing program needs all four days.")
        return {field: message for field, day in zip(CLOSING_FIELDS, days, strict=True) if not day}
    messages = (
        _("Earning cannot end before the closing is announced."),
        _("Points must be redeemable until the last earning day at least."),
        _("Points must not expire before the last redemption day."),
    )
    return {
        CLOSING_FIELDS[place]: message
        for place, message in enumerate(messages, start=1)
        if days[place] < days[place - 1]  # type: ignore[operator]
    }
