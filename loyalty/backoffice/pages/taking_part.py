"""What a member takes part in, for the member's page; and an attendance, which two rooms record together."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from loyalty.challenges import operations as challenges
from loyalty.challenges import queries, sentences
from loyalty.challenges.models import Invitation
from loyalty.earning.operations import ActivityInput, MemberRef, Recorded, record_activity
from loyalty.programs.kinds import Kind

SOURCE = "occasion"
MOST = 10


def section(request, enrolment):
    """Challenges that run now, badges, invitations; nothing where there are none."""
    program, member_id, now = enrolment.program, enrolment.member_id, timezone.now()
    if not request.user.has_perm("challenges.view_challengeprogress"):
        return None
    running = queries.progress_of(program=program, member_id=member_id, at=now)
    for each in running:
        each.challenge.reached = sentences.reached(each.challenge.goal, each.count, each.goal, program.money_currency)
    found = {
        "challenges": running,
        "badges": queries.badges_of(program=program, member_id=member_id, at=now),
        "invitations": queries.invitations_of(program=program, member_id=member_id)[:MOST],
    }
    return found if any(found.values()) else None


@transaction.atomic
def attend(*, invitation: Invitation, at: datetime, by=None) -> Recorded:
    """The member is there: marked on the invitation and recorded as an activity, which may earn. Both, or neither.

    Raises `InvitationRefused` or `ActivityRefused`. Twice changes nothing.
    """
    occasion = invitation.occasion
    challenges.check_in(occasion=occasion, member_id=invitation.member_id, at=at, by=by)
    earlier = Invitation.objects.get(pk=invitation.pk)
    activity = ActivityInput(
        external_id=str(invitation.pk),
        member=MemberRef("id", str(invitation.member_id)),
        kind=Kind.ATTENDANCE.value,
        occurred_at=earlier.attended_at or at,
        store=occasion.store.code if occasion.store else "",
    )
    return record_activity(program=occasion.program, source=SOURCE, activity=activity, at=at, by=by)
