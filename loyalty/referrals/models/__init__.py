"""The tables of referrals: what is promised, the codes, each friend with what was decided, and every amount."""

from .codes import Device, ReferralCode
from .programs import Ambassador, ReferralProgram
from .referral import Referral, ReferralStep
from .results import ReferralGift, ReferralRevenue

__all__ = [
    "Ambassador",
    "Device",
    "Referral",
    "ReferralCode",
    "ReferralGift",
    "ReferralProgram",
    "ReferralRevenue",
    "ReferralStep",
]
