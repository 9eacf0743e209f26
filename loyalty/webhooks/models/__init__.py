"""An `Endpoint` is an address that is told of what happened, of a partner or of our own marketing stack.

A `Delivery` is one event for one endpoint: told at least once, a member's events in their order. What happened is in
the outbox, written with its effect; nothing here is a second source of it.
"""

from .delivery import Delivery
from .endpoint import Endpoint

__all__ = ["Delivery", "Endpoint"]
