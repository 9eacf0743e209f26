"""Challenges, badges, codes to enter, draws, occasions: what members take part in."""
