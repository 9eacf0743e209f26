"""Admins of tables that are not ours: under unfold, or with a page that spans rooms. Importing registers."""

from loyalty.backoffice.admin import (
    accounts,
    enrolments,
    invitations,
    members,
    partners,
    programs,
    referrals,
    schedules,
    sign_ins,
    staff,
    tiers,
)

__all__ = [
    "accounts",
    "enrolments",
    "invitations",
    "members",
    "partners",
    "programs",
    "referrals",
    "schedules",
    "sign_ins",
    "staff",
    "tiers",
]
