"""Persons: created, corrected, blocked, known by other systems."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty.events.operations import Happening, emit_many
from loyalty.lib import codes
from loyalty.lib.saving import save_checked
from loyalty.programs.models import Program
from members.models import ExternalId, Member
from members.references import CODE_LENGTH, NUMBER_LETTER, as_phone

PERSONAL = frozenset(
    ["first_name", "last_name", "email", "phone", "birth_date", "language", "postcode", "preferences", "tags"]
)


class MemberRefused(Exception):
    """The member's status does not allow it."""

    code = "member_status"


@transaction.atomic
def create_member(*, at: datetime, by, region: str | None = None, **personal: Any) -> Member:
    """A new person with a number of their own. `region` is the country of a phone number written without one."""
    [number] = codes.generate(1, CODE_LENGTH, prefix=NUMBER_LETTER)
    member = Member(number=number, created_at=at)
    _assign(member, personal, region)
    return save_checked(member, by=by, at=at)


@transaction.atomic
def update_member(*, member: Member, at: datetime, by, region: str | None = None, **personal: Any) -> Member:
    """Change only the given personal data."""
    member = Member.objects.select_for_update().get(pk=member.pk)
    _check_present(member)
    before = {name: getattr(member, name) for name in personal}
    _assign(member, personal, region)
    saved = save_checked(member, by=by, at=at)
    _tell_of(saved, [name for name, value in before.items() if getattr(saved, name) != value], at)
    return saved


def _tell_of(member: Member, changed: list[str], at: datetime) -> None:
    """Which data have changed, and not what they are now: whoever may know asks."""
    if not changed:
        return
    programs = Program.objects.filter(enrolments__member=member).order_by("pk")
    emit_many(
        Happening(
            kind="member.updated",
            program_code=code,
            member_id=member.pk,
            occurred_at=at,
            recorded_at=at,
            payload={"fields": sorted(changed)},
        )
        for code in programs.values_list("code", flat=True)
    )


@transaction.atomic
def block_member(*, member: Member, reason: str, at: datetime, by) -> Member:
    """The member can neither earn nor redeem until unblocked. The reason is kept in the history."""
    return _set_status(member, Member.Status.BLOCKED, reason, at, by)


@transaction.atomic
def unblock_member(*, member: Member, reason: str, at: datetime, by) -> Member:
    return _set_status(member, Member.Status.ACTIVE, reason, at, by)


@transaction.atomic
def add_external_id(*, member: Member, source: str, external_id: str, at: datetime, by) -> ExternalId:
    """Another system's name for the member: all of them find the member, the latest given is the one that is shown.

    That one again changes nothing.
    """
    external_id = external_id.strip()
    names = ExternalId.objects.filter(member=member, source=source)
    latest = names.order_by("-pk").first()
    if latest and latest.external_id == external_id:
        return latest
    if latest:
        names.filter(external_id=external_id).delete()  # one of before, which becomes the latest
    return save_checked(ExternalId(member=member, source=source, external_id=external_id), by=by, at=at)


def _assign(member: Member, personal: dict[str, Any], region: str | None) -> None:
    if unknown := personal.keys() - PERSONAL:
        raise TypeError(f"not personal data of a member: {', '.join(sorted(unknown))}")
    if phone := personal.get("phone"):
        # What is no number is left as it is: the field's own check says so.
        personal = personal | {"phone": as_phone(str(phone), region) or phone}
    for name, value in personal.items():
        setattr(member, name, value.strip() if isinstance(value, str) else value)


def _check_present(member: Member) -> None:
    if member.status == Member.Status.ERASED:
        raise MemberRefused(_("This member’s data were erased."))
    if member.status == Member.Status.MERGED:
        raise MemberRefused(_("This member was merged into another one: change that one."))


def _set_status(member: Member, after: str, reason: str, at: datetime, by) -> Member:
    member = Member.objects.select_for_update().get(pk=member.pk)
    if member.status == after:
        return member
    _check_present(member)
    member.status = after
    return save_checked(member, by=by, at=at, reason=reason)
