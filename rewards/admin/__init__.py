"""Rewards in the admin: the catalogue and its rules to be edited, what came of them to be read and undone by verbs."""

from rewards.admin import batches, catalogue, conversions, entitlements, gift_cards, offers, redemptions, vouchers

__all__ = ["batches", "catalogue", "conversions", "entitlements", "gift_cards", "offers", "redemptions", "vouchers"]
