"""Referrals: members who bring new buyers, and what they get for it."""
