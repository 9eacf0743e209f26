"""The pile: all cards that one member has of one kind, in the order in which they were opened. No database.

Punches go onto a card that has room and has not ended, what is left over onto the next. What is taken back
comes off the end of the pile, so that a full card is opened again only when the later ones are empty. Punches on cards
that could not have carried over into each other, because one had ended before the other was opened, are kept apart.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

OPEN, COMPLETED, EXPIRED = "open", "completed", "expired"


@dataclass(slots=True, eq=False)
class Card:
    """A card as the pile handles it; `was` is what the database holds of it, None for a new one."""

    number: int
    of: int
    opened_at: datetime
    expires_at: datetime | None = None
    punches: int = 0
    state: str = OPEN
    completed_at: datetime | None = None
    fillings: int = 0
    rewards_given: int = 0
    reward_quantity: int = 1
    id: int = 0
    was: tuple | None = None

    @property
    def is_full(self) -> bool:
        return self.punches == self.of

    def has_room(self, at: datetime) -> bool:
        return not self.is_full and not self.has_ended(at)

    def has_ended(self, at: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= at

    def follows(self, earlier: "Card") -> bool:
        """Whether punches could have carried over from that card to this one."""
        return earlier.expires_at is None or self.opened_at < earlier.expires_at


class Part(NamedTuple):
    """How many punches of an act were made in, or taken off, one card."""

    card: Card
    count: int


class Placed(NamedTuple):
    parts: list[Part]
    lost: int
    filled: list[Card]


@dataclass(slots=True)
class Pile:
    """`open_card(number, at)` makes a new card by the definition of today."""

    open_card: Callable[[int, datetime], Card]
    cards: list[Card] = field(default_factory=list)

    def current(self, at: datetime) -> Card | None:
        """The card that the next punch goes onto: of several with room, as after a merge, the fullest."""
        with_room = (card for card in self.cards if card.has_room(at))
        return min(with_room, key=lambda card: (card.of - card.punches, card.number), default=None)

    def punch(self, count: int, at: datetime, *, carries_over: bool = True) -> Placed:
        """Make `count` punches for something that happened at `at`."""
        placed = Placed([], 0, [])
        while count:
            card = self.current(at) or self._new_card(at)
            made = min(count, card.of - card.punches)
            card.punches += made
            count -= made
            placed.parts.append(Part(card, made))
            if card.is_full:
                card.state, card.completed_at = COMPLETED, at
                placed.filled.append(card)
                if not carries_over:
                    return placed._replace(lost=count)
        return placed

    def take_back(self, count: int, at: datetime, *, of: Collection[Card]) -> tuple[list[Part], list[Card]]:
        """Take `count` punches of an act that was made on the cards `of`; the parts, and the cards no longer full.

        Where two members had become one and were taken apart again the pile may hold fewer; it gives what it has.
        """
        parts, reopened = [], []
        for card in self._from_the_end(of):
            taken = min(count, card.punches)
            if not taken:
                continue
            if card.is_full:
                reopened.append(card)
                card.state, card.completed_at = EXPIRED if card.has_ended(at) else OPEN, None
            card.punches -= taken
            count -= taken
            parts.append(Part(card, -taken))
        return parts, reopened

    def _new_card(self, at: datetime) -> Card:
        card = self.open_card(self.cards[-1].number + 1 if self.cards else 1, at)
        self.cards.append(card)
        return card

    def _from_the_end(self, of: Collection[Card]) -> Iterator[Card]:
        """The cards that carried over into each other around those of the act, newest first; then all the others."""
        together = {card for run in self._runs() if not set(run).isdisjoint(of) for card in run}
        yield from (card for card in reversed(self.cards) if card in together)
        yield from (card for card in reversed(self.cards) if card not in together)

    def _runs(self) -> list[list[Card]]:
        runs: list[list[Card]] = []
        for card in self.cards:
            if runs and card.follows(runs[-1][-1]):
                runs[-1].append(card)
            else:
                runs.append([card])
        return runs
