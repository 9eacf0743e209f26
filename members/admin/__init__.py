"""Members in the admin. The pages that also show points and activities are the backoffice's."""

from members.admin.batches import CardBatchAdmin
from members.admin.cards import CardAdmin
from members.admin.enrolments import ConsentAdmin, EnrolmentAdmin
from members.admin.households import HouseholdAdmin, HouseholdMemberAdmin
from members.admin.members import MemberAdmin
from members.admin.persons import MemberMergeAdmin

__all__ = [
    "CardAdmin",
    "CardBatchAdmin",
    "ConsentAdmin",
    "EnrolmentAdmin",
    "HouseholdAdmin",
    "HouseholdMemberAdmin",
    "MemberAdmin",
    "MemberMergeAdmin",
]
