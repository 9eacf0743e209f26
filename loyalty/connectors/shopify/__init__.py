"""Shopify: its webhooks (orders, refunds, customers, checkouts) and discount codes by its GraphQL Admin API."""

from . import discounts
from .mapping import read
from .signature import named, sent_by

__all__ = ["discounts", "named", "read", "sent_by"]
