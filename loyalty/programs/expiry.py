"""When points lapse: a program's expiry policy as arithmetic over the calendar of its time zone. No database.

Every answer is the first moment at which the points can no longer be used, or None where they never lapse.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache

from loyalty.lib.periods import ONE_DAY, Every, add_months, local_date, period_end, start_of_day
from loyalty.programs.models import Program


@dataclass(frozen=True, slots=True)
class ExpiryPolicy:
    """What of a program decides when points lapse. Build it once per batch: it is what answers are remembered by."""

    tz: tzinfo = UTC
    kind: str = Program.Expiry.NEVER
    months: int = 0
    round_up: str = Program.RoundUp.NONE
    fixed_days: tuple[str, ...] = ()  # MM-DD, the last usable day
    final_date: date | None = None  # a closing program's last usable day
    reset_kinds: frozenset[str] = frozenset()  # empty: every kind of activity postpones

    @classmethod
    def of(cls, program: Program) -> "ExpiryPolicy":
        return cls(
            tz=program.tzinfo,
            kind=program.expiry,
            months=program.expiry_months or 0,
            round_up=program.expiry_round_up,
            fixed_days=tuple(sorted(program.expiry_days)),
            final_date=program.final_expiry_date,
            reset_kinds=frozenset(program.expiry_reset_kinds),
        )


def expires_at(policy: ExpiryPolicy, starts_at: datetime) -> datetime | None:
    """When points whose clock starts at `starts_at` (the activation of pending points) can no longer be used.

    Rolling months count from the local day: earned on 1 January 1997 for twelve months, the answer is 1 January 1998
    at 00:00 of the program's zone, 31 December being the last usable day. Inactivity counts the same way, from the
    last activity. Fixed days give the next one, the day itself included.
    """
    return _lapses(policy, local_date(starts_at, policy.tz))


def postpones(policy: ExpiryPolicy, kind: str) -> bool:
    """Whether an activity of this kind gives the member's points a new term under an inactivity policy."""
    return policy.kind == Program.Expiry.INACTIVITY and (not policy.reset_kinds or kind in policy.reset_kinds)


@lru_cache(maxsize=16_384)
def _lapses(policy: ExpiryPolicy, day: date) -> datetime | None:
    end = _first_unusable_day(policy, day)
    if policy.final_date is not None:
        end = min(end or date.max, policy.final_date + ONE_DAY)
    return start_of_day(end, policy.tz) if end else None


def _first_unusable_day(policy: ExpiryPolicy, day: date) -> date | None:
    if policy.kind in (Program.Expiry.ROLLING, Program.Expiry.INACTIVITY):
        return _rounded_up(add_months(day, policy.months), policy.round_up)
    if policy.kind == Program.Expiry.FIXED and policy.fixed_days:
        return _next_fixed_day(policy.fixed_days, day) + ONE_DAY
    return None


def _rounded_up(end: date, round_up: str) -> date:
    """Round the last usable day up, not the day after it: a term that ends with a month stays as it is."""
    return end if round_up == Program.RoundUp.NONE else period_end(end - ONE_DAY, Every(round_up))


def _next_fixed_day(fixed_days: tuple[str, ...], day: date) -> date:
    candidates = (_day_of_year(day.year + later, text) for later in (0, 1) for text in fixed_days)
    return min(candidate for candidate in candidates if candidate >= day)


def _day_of_year(year: int, text: str) -> date:
    """MM-DD of a year; 29 February falls on the 28th where there is none."""
    month, day_of_month = map(int, text.split("-"))
    return date(year, month, min(day_of_month, monthrange(year, month)[1]))
