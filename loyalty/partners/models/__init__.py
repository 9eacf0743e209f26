"""The tables of partners: who they are, what was agreed, every line between us, and each month as it was issued."""

from .contract import BudgetUse, Contract, PrepaidPack
from .line import PackDraw, PartnerLine
from .matching import Dispute, MatchedLine, StatementUpload
from .partner import Partner, PartnerMember
from .statement import Statement

__all__ = [
    "BudgetUse",
    "Contract",
    "Dispute",
    "MatchedLine",
    "PackDraw",
    "Partner",
    "PartnerLine",
    "PartnerMember",
    "PrepaidPack",
    "Statement",
    "StatementUpload",
]
