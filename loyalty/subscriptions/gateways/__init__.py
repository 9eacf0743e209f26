"""How money is collected: small modules of one shape, found by name.

`manual` is paid at the till, `fake` pretends to be a provider on the internet (demonstrations, stories, tests),
`stripe` is one. Which of them a new subscription uses is the setting `PAYMENT_GATEWAY`, unless it says so itself.
"""

from importlib import import_module

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from .base import Answer, Ask, Gateway, GatewayUnavailable, GiveBack, Notice, NoticeRefused, Outcome

__all__ = [
    "Answer",
    "Ask",
    "Gateway",
    "GatewayUnavailable",
    "GiveBack",
    "Notice",
    "NoticeRefused",
    "Outcome",
    "choices",
    "default",
    "find",
]

NAMES = {"manual": _("at the till"), "fake": _("fake payment provider"), "stripe": _("Stripe")}


def find(name: str) -> Gateway:
    """The gateway of this name. Raises KeyError."""
    if name not in NAMES:
        raise KeyError(name)
    return import_module(f"{__name__}.{name}")  # type: ignore[return-value]


def default() -> str:
    return settings.PAYMENT_GATEWAY


def choices() -> list[tuple[str, object]]:
    """Those that this installation may offer to people: the fake one is not for production."""
    offered = {"manual": True, "fake": not settings.PRODUCTION, "stripe": bool(settings.STRIPE_SECRET_KEY)}
    return [(name, title) for name, title in NAMES.items() if offered[name]]
