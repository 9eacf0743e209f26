"""One card in somebody's hands: handed over, blocked, replaced."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty.lib import codes
from loyalty.lib.saving import save_checked
from loyalty.programs.models import Program
from members.models import Card, CardBatch, Enrolment, Member
from members.references import CARD_LETTER, CODE_LENGTH


class CardRefused(Exception):
    """The card cannot be handed over, blocked or replaced. `code` says why."""

    def __init__(self, message, code: str):
        super().__init__(message)
        self.code = code


@transaction.atomic
def issue_card(*, program: Program, member: Member, at: datetime, by) -> Card:
    """A card without plastic, active at once: its QR is shown on a screen or sent."""
    _check_enrolled(program, member)
    return save_checked(_new_card(program, member, at), by=by, at=at)


@transaction.atomic
def activate_card(*, card: Card, member: Member, at: datetime, by) -> Card:
    """Hand over a card made ahead: from now on it names the member."""
    card = _locked(card)
    _check_enrolled(card.program, member)
    _hand_over(card, member, at)
    return save_checked(card, by=by, at=at)


@transaction.atomic
def block_card(*, card: Card, reason: str, at: datetime, by) -> Card:
    """Lost, stolen, broken: the card no longer names anybody. Blocking again changes nothing."""
    card = _locked(card)
    if card.state == Card.State.BLOCKED:
        return card
    card.state, card.blocked_at, card.blocked_reason = Card.State.BLOCKED, at, reason
    return save_checked(card, by=by, at=at, reason=reason)


@transaction.atomic
def replace_card(*, card: Card, reason: str, at: datetime, by, with_card: Card | None = None) -> Card:
    """Block a member's card and give another in its place: `with_card` from the drawer, or one without plastic."""
    card = block_card(card=card, reason=reason, at=at, by=by)
    if card.member is None:
        raise CardRefused(_("This card was never handed over."), "card_without_member")
    if Card.objects.filter(replaces=card).exists():
        raise CardRefused(_("This card was replaced already."), "card_replaced")
    _check_enrolled(card.program, card.member)
    if with_card is None:
        new = _new_card(card.program, card.member, at)
    else:
        new = _locked(with_card)
        if new.program_id != card.program_id:
            raise CardRefused(_("This card belongs to another program."), "card_foreign")
        _hand_over(new, card.member, at)
    new.replaces = card
    return save_checked(new, by=by, at=at)


def _locked(card: Card) -> Card:
    return Card.objects.select_for_update().get(pk=card.pk)


def _new_card(program: Program, member: Member, at: datetime) -> Card:
    [number] = codes.generate(1, CODE_LENGTH, prefix=CARD_LETTER)
    return Card(number=number, program=program, member=member, state=Card.State.ACTIVE, activated_at=at)


def _hand_over(card: Card, member: Member, at: datetime) -> None:
    if card.state == Card.State.BLOCKED:
        raise CardRefused(_("This card is blocked."), "card_blocked")
    if card.state == Card.State.ACTIVE:
        raise CardRefused(_("This card is in use already."), "card_active")
    if card.batch is not None and card.batch.state == CardBatch.State.GENERATED:
        raise CardRefused(_("This card has not been printed yet."), "card_not_printed")
    card.member, card.state, card.activated_at = member, Card.State.ACTIVE, at


def _check_enrolled(program: Program, member: Member) -> None:
    if member.status != Member.Status.ACTIVE:
        raise CardRefused(_("This member is blocked."), "member_status")
    active = Enrolment.objects.filter(program=program, member=member, status=Enrolment.Status.ACTIVE)
    if not active.exists():
        raise CardRefused(_("This member is not enrolled in the card’s program."), "member_not_enrolled")
