from .action import CounterAction
from .clerk import ClerkProfile
from .conflict import Conflict
from .device import Device
from .limits import CounterLimits

__all__ = ["ClerkProfile", "Conflict", "CounterAction", "CounterLimits", "Device"]
