"""Magento, which is Adobe Commerce: its webhooks (orders, credit memos, customers, quotes) and coupons by REST."""

from . import discounts
from .mapping import read
from .signature import named, sent_by

REPLY = {"op": "success"}  # Commerce waits for the word, and holds the order back without it

__all__ = ["REPLY", "discounts", "named", "read", "sent_by"]
