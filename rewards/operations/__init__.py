"""The verbs of rewards: redeem, pay with points, roll back; promise rewards; issue, reserve, release, use and
withdraw vouchers.

Points move in the ledger in the same transaction. An operation that refuses raises `RewardsError`, or the ledger's
`InsufficientPoints`; both carry a `code` and a sentence for the person who asked.
"""

from .batches import (
    BatchRefused,
    create_voucher_batch,
    fill_voucher_batch,
    take_out_codes,
    withdraw_voucher_batch,
)
from .catalogue import add_burn_rule, add_reward, set_issuance_rule, set_stock
from .choosing import choose
from .entitling import IssuedEntitlements, end_entitlement, entitle, entitle_many, issue_entitlements
from .errors import ReferenceReused, RewardsError
from .gift_cards import (
    GiftCardRefused,
    adjust_gift_card,
    block_gift_card,
    check_gift_card,
    expire_gift_cards,
    make_gift_cards,
    pay_with_gift_card,
    refund_to_gift_card,
    register_gift_card,
    sell_gift_card,
    unblock_gift_card,
)
from .giving_back import give_back_vouchers
from .granting import Grant, grant_reward, grant_rewards, in_turn, withdraw_granted
from .issuing import issue_voucher, issue_vouchers
from .monthly import IssuedMonth, issue_month
from .offers import set_offer
from .partner_codes import add_partner_codes
from .paying import PaymentRefused, pay_with_points
from .redeeming import RedemptionRefused, redeem_reward
from .reserving import (
    release_lapsed_reservations,
    release_voucher,
    release_vouchers,
    reserve_voucher,
    reserve_vouchers,
)
from .rolling_back import RollBackRefused, roll_back_redemption
from .standing import MemberRefused
from .using import Used, redeem_voucher, use_vouchers
from .validating import Valued, VoucherRefused, validate_voucher, validate_vouchers
from .withdrawing import withdraw_voucher

__all__ = [
    "BatchRefused",
    "GiftCardRefused",
    "Grant",
    "IssuedEntitlements",
    "IssuedMonth",
    "MemberRefused",
    "PaymentRefused",
    "RedemptionRefused",
    "ReferenceReused",
    "RewardsError",
    "RollBackRefused",
    "Used",
    "Valued",
    "VoucherRefused",
    "add_burn_rule",
    "add_partner_codes",
    "add_reward",
    "adjust_gift_card",
    "block_gift_card",
    "check_gift_card",
    "choose",
    "create_voucher_batch",
    "end_entitlement",
    "entitle",
    "entitle_many",
    "expire_gift_cards",
    "fill_voucher_batch",
    "give_back_vouchers",
    "grant_reward",
    "grant_rewards",
    "in_turn",
    "issue_entitlements",
    "issue_month",
    "issue_voucher",
    "issue_vouchers",
    "make_gift_cards",
    "pay_with_gift_card",
    "pay_with_points",
    "redeem_reward",
    "redeem_voucher",
    "refund_to_gift_card",
    "register_gift_card",
    "release_lapsed_reservations",
    "release_voucher",
    "release_vouchers",
    "reserve_voucher",
    "reserve_vouchers",
    "roll_back_redemption",
    "sell_gift_card",
    "set_issuance_rule",
    "set_offer",
    "set_stock",
    "take_out_codes",
    "unblock_gift_card",
    "use_vouchers",
    "validate_voucher",
    "validate_vouchers",
    "withdraw_granted",
    "withdraw_voucher",
    "withdraw_voucher_batch",
]
