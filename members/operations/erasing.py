"""A member is forgotten: what says who it was goes, what explains money stays under a pseudonym."""

from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty.events.operations import Happening, emit_many
from loyalty.lib import codes
from loyalty.lib.saving import save_as
from members import registry
from members.models import Card, Consent, Enrolment, ExternalId, HouseholdMember, Member, MemberMerge, Suppression
from members.operations.people import MemberRefused
from members.queries import identities, latest_consents
from members.references import CODE_LENGTH, NUMBER_LETTER
from members.suppression import Address, addresses_of, digest

SOURCE = "erasure"
BLANK: dict[str, Any] = {
    "first_name": "",
    "last_name": "",
    "email": "",
    "phone": "",
    "birth_date": None,
    "postcode": "",
    "preferences": {},
    "tags": [],
}


@transaction.atomic
def erase_member(*, member: Member, at: datetime, by, reason: str) -> Member:
    """Blank the person's data here, in the history and in every room; for good. Erasing again changes nothing.

    Whoever was merged into the member is the same person and is erased too. Points are lost, since nobody is left to
    spend them; entries, activities and vouchers stay, under a new number that says nothing.
    """
    member = Member.objects.select_for_update(no_key=True).get(pk=member.pk)
    if member.status == Member.Status.ERASED:
        return member
    if member.status == Member.Status.MERGED:
        raise MemberRefused(_("This member was merged into another one: erase that one."))
    ids = identities(member.pk)
    _suppress(ids, at)
    for part in registry.parts():
        if part.erase is not None:
            part.erase(member_ids=ids, at=at, by=by)
    _withdraw_consents(ids, at, by)
    _detach(ids, at)
    _blank(ids)
    member.refresh_from_db()
    member.status = Member.Status.ERASED
    save_as(member, by=by, at=at, reason=reason)
    _tell(member, at)
    return member


def _suppress(ids: list[int], at: datetime) -> None:
    addresses = [address for member in Member.objects.filter(pk__in=ids) for address in addresses_of(member)]
    names = ExternalId.objects.filter(member__in=ids)
    addresses += [Address("external_id", str(name)) for name in names]
    rows = [Suppression(digest=digest(address), recorded_at=at) for address in addresses]
    Suppression.objects.bulk_create(rows, ignore_conflicts=True)


def _withdraw_consents(ids: list[int], at: datetime, by) -> None:
    Consent.objects.bulk_create(
        Consent(member_id=member_id, channel=channel, given=False, source=SOURCE, recorded_at=at, by=by)
        for (member_id, channel), given in latest_consents(ids).items()
        if given
    )


def _detach(ids: list[int], at: datetime) -> None:
    """Cards and identifiers in somebody's hands lead to nobody; who is in no program any more shares no household."""
    ExternalId.objects.filter(member__in=ids).delete()
    cards = Card.objects.filter(member__in=ids)
    Card.history.filter(id__in=list(cards.values_list("pk", flat=True))).update(
        member=None, history_change_reason=None, blocked_reason=""
    )
    open_ones = cards.exclude(state=Card.State.BLOCKED)
    open_ones.update(state=Card.State.BLOCKED, blocked_at=at, blocked_reason=SOURCE)
    cards.update(member=None, blocked_reason=SOURCE)
    Enrolment.objects.filter(member__in=ids).update(status=Enrolment.Status.LEFT)
    _leave_households(ids, at)


def _leave_households(ids: list[int], at: datetime) -> None:
    places = HouseholdMember.objects.filter(member__in=ids)
    places.filter(state="invited").update(state="declined", left_at=at)
    for place in places.current().select_related("household"):
        place.state, place.left_at = HouseholdMember.State.LEFT, max(at, place.joined_at or at)
        place.save(update_fields=["state", "left_at"])
        household = place.household
        heir = household.places.current().order_by("joined_at", "pk").first()
        if heir is None:  # its name is likely to be theirs
            household.closed_at, household.name = max(at, household.created_at), "–"
            household.save()
            household.history.update(name="–")
        elif place.is_head:
            heir.is_head = True
            heir.save(update_fields=["is_head"])


def _blank(ids: list[int]) -> None:
    """The rows, their history, what merges remember, and the names in the log of the admin."""
    for member_id, number in zip(ids, codes.generate(len(ids), CODE_LENGTH, prefix=NUMBER_LETTER), strict=True):
        Member.objects.filter(pk=member_id).update(**BLANK, number=number, name_key="")
        Member.history.filter(id=member_id).update(**BLANK, number=number, history_change_reason=None)
        log = LogEntry.objects.filter(
            content_type__app_label="members", content_type__model="member", object_id=str(member_id)
        )
        log.update(object_repr=number)
    for merge in MemberMerge.objects.filter(keep__in=ids) | MemberMerge.objects.filter(absorb__in=ids):
        merge.moved.get("members", {}).pop("person", None)
        merge.save(update_fields=["moved"])


def _tell(member: Member, at: datetime) -> None:
    programs = Enrolment.objects.filter(member=member).order_by("program")
    emit_many(
        Happening(kind="member.erased", program_code=code, member_id=member.pk, occurred_at=at, recorded_at=at)
        for code in programs.values_list("program__code", flat=True)
    )
