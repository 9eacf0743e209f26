"""The one field: what somebody scanned or typed, and whom or what it names. A clerk finds a member and lists none."""

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from loyalty.counter.forms import plain
from loyalty.counter.sales import sales_of_tills
from loyalty.lib import codes
from loyalty.programs.models import Program, Store
from loyalty.referrals.models import ReferralCode
from members.models import Card, Enrolment, Member
from members.queries import resolve_many
from members.references import CARD_LETTER, Ambiguous, MemberRef, as_code, as_phone
from rewards.models import Voucher

FEW = 5
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Masked:
    """Somebody whom a name fits, told apart without being told."""

    number: str
    name: str
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """`kind` says what was found; `sentence` is for the clerk where it is nobody alone."""

    kind: Literal["member", "several", "voucher", "referral", "receipt", "unknown", "refused", "empty"]
    sentence: str = ""
    member: Member | None = None
    several: tuple[Masked, ...] = ()
    code: str = ""
    can_enrol: bool = False
    typed: str = ""


def find(*, store: Store, text: str) -> Found:
    """Identifiers first, then codes, then names: what is unique is not asked about."""
    typed, program = plain(text)[:LONGEST], store.program
    if not typed:
        return Found("empty")
    return (
        _by_identifier(program, typed)
        or _by_card(program, typed)
        or _by_voucher(program, typed)
        or _by_referral(program, typed)
        or _by_receipt(store, typed)
        or _by_name(program, typed)
        or _unknown(typed)
    )


def named(*, store: Store, text: str) -> Found:
    """Whom a number, card, e-mail or phone names; nobody is guessed by a name."""
    typed, program = plain(text)[:LONGEST], store.program
    sentence = _("No member is known as “%(typed)s”: it was mistyped, or the membership was erased.") % {"typed": typed}
    return _by_identifier(program, typed) or _by_card(program, typed) or Found("unknown", sentence, typed=typed)


def standing(program: Program, member: Member) -> Found:
    """The member, where this program may serve them; else the one sentence that says why not."""
    if member.status == Member.Status.BLOCKED:
        return Found("refused", _("This membership is blocked: customer service can help."), member)
    if member.status == Member.Status.ERASED:
        sentence = _("This membership was erased at the member’s wish: enrol anew.")
        return Found("refused", sentence, member, can_enrol=True)
    enrolment = Enrolment.objects.filter(member=member, program=program).first()
    if enrolment is None or enrolment.status != Enrolment.Status.ACTIVE:
        sentence = _("A customer, but not a member of %(program)s.") % {"program": program}
        return Found("unknown", sentence, member=member, can_enrol=True)
    return Found("member", member=member)


def _by_identifier(program: Program, typed: str) -> Found | None:
    reference = MemberRef("any", typed)
    found = resolve_many("", [reference], program.phone_region)[reference]
    if isinstance(found, Ambiguous):
        return Found("refused", _("This fits more than one member: scan the card, or type the e-mail."))
    return standing(program, Member.objects.get(pk=found)) if found else None


def _by_card(program: Program, typed: str) -> Found | None:
    """A card that names nobody, or nobody any more."""
    number = as_code(typed, CARD_LETTER)
    if not number:
        return None
    card = Card.objects.filter(number=number).first()
    if card is None:  # a voucher's code may begin with the cards' letter
        return None
    if card.program_id != program.pk:
        return Found("refused", _("This card belongs to another program."))
    if card.state == Card.State.BLOCKED:
        return Found("refused", _("This card was blocked: look the member up by name, phone or e-mail."))
    return Found("unknown", _("This card is new and belongs to nobody yet."), can_enrol=True, typed=number)


def _by_voucher(program: Program, typed: str) -> Found | None:
    code = codes.normalise(typed)
    if not codes.is_valid(code):
        return None
    voucher = Voucher.objects.filter(code=code).first()
    if voucher is None:
        return None
    if voucher.program_id != program.pk:
        return Found("refused", _("This voucher belongs to another program."))
    return Found("voucher", code=code)


def _by_referral(program: Program, typed: str) -> Found | None:
    code = codes.normalise(typed)
    known = ReferralCode.objects.filter(program=program, code=code).select_related("member").first() if code else None
    if known is None:
        return None
    return Found("referral", member=known.member, code=code, can_enrol=True, typed=code)


def _by_receipt(store: Store, typed: str) -> Found | None:
    """A receipt of the program's tills comes back for a refund."""
    sale = sales_of_tills(store, typed).select_related("member__merged_into").first()
    if sale is None or sale.member is None:
        return None
    member = sale.member.merged_into or sale.member
    found = standing(store.program, member)
    return Found("receipt", member=member, typed=typed) if found.kind == "member" else found


def _by_name(program: Program, typed: str) -> Found | None:
    enrolled = Enrolment.objects.filter(program=program, status=Enrolment.Status.ACTIVE)
    members = Member.objects.active().search(typed, program.phone_region)
    keys = enrolled.filter(member__in=members).order_by().values_list("member", flat=True)[: FEW + 1]
    found = list(Member.objects.filter(pk__in=list(keys)).order_by("last_name", "first_name", "pk"))
    if not found:
        return None
    if len(found) == 1:
        return Found("member", member=found[0])
    sentence = _("Several members fit: ask for the phone number or the e-mail.")
    if len(found) > FEW:
        sentence = _("Many members fit, these are a few: ask for the phone number or the e-mail.")
    return Found("several", sentence, several=tuple(map(masked, found[:FEW])), typed=typed)


def _unknown(typed: str) -> Found:
    if number := as_code(typed, CARD_LETTER):
        return Found("unknown", _("This card is not known."), can_enrol=True, typed=number)
    if "@" in typed or as_phone(typed):
        return Found("unknown", _("No member has this e-mail or phone number."), can_enrol=True, typed=typed)
    sentence = _("Nobody and nothing is known as “%(typed)s”.") % {"typed": typed}
    return Found("unknown", sentence, can_enrol=True, typed=typed)


def masked(member: Member) -> Masked:
    phone, (user, at, host) = str(member.phone), member.email.partition("@")
    hints = [f"•• {phone[-2:]}"] if phone else []
    hints += [f"{user[:1]}•••{at}{host[:1]}•••"] if user else []
    hints += [member.postcode] if member.postcode else []
    initial = f"{member.last_name[:1]}." if member.last_name else ""
    return Masked(member.number, f"{member.first_name} {initial}".strip(), tuple(hints))
