"""WooCommerce: its webhooks (orders with their refunds, customers) and coupons by its REST API."""

from . import discounts
from .mapping import read
from .signature import named, sent_by

__all__ = ["discounts", "named", "read", "sent_by"]
