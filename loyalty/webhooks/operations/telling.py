"""An event as its listener may hear of it, asked at the moment of sending: who may hear may have changed."""

from typing import Any

from loyalty.events.models import Event
from loyalty.partners.models import Partner
from loyalty.partners.queries import public_ids, source_of
from loyalty.programs.models import Program
from loyalty.webhooks.models import Endpoint
from loyalty.webhooks.payloads import Told, needs_traits, readable
from members.models import Consent, Enrolment, Member
from members.queries import has_consent

ERASED = "member.erased"


class NotToBeTold(Exception):
    """The member is not the listener's any more, or said no."""

    code = "not_to_be_told"


def told(endpoint: Endpoint, event: Event) -> Told:
    """Raises `NotToBeTold`."""
    partner = endpoint.partner
    member = _partners(partner, event) if partner else _own(event)
    with_traits = partner is None and needs_traits(event.kind)
    return Told(
        message_id=f"evt_{event.pk}",
        kind=event.kind,
        program=event.program_code,
        occurred_at=event.occurred_at,
        payload=readable(event.payload, program=event.program_code, source=source_of(partner) if partner else ""),
        member=member,
        traits=_traits(event) if with_traits else None,
    )


def _own(event: Event) -> str:
    """Only those who said yes, by a name that an erasure leaves: tools can then be told to forget."""
    if event.kind != ERASED and not has_consent(event.member_id or 0, Consent.Channel.EMAIL):
        raise NotToBeTold
    return f"member-{event.member_id}"


def _partners(partner: Partner, event: Event) -> str:
    if event.member_id is None:  # who was forgotten is nobody's member any more
        return event.payload["known_as"]
    program = Program.objects.get(code=event.program_code)
    known = public_ids(partner=partner, program=program, member_ids=[event.member_id or 0])
    if (event.member_id or 0) not in known:
        raise NotToBeTold
    return str(known[event.member_id or 0])


def _traits(event: Event) -> dict[str, Any]:
    member = Member.objects.get(pk=event.member_id or 0)
    enrolment = Enrolment.objects.filter(member=member, program__code=event.program_code).first()
    traits = {
        "number": member.number,
        "email": member.email,
        "phone": str(member.phone or ""),
        "firstName": member.first_name,
        "lastName": member.last_name,
        "language": member.language,
        "tier": enrolment.tier if enrolment else "",
        "points": enrolment.balance if enrolment else 0,
    }
    return {name: value for name, value in traits.items() if value != ""}
