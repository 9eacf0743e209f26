"""What others may be told of, and which of an event's facts. Plain values.

An event in the outbox names rows of ours; what goes out is what is listed here and nothing else. A kind that is not
listed is nobody's business.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kind:
    """`facts` go out by their names, with what an example says of them; `track` is the name of the event in tools
    that speak Segment's language."""

    title: Any
    track: str
    facts: dict[str, Any]


KINDS: dict[str, Kind] = {
    "member.enrolled": Kind(_("a member has joined"), "Member Enrolled", {"channel": "web"}),
    "member.updated": Kind(_("a member’s data have changed"), "Member Updated", {"fields": ["email"]}),
    "member.erased": Kind(_("a member was forgotten"), "Member Erased", {}),
    "activity.recorded": Kind(
        _("an activity was recorded"),
        "Activity Recorded",
        {"activity": "les-halles:bill-7", "kind": "purchase", "granted": 66},
    ),
    "reward.granted": Kind(_("a reward was given"), "Reward Granted", {"reward": "coffee", "source": "tier"}),
    "reward.issued": Kind(
        _("a monthly reward was issued"), "Reward Issued", {"month": "2026-03-01", "points": 300, "value": 1500}
    ),
    "reward.redeemed": Kind(
        _("points were exchanged for a reward"),
        "Reward Redeemed",
        {"redemption": "les-halles:swap-7", "reward": "coffee", "quantity": 1, "points": 100},
    ),
    "redemption.rolled_back": Kind(
        _("an exchange was undone"),
        "Redemption Rolled Back",
        {"redemption": "les-halles:swap-7", "reward": "coffee", "points": 100},
    ),
    "voucher.used": Kind(_("a voucher was used"), "Voucher Used", {"reward": "coffee", "worth": 250}),
    "tier.changed": Kind(_("a tier has changed"), "Tier Changed", {"from": "silver", "to": "gold", "reason": "up"}),
    "challenge.completed": Kind(_("a challenge was won"), "Challenge Completed", {"challenge": "spring", "points": 50}),
    "punchcard.completed": Kind(_("a punch card is full"), "Punch Card Completed", {"card": "coffee", "needed": 10}),
    "subscription.started": Kind(_("a subscription has begun"), "Subscription Started", {"plan": "plus"}),
    "subscription.renewed": Kind(_("a subscription was renewed"), "Subscription Renewed", {"plan": "plus"}),
    "subscription.cancelled": Kind(_("a subscription has ended"), "Subscription Cancelled", {"plan": "plus"}),
    "cart.abandoned": Kind(
        _("a cart was left alone"),
        "Cart Abandoned",
        {"amount": 6675, "currency": "EUR", "url": "https://shop.example/recover"},
    ),
}
NAMED = ("activity", "redemption")  # rows of ours: told to whoever recorded them, by the name that they gave
OURS_ALONE = frozenset(["cart.abandoned"])  # of our own shop, so no partner hears of it
ABOUT_A_PERSON = frozenset(["member.enrolled", "member.updated"])  # tools are told who it is
CHOICES = [(name, kind.title) for name, kind in KINDS.items()]
TEST = "test"


def facts(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Of what happened, what may be told."""
    return {name: payload[name] for name in KINDS[kind].facts if name in payload}
