"""Tiers in the admin: the definition on one page, and members' times in tiers to be read."""

from .memberships import QualificationAdmin, TierMembershipAdmin
from .programs import TierProgramAdmin

__all__ = ["QualificationAdmin", "TierMembershipAdmin", "TierProgramAdmin"]
