"""The counter's pages. Each view asks one question or calls one verb."""

from .arriving import SignIn, device, lock, pin, sign_out
from .conflicts import conflict, conflicts
from .finding import home
from .journeys import member, of_member, of_nobody, preview
from .managing import manage
from .offline import late, offline
from .receipts import card_qr, receipt
from .scripts import reader, worker

__all__ = [
    "SignIn",
    "card_qr",
    "conflict",
    "conflicts",
    "device",
    "home",
    "late",
    "lock",
    "manage",
    "member",
    "of_member",
    "of_nobody",
    "offline",
    "pin",
    "preview",
    "reader",
    "receipt",
    "sign_out",
    "worker",
]
