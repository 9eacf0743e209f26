"""Admins of tables that are not ours, under unfold. Importing registers."""

from loyalty.backoffice.admin import schedules, sign_ins, staff

__all__ = ["schedules", "sign_ins", "staff"]
