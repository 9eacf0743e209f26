"""Punch cards in the admin: marketing builds them, staff read the members' cards and punch by hand, with a reason."""

from loyalty.punchcards.admin import cards, definitions

__all__ = ["cards", "definitions"]
