"""The counter's pages. Each view asks one question or calls one verb."""

from .arriving import SignIn, device, lock, pin, sign_out
from .finding import home
from .journeys import member, of_member, of_nobody, preview
from .managing import manage
from .receipts import card_qr, receipt

__all__ = [
    "SignIn",
    "card_qr",
    "device",
    "home",
    "lock",
    "manage",
    "member",
    "of_member",
    "of_nobody",
    "pin",
    "preview",
    "receipt",
    "sign_out",
]
