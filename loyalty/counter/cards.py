"""A card to hand over: one from the drawer by its number, or one without plastic."""

from datetime import datetime

from django.utils.translation import gettext as _

from loyalty.counter.errors import CounterRefused
from loyalty.programs.models import Program
from members.models import Card, Member
from members.operations import activate_card, issue_card
from members.references import CARD_LETTER, as_code


def printed_card(program: Program, typed: str) -> Card | None:
    """The program's card of this number; none where none was typed. Raises `CounterRefused`."""
    if not typed:
        return None
    card = Card.objects.filter(number=as_code(typed, CARD_LETTER)).first()
    if card is None:
        raise CounterRefused("card_unknown", _("This card is not known."), "card")
    if card.program_id != program.pk:
        raise CounterRefused("card_foreign", _("This card belongs to another program."), "card")
    return card


def hand_over(*, program: Program, member: Member, typed: str, at: datetime, by) -> Card:
    """Raises `CounterRefused` and `CardRefused`."""
    card = printed_card(program, typed)
    if card is None:
        return issue_card(program=program, member=member, at=at, by=by)
    return activate_card(card=card, member=member, at=at, by=by)
