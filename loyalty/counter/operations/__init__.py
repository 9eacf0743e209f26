"""The verbs of the counter: register and withdraw tills, set and check PINs, act and undo."""

from loyalty.counter.errors import CounterRefused, SupervisorNeeded

from .acting import Acted, act, earlier_action, undo
from .devices import register_device, rename_device, revoke_device
from .pins import PinRefused, check_pin, forgive_pins, set_pin

__all__ = [
    "Acted",
    "CounterRefused",
    "PinRefused",
    "SupervisorNeeded",
    "act",
    "check_pin",
    "earlier_action",
    "forgive_pins",
    "register_device",
    "rename_device",
    "revoke_device",
    "set_pin",
    "undo",
]
