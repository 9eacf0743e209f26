"""Punch cards: so many visits, articles or amounts, and then a reward."""
