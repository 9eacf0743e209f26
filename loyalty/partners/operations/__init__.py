"""What can be done with partners.

`follow` and `ContractCheck` are called by the one verb; `redeemed` and `rolled_back` by rewards, above which they lie.
"""

from .agreed import ContractCheck
from .booking import PartnerRefused, follow, redeemed, rolled_back
from .contracts import add_contract, buy_pack, join_partner, record_payment, save_contract
from .disputes import decide_dispute, keep_file, note_matches
from .errors import PartnersError
from .partners import change_partner, create_partner, link_member
from .settling import settle, settle_all

__all__ = [
    "ContractCheck",
    "PartnerRefused",
    "PartnersError",
    "add_contract",
    "buy_pack",
    "change_partner",
    "create_partner",
    "decide_dispute",
    "follow",
    "join_partner",
    "keep_file",
    "link_member",
    "note_matches",
    "record_payment",
    "redeemed",
    "rolled_back",
    "save_contract",
    "settle",
    "settle_all",
]
