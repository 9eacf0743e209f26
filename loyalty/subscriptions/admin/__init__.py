"""The pages of paid membership."""

from . import charges, plans, subscriptions

__all__ = ["charges", "plans", "subscriptions"]
