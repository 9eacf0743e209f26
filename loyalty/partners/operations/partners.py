"""Who the partners are, and which members they know."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty.lib.saving import save_checked
from loyalty.partners.models import Partner, PartnerMember
from loyalty.programs.models import Program
from members.models import Enrolment, Member
from members.queries import present

from .errors import PartnersError


@transaction.atomic
def create_partner(*, code: str, name: str, at: datetime, by=None, **details: Any) -> Partner:
    """A new partner; `details` are columns of `Partner`. Raises `ValidationError`."""
    return save_checked(Partner(code=code, name=name, created_at=at, **details), by=by, at=at)


@transaction.atomic
def change_partner(*, partner: Partner, at: datetime, by, **details: Any) -> Partner:
    """Change what is named. The code stays: others know the partner by it. Raises `ValidationError`."""
    partner = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    for column, value in details.items():
        setattr(partner, column, value)
    return save_checked(partner, by=by, at=at)


@transaction.atomic
def link_member(*, partner: Partner, program: Program, member: Member, at: datetime, by=None) -> PartnerMember:
    """The identifier under which the partner knows the member, made the first time. Raises `PartnersError`."""
    member_id = present([member.pk]).get(member.pk, member.pk)
    if not Enrolment.objects.filter(program=program, member=member_id).exists():
        raise PartnersError(_("This person is no member of the program."), "not_enrolled")
    link, _created = PartnerMember.objects.get_or_create(
        partner=partner, program=program, member_id=member_id, defaults={"linked_at": at, "by": by}
    )
    return link
