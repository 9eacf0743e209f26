"""Somebody who proved an address becomes a member, or is one already."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from loyalty.earning.operations import enrol_member, record_consent
from loyalty.portal.people import enrolment_of, person_at
from loyalty.programs.models import Program
from members.models import Enrolment
from members.operations import issue_card

CHANNEL = "portal"


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody filled in, kept on their own page until they prove the address; `consents`: wordings by channel."""

    first_name: str
    last_name: str
    birth_date: str
    language: str
    consents: dict[str, str] = field(default_factory=dict)
    referral: str = ""

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def join(*, program: Program, address: str, draft: Draft, at: datetime) -> tuple[Enrolment, bool]:
    """The enrolment, and whether it is new. What a member of another program filled in again changes nothing of it.

    Raises `EnrolmentRefused`.
    """
    try:
        return _join(program, address, draft, at)
    except ValidationError:  # the address became somebody's a moment ago
        if person_at(program=program, address=address) is None:
            raise
        return _join(program, address, draft, at)


@transaction.atomic
def _join(program: Program, address: str, draft: Draft, at: datetime) -> tuple[Enrolment, bool]:
    member = person_at(program=program, address=address)
    if member and (known := enrolment_of(program=program, member_id=member.pk)):
        return known, False
    personal: dict[str, Any] = {}
    if member is None:
        personal = {
            "first_name": draft.first_name,
            "last_name": draft.last_name,
            "email" if "@" in address else "phone": address,
            "birth_date": date.fromisoformat(draft.birth_date) if draft.birth_date else None,
            "language": draft.language,
        }
    enrolment = enrol_member(
        program=program, member=member, channel=CHANNEL, at=at, by=None, referral=draft.referral, **personal
    )
    for channel, wording in draft.consents.items():
        record_consent(member=enrolment.member, channel=channel, source=CHANNEL, wording=wording, at=at, by=None)
    if not enrolment.member.cards.active().filter(program=program).exists():
        issue_card(program=program, member=enrolment.member, at=at, by=None)
    return enrolment, True
