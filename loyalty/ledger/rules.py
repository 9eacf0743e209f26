"""Whether points may change hands: the arithmetic of limits, without a database."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class TransferTerms:
    """A transfer policy as the rules see it; a limit of None is endless."""

    is_allowed: bool = True
    within_household: bool = False
    minimum: int = 1
    most_per_day: int | None = None
    most_per_month: int | None = None
    most_per_year: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What the giver has given away so far in the day, the month and the year of this transfer."""

    day: int = 0
    month: int = 0
    year: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    code: str
    message: str | Promise


SENTENCES = {
    "day": _("At most %(most)d points can be given away in a day: %(left)d are left."),
    "month": _("At most %(most)d points can be given away in a month: %(left)d are left."),
    "year": _("At most %(most)d points can be given away in a year: %(left)d are left."),
}


def transfer_refusal(terms: TransferTerms, points: int, given: Given, *, same_household: bool) -> Refusal | None:
    """Why the points cannot be given; None when they can. The tightest limit speaks."""
    if not terms.is_allowed:
        return Refusal("transfer_not_allowed", _("This program does not let points change hands."))
    if terms.within_household and not same_household:
        return Refusal("transfer_household", _("Points go to members of the same household only."))
    if points < terms.minimum:
        sentence = _("At least %(minimum)d points are transferred at once.")
        return Refusal("transfer_minimum", sentence % {"minimum": terms.minimum})
    limits = {"day": terms.most_per_day, "month": terms.most_per_month, "year": terms.most_per_year}
    left = {period: most - getattr(given, period) for period, most in limits.items() if most is not None}
    if not left:
        return None
    period = min(left, key=lambda each: left[each])
    if points <= left[period]:
        return None
    figures = {"most": limits[period], "left": max(0, left[period])}
    return Refusal(f"transfer_limit_{period}", SENTENCES[period] % figures)
