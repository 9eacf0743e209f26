"""What points become.

A `Reward` is an item of the catalogue, some made of parts (`RewardItem`); a `Voucher` is a code that somebody can use
once or several times, a `VoucherUse` is one of those times, and an `UndoneUse` says that its sale was undone; a
`VoucherBatch` holds codes made ahead for nobody in particular; a `PartnerCode` is a code of a partner's that goes out
with a voucher; a `Redemption` is points exchanged, for rewards or for money off a basket; a `BurnRule` says what points
buy at the till; an `IssuanceRule` turns full steps of points into vouchers each month and an `Issuance` is one member's
month; an `Entitlement` is a reward promised once, each period or each birthday; an `Offer` is something for members
only, for a time; a `GiftCard` holds money, moved by `GiftCardMovement`s. The points themselves are in `ledger`; amounts
are in minor units of the program's money.
"""

from .batch import BatchUsage, VoucherBatch
from .burning import BurnRule
from .entitlement import Entitlement
from .gift_card import GiftCard, GiftCardMovement
from .issuance import Issuance, IssuanceRule
from .item import RewardItem
from .offer import Offer
from .partner_code import PartnerCode
from .redemption import Redemption
from .reward import Reward, RewardUsage
from .use import UndoneUse, VoucherUse
from .voucher import Voucher

__all__ = [
    "BatchUsage",
    "BurnRule",
    "Entitlement",
    "GiftCard",
    "GiftCardMovement",
    "Issuance",
    "IssuanceRule",
    "Offer",
    "PartnerCode",
    "Redemption",
    "Reward",
    "RewardItem",
    "RewardUsage",
    "UndoneUse",
    "Voucher",
    "VoucherBatch",
    "VoucherUse",
]
