"""What other rooms may ask about punch cards. Nothing here writes."""

from dataclasses import dataclass
from datetime import datetime

from loyalty.lib.periods import ONE_DAY
from loyalty.lib.prepared import Prepared, number
from loyalty.programs.models import Program
from loyalty.punchcards.models import PunchCard, PunchCardProgram


@dataclass(frozen=True, slots=True)
class HeldCard:
    """The card that a member's next punch goes onto. `card` is None while it is empty and not yet opened.

    `program` is the code of the punch card, `expires_at` None where it never expires or is not yet opened.
    """

    program: str
    name: str
    punch_on: str
    punches: int
    of: int
    reward: str
    reward_quantity: int
    expires_at: datetime | None = None
    number: int = 1
    card: int | None = None
    definition: int = 0

    @property
    def missing(self) -> int:
        return self.of - self.punches

    @property
    def last_day(self) -> datetime | None:
        """A moment of the last day on which it can be filled."""
        return self.expires_at and self.expires_at - ONE_DAY / 2


def cards_of(*, program: Program, member_id: int, at: datetime) -> list[HeldCard]:
    """One card for each punch card in use at that moment, an empty one where the member has none with room."""
    definitions = _definitions(program=program.pk)
    held: dict[int, PunchCard] = {}
    numbers: dict[int, int] = {}
    for card in _cards(program=program.pk, member=member_id) if definitions else ():
        numbers[card.card_program_id] = card.number
        mine = held.get(card.card_program_id)
        has_room = card.punches < card.of and (card.expires_at is None or card.expires_at > at)
        if has_room and (mine is None or card.of - card.punches < mine.of - mine.punches):
            held[card.card_program_id] = card
    return [
        _held(definition, held.get(definition.pk), numbers.get(definition.pk, 0))
        for definition in definitions
        if definition.holds_at(at)
    ]


@Prepared
def _definitions():
    mine = PunchCardProgram.objects.filter(program=number("program"), is_active=True)
    return mine.select_related("reward").order_by("code")


@Prepared
def _cards():
    mine = PunchCard.objects.filter(
        card_program__program=number("program"), card_program__is_active=True, member=number("member")
    )
    return mine.select_related("reward").order_by("number")


def _held(definition: PunchCardProgram, card: PunchCard | None, last_number: int) -> HeldCard:
    reward = card.reward if card else definition.reward
    return HeldCard(
        program=definition.code,
        name=definition.name,
        punch_on=definition.punch_on,
        punches=card.punches if card else 0,
        of=card.of if card else definition.punches_needed,
        reward=reward.name,
        reward_quantity=card.reward_quantity if card else definition.reward_quantity,
        expires_at=card.expires_at if card else None,
        number=card.number if card else last_number + 1,
        card=card.pk if card else None,
        definition=definition.pk,
    )


def has_night_work(*, program: Program, at: datetime) -> bool:
    """Whether cards have ended by that moment, or are owed a reward that is in stock."""
    cards = PunchCard.objects.filter(program=program)
    return cards.ended(at=at).exists() or cards.owing().exclude(reward__stock=0).exists()
