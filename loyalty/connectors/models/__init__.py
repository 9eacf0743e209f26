"""A `Connection` is one shop or one survey tool that may send, by an address of its own and under its own secret.

`Received` is the inbox: each delivery once, worked off after it was acknowledged. A `Cart` is a checkout that somebody
began. A `ShopCode` is a voucher that a shop knows as a discount code of its own. What members did is not here: it is
recorded in `earning`, like everything that comes through a door.
"""

from .cart import Cart
from .connection import Connection
from .received import Received
from .shop_code import ShopCode

__all__ = ["Cart", "Connection", "Received", "ShopCode"]
