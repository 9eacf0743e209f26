"""Rewards in the admin: the catalogue and its rules to be edited, what came of them to be read and undone by verbs."""

from rewards.admin import catalogue, conversions, entitlements, redemptions, vouchers

__all__ = ["catalogue", "conversions", "entitlements", "redemptions", "vouchers"]
