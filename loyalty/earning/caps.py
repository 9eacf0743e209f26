"""What caps and budgets leave of what a rule would grant. Pure functions over plain values.

A counter is kept per rule code, so that a new version goes on where the last one stopped. Its period is the local day,
the local month, ever, or the budget that all members share.
"""

from collections.abc import Mapping
from datetime import datetime

from loyalty.earning.values import Exact, Rule

BUDGET = "budget"  # the period key of what all members together were granted
EVER = ""  # the period key of what one member was granted by any version of the rule

Usage = Mapping[tuple[str, str], int]


def usage_keys(rule: Rule, local: datetime) -> list[tuple[str, str]]:
    """The counters that bear on this rule at this moment; none for a rule without caps over time and without budget."""
    if not rule.is_capped:
        return []
    return [(rule.code, period) for _name, period, _cap in _periods(rule, local)]


def trimmed(rule: Rule, desired: Exact, local: datetime, usage: Usage) -> tuple[Exact, str]:
    """What is granted of `desired`, and the name of the cap that took the rest: empty where none did."""
    granted, tightest = desired, ""
    if not rule.is_capped or desired <= 0:
        return granted, tightest
    rooms = [(name, cap - usage.get((rule.code, period), 0)) for name, period, cap in _periods(rule, local)]
    if rule.cap_per_activity is not None:
        rooms.append(("activity", rule.cap_per_activity))
    for name, room in rooms:
        if room < granted:
            granted, tightest = max(room, 0), name
    return granted, tightest


def _periods(rule: Rule, local: datetime) -> list[tuple[str, str, int]]:
    """Name, period key and cap of each counter that the rule keeps."""
    day = local.date().isoformat()
    caps = (
        ("day", day, rule.cap_per_day),
        ("month", day[:7], rule.cap_per_month),
        ("member", EVER, rule.cap_per_member),
        ("budget", BUDGET, rule.budget),
    )
    return [(name, period, cap) for name, period, cap in caps if cap is not None]
