"""Connections with their test, what came in, carts, and the discount codes of shops."""

from . import connections, received, shop

__all__ = ["connections", "received", "shop"]
