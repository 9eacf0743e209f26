from django.utils.translation import gettext as _

from loyalty.programs.models import Program
from members.models import Enrolment, Member
from rewards import rules

from .errors import RewardsError


class MemberRefused(RewardsError):
    """This member cannot spend points here at all."""


def check_member(program: Program, member_id: int) -> None:
    """Raise `MemberRefused` unless the member is in the program and not blocked."""
    rows = Enrolment.objects.filter(program=program, member_id=member_id, status=Enrolment.Status.ACTIVE)
    status = rows.values_list("member__status", flat=True).first()
    if status is None:
        raise MemberRefused(rules.Refusal("not_enrolled", _("This member is not enrolled in the program.")))
    if status != Member.Status.ACTIVE:
        raise MemberRefused(rules.Refusal("member_blocked", _("This member is blocked.")))
