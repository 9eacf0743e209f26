"""A member asks to be forgotten, thinks better of it, or is forgotten when the days are over."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import translation

from campaigns.operations import notify
from loyalty.portal import words
from loyalty.portal.models import ErasureRequest
from loyalty.programs.models import Program
from members.models import Member
from members.operations import erase_member

TIME_TO_THINK = timedelta(days=7)
REASON = "asked for on the member’s pages"


def open_request(member_id: int) -> ErasureRequest | None:
    return ErasureRequest.objects.filter(member=member_id, withdrawn_at__isnull=True, done_at__isnull=True).first()


def request_erasure(*, program: Program, member: Member, at: datetime) -> ErasureRequest:
    """Asked again, it is the same request. The member is told, in case it was somebody else."""
    if known := open_request(member.pk):
        return known
    try:
        with transaction.atomic():
            request = ErasureRequest.objects.create(
                program=program, member=member, requested_at=at, due_at=at + TIME_TO_THINK
            )
    except IntegrityError:  # a double click
        if known := open_request(member.pk):
            return known
        raise
    with translation.override(member.language):
        notice = words.erasure_asked(request)
    if to := member.email or str(member.phone or ""):
        notify(program=program, to=to, language=member.language, notice=notice)
    return request


def withdraw_erasure(*, member: Member, at: datetime) -> bool:
    """Whether there was something to withdraw."""
    open_ones = ErasureRequest.objects.filter(member=member, done_at__isnull=True, withdrawn_at__isnull=True)
    return bool(open_ones.update(withdrawn_at=at))


def erase_due(*, at: datetime) -> int:
    """Forget those whose time to think is over; returns how many. `person.erase` notes that it is done."""
    due = ErasureRequest.objects.filter(due_at__lte=at, withdrawn_at__isnull=True, done_at__isnull=True)
    erased = 0
    for request_id in list(due.order_by("due_at", "pk").values_list("pk", flat=True)):
        with transaction.atomic():
            request = due.select_for_update(of=["self"]).select_related("member").filter(pk=request_id).first()
            if request is None:  # withdrawn meanwhile
                continue
            erase_member(member=request.member, reason=REASON, at=at, by=None)
            erased += 1
    return erased
