"""The earning room in the admin: its rules to be edited, what members did and why it earned to be read."""

from loyalty.earning.admin import activities, rules

__all__ = ["activities", "rules"]
