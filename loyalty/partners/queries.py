"""What other rooms may ask about partners. Nothing here writes."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from loyalty.partners.models import Partner, PartnerMember
from loyalty.partners.sources import source_of
from loyalty.programs.models import Program
from members.models import Member

__all__ = ["member_of", "partner", "public_ids", "source_of"]


def partner(code: str) -> Partner | None:
    """The partner of this code, active or not."""
    return Partner.objects.filter(code=code).first()


def member_of(*, partner: Partner, public_id: UUID | str, program: Program | None = None) -> Member | None:
    """Whom the partner knows by this identifier, as the person is today; None for whatever is not the partner's own.

    Where `program` is given, the identifier must be one of that program.
    """
    if (number := _uuid(public_id)) is None:
        return None
    links = PartnerMember.objects.filter(partner=partner, public_id=number)
    link = (links.filter(program=program) if program else links).select_related("member__merged_into").first()
    return (link.member.merged_into or link.member) if link else None


def public_ids(*, partner: Partner, program: Program, member_ids: Collection[int]) -> dict[int, UUID]:
    """By member, the identifier under which the partner knows them; who is not known to it is left out."""
    links = PartnerMember.objects.filter(partner=partner, program=program)
    people = links.annotate(person=Coalesce("member__merged_into", "member")).filter(person__in=member_ids)
    # Later ones overwrite: of somebody who was merged the own link stays, else the oldest.
    rows = people.annotate(is_own=Q(member=F("person"))).order_by("is_own", "-pk")
    return dict(rows.values_list("person", "public_id"))


def _uuid(text: UUID | str) -> UUID | None:
    try:
        return text if isinstance(text, UUID) else UUID(text)
    except ValueError:
        return None
