"""The tables of partners: who they are and under which identifier each knows a member."""

from .partner import Partner, PartnerMember

__all__ = ["Partner", "PartnerMember"]
