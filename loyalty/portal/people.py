"""Who an e-mail or a phone number is, for somebody who has proved that it is theirs."""

from loyalty.programs.models import Program
from members.models import Enrolment, Member
from members.queries import resolve_many
from members.references import MemberRef, as_email, as_phone


def as_address(text: str, program: Program) -> str:
    """The e-mail or phone number that the text is, as the tables keep it, or nothing."""
    return as_email(text) or as_phone(text.strip(), program.phone_region)


def person_at(*, program: Program, address: str) -> Member | None:
    """Whoever has the address, in whatever state."""
    reference = MemberRef("email" if "@" in address else "phone", address)
    found = resolve_many("", [reference], program.phone_region)[reference]
    return Member.objects.filter(pk=found).first() if isinstance(found, int) else None


def enrolled(*, program: Program, address: str) -> Enrolment | None:
    """The enrolment of the active member of the program who has the address."""
    member = person_at(program=program, address=address)
    return member and enrolment_of(program=program, member_id=member.pk)


def enrolment_of(*, program: Program, member_id: int) -> Enrolment | None:
    active = Enrolment.objects.filter(status=Enrolment.Status.ACTIVE, member__status=Member.Status.ACTIVE)
    return active.filter(program=program, member=member_id).select_related("member", "program").first()
