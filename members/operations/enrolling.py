"""A member joins a program, accepts its terms, leaves it.

Doors do not call this: they call the earning room's `enrol_member`, which also records the sign-up.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty.lib.periods import local_date
from loyalty.lib.saving import save_checked
from loyalty.programs.models import Program, Store
from members.models import Enrolment, Member
from members.operations.consents import give_consent
from members.operations.people import add_external_id, create_member


class EnrolmentRefused(Exception):
    """The program takes no members, or not this one. `code` says why."""

    def __init__(self, message, code: str):
        super().__init__(message)
        self.code = code


@transaction.atomic
def enrol(
    *,
    program: Program,
    at: datetime,
    by,
    member: Member | None = None,
    channel: str = "",
    store: Store | None = None,
    source: str = "",
    external_id: str = "",
    consents: Iterable[str] = (),
    wording: str = "",
    terms_accepted: bool = True,
    **personal: Any,
) -> Enrolment:
    """Enrol a new person (`personal` data) or a known `member`; a second time gives the same enrolment.

    `consents` are the channels agreed to and `wording` the text that was shown. Who had left comes back, and the
    figures of the enrolment go on.
    """
    _check_open(program, member, store, at)
    if member is None:
        member = create_member(at=at, by=by, region=program.phone_region, **{"language": program.language} | personal)
    enrolment = _enrolment(program, member, at, channel, store)
    if terms_accepted:
        enrolment.terms_version, enrolment.terms_accepted_at = program.terms_version, at
    save_checked(enrolment, by=by, at=at)
    if external_id:
        add_external_id(member=member, source=source, external_id=external_id, at=at, by=by)
    for about in consents:
        give_consent(member=member, channel=about, source=channel or source, at=at, by=by, wording=wording)
    return enrolment


@transaction.atomic
def accept_terms(*, enrolment: Enrolment, at: datetime, by, version: str | None = None) -> Enrolment:
    """The member accepts a version of the terms; by default the program's present one."""
    enrolment = Enrolment.objects.select_for_update().select_related("program").get(pk=enrolment.pk)
    enrolment.terms_version = version or enrolment.program.terms_version
    enrolment.terms_accepted_at = at
    return save_checked(enrolment, by=by, at=at)


@transaction.atomic
def leave(*, enrolment: Enrolment, at: datetime, by) -> Enrolment:
    """The member leaves the program. Points and history stay where they are."""
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    enrolment.status = Enrolment.Status.LEFT
    return save_checked(enrolment, by=by, at=at)


def _check_open(program: Program, member: Member | None, store: Store | None, at: datetime) -> None:
    if not program.earns_on(local_date(at, program.tzinfo)):
        raise EnrolmentRefused(_("This program is closing and takes no new members."), "program_closed")
    if member is not None and member.status != Member.Status.ACTIVE:
        raise EnrolmentRefused(_("This member is blocked."), "member_status")
    if store is not None and store.program_id != program.pk:
        raise EnrolmentRefused(_("This store belongs to another program."), "store_foreign")


def _enrolment(program: Program, member: Member, at: datetime, channel: str, store: Store | None) -> Enrolment:
    known = Enrolment.objects.select_for_update().filter(program=program, member=member).first()
    if known is None:
        return Enrolment(program=program, member=member, enrolled_at=at, channel=channel, store=store)
    known.status = Enrolment.Status.ACTIVE
    return known
