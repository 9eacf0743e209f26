"""What can be done with members: every write, one verb each.

Wrong values raise Django's `ValidationError` with the message at its field; what a state forbids raises the verb's own
error. Messages are translated.
"""

from members.operations.batches import BatchRefused, block_batch, generate_batch, mark_printed, ship_batch
from members.operations.bulk import create_many
from members.operations.cards import CardRefused, activate_card, block_card, issue_card, replace_card
from members.operations.consents import give_consent, withdraw_consent
from members.operations.enrolling import EnrolmentRefused, accept_terms, enrol, leave
from members.operations.erasing import erase_member
from members.operations.households import (
    HouseholdRefused,
    accept_invitation,
    change_household,
    check_can_join,
    decline_invitation,
    found_household,
    invite_to_household,
    leave_household,
    lock_pool,
    make_head,
)
from members.operations.merging import MergeRefused, merge_members, note_moved, undo_merge
from members.operations.people import (
    MemberRefused,
    add_external_id,
    block_member,
    create_member,
    unblock_member,
    update_member,
)

__all__ = [
    "undo_merge",
    "note_moved",
    "merge_members",
    "MergeRefused",
    "make_head",
    "lock_pool",
    "leave_household",
    "invite_to_household",
    "found_household",
    "decline_invitation",
    "change_household",
    "check_can_join",
    "accept_invitation",
    "HouseholdRefused",
    "BatchRefused",
    "CardRefused",
    "EnrolmentRefused",
    "MemberRefused",
    "accept_terms",
    "activate_card",
    "add_external_id",
    "block_batch",
    "block_card",
    "block_member",
    "create_many",
    "create_member",
    "enrol",
    "erase_member",
    "generate_batch",
    "give_consent",
    "issue_card",
    "leave",
    "mark_printed",
    "replace_card",
    "ship_batch",
    "unblock_member",
    "update_member",
    "withdraw_consent",
]
