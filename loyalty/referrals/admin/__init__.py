"""Referrals in the admin: promises to be edited, friends to be looked at and decided, amounts to be read."""

from loyalty.referrals.admin import amounts, definitions, referrals

__all__ = ["amounts", "definitions", "referrals"]
