"""Tiers: levels that members reach by what they do, and what each level brings."""
