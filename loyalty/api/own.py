"""What a partner may name. Everything else is not there, whatever its identifier."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError

from loyalty.api.problems import Refusal
from loyalty.earning.inputs import Refused
from loyalty.lib.prepared import Open, Prepared, number, text, uuids
from loyalty.partners import queries as partners
from loyalty.partners.models import Contract, Partner, PartnerMember
from loyalty.partners.operations import link_member
from loyalty.programs.models import Program, Store
from members.models import Card, Member
from members.queries import resolve_many
from members.references import CARD_LETTER, Ambiguous, MemberRef, as_code


def names_of(partner: Partner) -> str:
    """The source of the names that the partner has for members."""
    return f"partner-{partner.pk}"


source_of = partners.source_of  # the name under which everything that a partner sends is recorded


@dataclass(frozen=True, slots=True)
class Known:
    """A member of a program as the partner knows them; the person is whoever goes on after a merge."""

    program: Program
    member_id: int
    public_id: UUID


def activity_id(program: Program, external_id: str) -> str:
    """The identifier of an activity: the partner's own, within the program."""
    return partners.named(program.code, external_id)


def programs_of(partner: Partner | Open):
    """Those of its contracts, also of ended ones: what was recorded is still read and refunded. A partner without any
    contract, such as the retailer's own web shop, takes part in all.
    """
    contracts = Contract.objects.filter(partner=partner)
    return Program.objects.filter(Q(pk__in=contracts.values("program")) | ~Exists(contracts))


def program_named(partner: Partner, code: str | None) -> Program:
    """One of the partner's programs; where there is one alone it need not be named."""
    if code:
        found = _programs_named(partner=partner.pk, code=code)
        if not found:
            raise Refusal(_("There is no program “%(code)s”.") % {"code": code}, "program_unknown", "program")
        return found[0]
    found = _first_programs(partner=partner.pk)
    if len(found) != 1:
        raise ValidationError({"program": [_("Say which program.")]}, "required")
    return found[0]


@Prepared
def _programs_named():
    return programs_of(number("partner")).filter(code=text("code"))


@Prepared
def _first_programs():
    return programs_of(number("partner"))[:2]


def links(partner: Partner):
    return PartnerMember.objects.filter(partner=partner).select_related("program", "member__merged_into")


def link(partner: Partner, public_id: UUID) -> PartnerMember:
    """Raises a 404 for whatever is not the partner's own."""
    found = links(partner).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("You know no member by this identifier."), "member_unknown")
    return found


def known(partner: Partner, public_id: UUID) -> Known:
    return known_by(link(partner, public_id))


def people(partner: Partner, program: Program):
    """The ids of the members whom the partner knows in the program, as they are today; for use in a query."""
    mine = PartnerMember.objects.filter(partner=partner, program=program)
    return mine.annotate(person=Coalesce("member__merged_into", "member")).values("person")


def public_id(partner: Partner, program: Program, member_id: int) -> UUID | None:
    return partners.public_ids(partner=partner, program=program, member_ids=[member_id]).get(member_id)


def named_by(partner: Partner, kind: str, value: str) -> list[int]:
    """Whom a text names, in whichever program; whether they are the partner's own is for the caller to ask."""
    reference = MemberRef(kind, value)
    found = resolve_many(names_of(partner), [reference])[reference]
    return list(found.member_ids) if isinstance(found, Ambiguous) else [found] if found else []


def known_by(link: PartnerMember) -> Known:
    return Known(link.program, (link.member.merged_into or link.member).pk, link.public_id)


def store_named(program: Program, code: str) -> Store | None:
    if not code:
        return None
    store = Store.objects.active().filter(program=program, code=code).first()
    if store is None:
        raise Refusal(_("The program has no store “%(store)s”.") % {"store": code}, "store_unknown", "store")
    return store


def printed_card(program: Program, number: str) -> Card:
    card = Card.objects.filter(program=program, number=as_code(number, CARD_LETTER)).first()
    if card is None:
        raise Refusal(_("The program has no card of this number."), "card_unknown", "card")
    return card


def whom(partner: Partner, program: Program, reference: Mapping[str, str], at: datetime) -> Known:
    """The member that a body names. Raises a 404."""
    [found] = whom_all(partner, program, [reference], at)
    if isinstance(found, Refused):
        raise Refusal(found.message, found.code, found.field)
    return found


def whom_all(
    partner: Partner, program: Program, references: Sequence[Mapping[str, str]], at: datetime
) -> list[Known | Refused]:
    """Each reference with the member that it means to this partner; a constant number of statements.

    By identifier, e-mail, phone and external id a partner finds its own members alone. A card in somebody's hand may
    also be that of a member whom the partner meets for the first time: from then on it knows them.
    """
    named = [next(iter(reference.items())) for reference in references]
    by_id = _by_public_id(partner, program, [value for kind, value in named if kind == "id"])
    others = [MemberRef(kind, value) for kind, value in named if kind != "id"]
    found = resolve_many(names_of(partner), others, program.phone_region) if others else {}
    members = {member_id for member_id in found.values() if isinstance(member_id, int)}
    public = partners.public_ids(partner=partner, program=program, member_ids=members) if members else {}
    _meet(partner, program, found, public, at)
    return [
        by_id.get(value) or _unknown(value) if kind == "id" else _answer(program, value, found[kind, value], public)
        for kind, value in named
    ]


def _by_public_id(partner, program, public_ids: Iterable[str]) -> dict[str, Known]:
    wanted = set(public_ids)
    if not wanted:
        return {}
    people = _people(partner=partner.pk, program=program.pk, public_ids=wanted)
    return {str(public_id): Known(program, member_id, public_id) for public_id, member_id in people}


@Prepared
def _people():
    mine = PartnerMember.objects.filter(partner=number("partner"), program=number("program"))
    those = mine.filter(public_id__in=uuids("public_ids"))
    return those.values_list("public_id", Coalesce("member__merged_into", "member"))


def _meet(partner, program, found, public: dict[int, UUID], at: datetime) -> None:
    """Whoever shows a card of the program is known from now on."""
    strangers = {
        as_code(reference.value, CARD_LETTER): member_id
        for reference, member_id in found.items()
        if reference.kind == "card" and isinstance(member_id, int) and member_id not in public
    }
    if not strangers:
        return
    cards = Card.objects.active().filter(program=program, number__in=strangers, member__status=Member.Status.ACTIVE)
    enrolled = cards.filter(member__enrolments__program=program).select_related("member")
    for card in enrolled:
        link = link_member(partner=partner, program=program, member=card.member, at=at)
        public[strangers[card.number]] = link.public_id


def _answer(program, value: str, member_id, public: dict[int, UUID]) -> Known | Refused:
    """One text of one kind fits one member at most."""
    if isinstance(member_id, int) and member_id in public:
        return Known(program, member_id, public[member_id])
    return _unknown(value)


def _unknown(value: str) -> Refused:
    return Refused("member_unknown", "member", _("No member is known as “%(value)s”.") % {"value": value})
