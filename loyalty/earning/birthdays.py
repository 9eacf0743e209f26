"""Members' birthdays, recorded by night as activities: what comes of one is the rules' to say.

A birthday is recorded once per member and year, whatever the birth date is corrected to. Who was born on 29 February
has it on the 28th where the year lacks the day.
"""

from calendar import isleap
from datetime import date, datetime

from django.db.models import Q

from loyalty.earning.inputs import ActivityInput, Recorded
from loyalty.earning.models import EarningRule, Kind
from loyalty.earning.operations import record_activities
from loyalty.lib.periods import local_date
from members.models import Enrolment, Member
from members.references import MemberRef

SOURCE = "birthday"


def are_awaited(*, program, at: datetime) -> bool:
    """Whether anything comes of birthdays: a rule for them was there at that moment.

    A rule that was made later had promised nobody anything: catching up with past nights gives no gifts for it.
    """
    rules = EarningRule.objects.filter(program=program, kind=Kind.BIRTHDAY, created_at__lte=at)
    return rules.exclude(valid_to__lte=at).exists()


def record_birthdays(*, program, at: datetime, first_member: int, last_member: int) -> int:
    """Record the birthdays of the day that begins at `at`, for members in the range, both ends included.

    Returns how many were new. Who joins later that day has the next one.
    """
    day = local_date(at, program.tzinfo)
    members = _born_on(day).filter(
        program=program,
        status=Enrolment.Status.ACTIVE,
        member__status=Member.Status.ACTIVE,
        enrolled_at__lt=at,
        member__id__range=(first_member, last_member),
    )
    activities = [
        ActivityInput(
            external_id=f"{member_id}:{day.year}",
            member=MemberRef("id", str(member_id)),
            kind=Kind.BIRTHDAY.value,
            occurred_at=at,
        )
        for member_id in members.order_by("member_id").values_list("member_id", flat=True)
    ]
    if not activities:
        return 0
    answers = record_activities(program=program, source=SOURCE, activities=activities, at=at)
    return sum(isinstance(answer, Recorded) and not answer.duplicate for answer in answers)


def _born_on(day: date):
    days = Q(member__birth_date__month=day.month, member__birth_date__day=day.day)
    if (day.month, day.day) == (2, 28) and not isleap(day.year):
        days |= Q(member__birth_date__month=2, member__birth_date__day=29)
    return Enrolment.objects.filter(days)
