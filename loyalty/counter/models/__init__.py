from .action import CounterAction
from .clerk import ClerkProfile
from .device import Device
from .limits import CounterLimits

__all__ = ["ClerkProfile", "CounterAction", "CounterLimits", "Device"]
