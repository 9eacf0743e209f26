"""Two members who were one person: one of them goes on, and it can be undone.

What happened stays booked where it happened; what is still to come follows the person. Every room moves its own part
(`members.registry`), and what was moved is kept with the merge.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty.events.operations import Happening, emit_many
from members import registry
from members.models import Enrolment, Member, MemberMerge
from members.operations import belongings

OWN = "members"


class MergeRefused(Exception):
    """The two cannot be merged, or no longer be taken apart. `code` says why."""

    def __init__(self, message, code: str):
        super().__init__(message)
        self.code = code


@transaction.atomic
def merge_members(*, keep: Member, absorb: Member, at: datetime, by, reason: str) -> MemberMerge:
    """From now on whoever names `absorb` means `keep`, who has the points, the cards and the vouchers of both."""
    if not reason.strip():
        raise MergeRefused(_("Say why: a merge needs a reason."), "reason_needed")
    if keep.pk == absorb.pk:
        raise MergeRefused(_("A member cannot be merged into oneself."), "merge_with_oneself")
    keep, absorb = _locked(keep, absorb)
    _check_active(keep)
    _check_active(absorb)
    merge = MemberMerge(keep=keep, absorb=absorb, merged_at=at, by=by, reason=reason.strip())
    merge.full_clean()
    merge.save()
    moved = {OWN: belongings.hand_over(keep, absorb, at=at, by=by, reason=reason)}
    for part in registry.parts():
        if part.merge is not None:
            moved[part.name] = part.merge(keep=keep, absorb=absorb, merge_id=merge.pk, at=at, by=by)
    moved[OWN] |= belongings.hand_over_enrolments(keep, absorb)
    merge.moved = moved
    merge.save(update_fields=["moved"])
    _tell("member.merged", merge, at)
    return merge


@transaction.atomic
def undo_merge(*, merge: MemberMerge, at: datetime, by, reason: str) -> MemberMerge:
    """Take the two apart again: what was moved and is still there goes back; what was spent meanwhile stays spent.

    A merge that was undone before is returned as it is.
    """
    if not reason.strip():
        raise MergeRefused(_("Say why: undoing a merge needs a reason."), "reason_needed")
    keep, absorb = _locked(merge.keep, merge.absorb)
    merge = MemberMerge.objects.get(pk=merge.pk)  # the members' rows are what two undoings take turns by
    if merge.undone_at is not None:
        return merge
    if keep.status == Member.Status.MERGED:
        raise MergeRefused(_("The member kept was merged since: undo that merge first."), "merged_since")
    if Member.Status.ERASED in (keep.status, absorb.status):
        raise MergeRefused(_("This member’s data were erased: there is nothing left to take apart."), "erased")
    merge.keep, merge.absorb = keep, absorb
    belongings.part(keep, absorb, merge.moved[OWN], at=at, by=by, reason=reason)
    for part in reversed(registry.parts()):
        if part.unmerge is not None and part.name in merge.moved:
            moved = merge.moved[part.name]
            part.unmerge(keep=keep, absorb=absorb, moved=moved, merge_id=merge.pk, at=at, by=by)
    belongings.bring_back(keep, absorb, merge.moved[OWN], at=at, by=by)
    merge.refresh_from_db()
    merge.undone_at, merge.undone_by, merge.undone_reason = at, by, reason.strip()
    merge.save(update_fields=["undone_at", "undone_by", "undone_reason"])
    _tell("member.unmerged", merge, at)
    return merge


def note_moved(*, merge: MemberMerge, name: str, moved) -> None:
    """A room moved something more under this merge, later: keep that too. The caller has locked the merge."""
    merge.moved[name] = moved
    merge.save(update_fields=["moved"])


def _locked(*members: Member) -> list[Member]:
    """The rows as they are now, locked in the order of their ids: two merges never wait for each other in a ring.

    Not against those who only refer to them: an activity that is being recorded holds the account that a merge needs.
    """
    rows = Member.objects.select_for_update(no_key=True).filter(pk__in=[member.pk for member in members])
    found = {member.pk: member for member in rows.order_by("pk")}
    return [found[member.pk] for member in members]


def _check_active(member: Member) -> None:
    refusals = {
        Member.Status.BLOCKED: _("%(member)s is blocked: unblock the member first, if they may go on."),
        Member.Status.MERGED: _("%(member)s was merged into another member already."),
        Member.Status.ERASED: _("The data of %(member)s were erased."),
    }
    if refusal := refusals.get(Member.Status(member.status)):
        raise MergeRefused(refusal % {"member": member.number}, f"member_{member.status}")


def _tell(kind: str, merge: MemberMerge, at: datetime) -> None:
    programs = Enrolment.objects.filter(member=merge.absorb_id).order_by("program")
    emit_many(
        Happening(
            kind=kind,
            program_code=code,
            member_id=merge.keep_id,
            occurred_at=at,
            recorded_at=at,
            payload={"merge": merge.pk, "absorbed": merge.absorb_id},
        )
        for code in programs.values_list("program__code", flat=True)
    )
