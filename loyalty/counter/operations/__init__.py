"""The verbs of the counter: register and withdraw tills, set and check PINs, act and undo, decide conflicts."""

from loyalty.counter.errors import CounterRefused, SupervisorNeeded

from .acting import Acted, act, earlier_action, undo
from .conflicts import hold, set_aside, settle
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
    "hold",
    "register_device",
    "rename_device",
    "revoke_device",
    "set_aside",
    "set_pin",
    "settle",
    "undo",
]
