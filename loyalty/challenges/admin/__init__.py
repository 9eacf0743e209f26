"""Challenges in the admin: definitions for marketing to build, members' rows to be read and a few verbs about them."""

from loyalty.challenges.admin import badges, challenges, codes, draws, instant_wins, occasions

__all__ = ["badges", "challenges", "codes", "draws", "instant_wins", "occasions"]
