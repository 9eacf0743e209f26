"""The shelf: the cards of a batch's members, taken down together, punched in memory, put back in one writing.

Whoever makes a shelf holds the lock on the members' accounts. It reads and writes a constant number of statements
however many activities there are; the vouchers of cards that were filled, or are full no longer, come at the end,
when it is known what became of each card.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from loyalty.events.operations import Happening, emitting
from loyalty.lib import sql
from loyalty.programs.models import Program
from loyalty.punchcards.models import Punch, PunchCard, PunchCardProgram
from loyalty.punchcards.pile import Card, Part, Pile
from loyalty.punchcards.rules import card_end
from rewards.operations import Grant

from .vouchers import give, references, withdraw

CHANGING = ("punches", "state", "completed_at", "fillings", "rewards_given")
READ = ("id", "number", "of", "opened_at", "expires_at", "reward_quantity", *CHANGING)
MOMENTS = ("opened_at", "expires_at", "completed_at")
PUNCH = (
    "id", "program_id", "card_program_id", "member_id", "card_id", "activity_id", "given_for", "count", "lost", "day",
    "occurred_at", "recorded_at", "by_id", "reason", "key", "part_of_id", "undoes_id",
)  # fmt: skip


@dataclass(slots=True, eq=False)
class Act:
    """What one activity, or somebody by hand, gave: `given` on the cards, `lost` beyond them, `taken` back since."""

    member_id: int
    definition: PunchCardProgram
    given_for: str
    day: date
    given: int = 0
    lost: int = 0
    taken: int = 0
    cards: list[Card] = field(default_factory=list)
    id: int = 0  # of its first punch


@dataclass(slots=True, eq=False)
class Writing:
    """A punch that is to be written; `first` is the punch that it is a part of."""

    act: Act
    part: Part
    terms: dict[str, Any]
    lost: int = 0
    first: "Writing | None" = None
    undoes: Act | None = None
    id: int = 0


class Shelf:
    def __init__(
        self,
        *,
        program: Program,
        definitions: Iterable[PunchCardProgram],
        member_ids: Collection[int],
        since: datetime,
        whole: Collection[int] = (),
    ):
        """`since` is the earliest moment of the batch; `whole` are the members whose old cards may be opened again."""
        self._program, self._tz = program, program.tzinfo
        self.definitions = {definition.pk: definition for definition in definitions}
        self._piles: dict[tuple[int, int], Pile] = {}
        self._rewards: dict[Card, int] = {}  # by id, of cards that exist: of new ones their definition's
        self._owners: dict[Card, tuple[int, PunchCardProgram]] = {}
        self._writings: list[Writing] = []
        self._by_history: set[Card] = set()
        self._outcomes: dict[Card, dict[str, Any]] = {}
        self._read(member_ids, since, whole)

    def _read(self, member_ids: Collection[int], since: datetime, whole: Collection[int]) -> None:
        """Cards that have room, and the last of each pile, after which the next is numbered."""
        cards = PunchCard.objects.filter(card_program__in=list(self.definitions), member__in=list(member_ids))
        newer = PunchCard.objects.filter(
            card_program=OuterRef("card_program"), member=OuterRef("member"), number__gt=OuterRef("number")
        )
        has_room = ~Q(state=PunchCard.State.COMPLETED) & (Q(expires_at__isnull=True) | Q(expires_at__gt=since))
        wanted = cards.filter(has_room | ~Exists(newer) | Q(member__in=list(whole)))
        rows = wanted.select_for_update(of=("self",)).order_by("id")
        for member_id, definition_id, reward_id, *values in rows.values_list(
            "member_id", "card_program_id", "reward_id", *READ
        ):
            card = Card(**dict(zip(READ, values, strict=True)))
            card.was = _state(card)
            self._rewards[card] = reward_id
            self._owners[card] = (member_id, self.definitions[definition_id])
            self.pile(member_id, self.definitions[definition_id]).cards.append(card)
        for pile in self._piles.values():
            pile.cards.sort(key=lambda card: card.number)

    def pile(self, member_id: int, definition: PunchCardProgram) -> Pile:
        key = (member_id, definition.pk)
        if key not in self._piles:
            self._piles[key] = Pile(lambda number, at: self._open(member_id, definition, number, at))
        return self._piles[key]

    def _open(self, member_id: int, definition: PunchCardProgram, number: int, at: datetime) -> Card:
        card = Card(
            number=number,
            of=definition.punches_needed,
            opened_at=at,
            expires_at=card_end(definition.expiry, definition.expires_after, at, self._tz),
            reward_quantity=definition.reward_quantity,
        )
        self._rewards[card] = definition.reward_id
        self._owners[card] = (member_id, definition)
        return card

    # Punching and taking back, in memory

    def punch(
        self, act: Act, count: int, *, at: datetime, outcome: dict[str, Any], history: bool = False, **terms: Any
    ) -> None:
        """Make the punches of an act, and say in `outcome` what became of the cards."""
        placed = self.pile(act.member_id, act.definition).punch(count, at, carries_over=act.definition.carries_over)
        first = None
        for part in placed.parts:
            writing = Writing(act, part, terms | {"occurred_at": at}, first=first, lost=0 if first else placed.lost)
            first = first or writing
            self._writings.append(writing)
            act.cards.append(part.card)
        act.given, act.lost = count - placed.lost, placed.lost
        if history:
            self._by_history.update(placed.filled)
        self._outcomes.update(dict.fromkeys(placed.filled, outcome))
        outcome |= {"given": act.given, "completed": len(placed.filled)} | (
            {"lost": placed.lost} if placed.lost else {}
        )
        outcome |= self._shown(act, at)

    def take_back(self, act: Act, count: int, *, at: datetime, outcome: dict[str, Any], **terms: Any) -> None:
        parts, reopened = self.pile(act.member_id, act.definition).take_back(count, at, of=act.cards)
        self._writings += [Writing(act, part, terms | {"occurred_at": at}, undoes=act) for part in parts]
        taken = -sum(part.count for part in parts)
        act.taken += taken
        self._outcomes.update(dict.fromkeys(reopened, outcome))
        outcome |= {"taken": taken, "reopened": len(reopened)} | self._shown(act, at)

    def _shown(self, act: Act, at: datetime) -> dict[str, int]:
        """The card in the member's hand: the next one, still empty, where the last was just filled."""
        card = self.pile(act.member_id, act.definition).current(at)
        return {"punches": card.punches, "of": card.of} if card else {"punches": 0, "of": act.definition.punches_needed}

    def cards(self, ids: Collection[int], member_id: int, definition: PunchCardProgram) -> list[Card]:
        """Those of the member's cards that have these ids."""
        return [card for card in self.pile(member_id, definition).cards if card.id in ids]

    # What became of the cards

    def put_back(self, *, at: datetime, by=None) -> None:
        """Write everything: vouchers given and withdrawn, the cards, the punches, the announcements."""
        changed = [card for pile in self._piles.values() for card in pile.cards if card.was != _state(card)]
        fresh = [card for card in changed if card.was is None]
        ids = sql.reserve({PunchCard: len(fresh), Punch: len(self._writings)})
        for card, number in zip(fresh, ids[PunchCard], strict=True):
            card.id = number
        for writing, number in zip(self._writings, ids[Punch], strict=True):
            writing.id = number
            if writing.undoes is None and writing.first is None:
                writing.act.id = number
        self._withdraw([card for card in changed if _was_full(card) and not card.is_full], at, by)
        filled = [card for card in changed if card.is_full and not _was_full(card)]
        self._give(filled, at, by)
        happenings = [self._completed(card, at) for card in filled if card not in self._by_history]
        sql.write([*self._cards(changed), self._punches(at, by), emitting(happenings)])

    def _give(self, filled: Iterable[Card], at: datetime, by) -> None:
        owed: dict[int, list[Grant]] = defaultdict(list)
        cards = {}
        for card in filled:
            card.fillings += 1
            if card in self._by_history:  # whoever kept the history has given it
                card.rewards_given = card.reward_quantity
            if missing := card.reward_quantity - card.rewards_given:
                cards[card.id] = card
                names = references(card.id, card.fillings, missing)
                owed[self._rewards[card]] += [Grant(self._owners[card][0], name) for name in names]
        given = give(program=self._program, owed=owed, at=at, by=by)
        for card in cards.values():
            self._count_given(card, given[card.id])

    def _count_given(self, card: Card, given: int) -> None:
        card.rewards_given += given
        outcome = self._outcomes[card]
        outcome["rewards"] = outcome.get("rewards", 0) + given
        if missing := card.reward_quantity - card.rewards_given:
            outcome["missing"] = outcome.get("missing", 0) + missing

    def _withdraw(self, reopened: Iterable[Card], at: datetime, by) -> None:
        of_card = {
            reference: card
            for card in reopened
            for reference in references(card.id, card.fillings, card.reward_quantity)
        }
        for voucher in withdraw(program=self._program, names=list(of_card), at=at, by=by):
            card = of_card[voucher.reference]
            is_withdrawn = voucher.state == voucher.State.WITHDRAWN
            card.rewards_given -= int(is_withdrawn)
            outcome, key = self._outcomes[card], "withdrawn" if is_withdrawn else "kept"
            outcome[key] = outcome.get(key, 0) + 1

    def _completed(self, card: Card, at: datetime) -> Happening:
        member_id, definition = self._owners[card]
        return Happening(
            kind="punchcard.completed",
            program_code=self._program.code,
            member_id=member_id,
            occurred_at=card.completed_at or at,
            recorded_at=at,
            payload={"card": definition.code, "number": card.number, "needed": card.of, "rewards": card.rewards_given},
        )

    # Rows

    def _cards(self, changed: Iterable[Card]) -> list[sql.Step]:
        columns = ("program_id", "card_program_id", "member_id", "reward_id", *READ)
        inserted = [
            (self._program.pk, definition.pk, member_id, self._rewards[card], *_values(card, READ))
            for card in changed
            if card.was is None
            for member_id, definition in [self._owners[card]]
        ]
        updated = [(card.id, *_values(card, CHANGING)) for card in changed if card.was is not None]
        return [sql.Insert(PunchCard, columns, inserted), sql.Update(PunchCard, ("id",), CHANGING, updated)]

    def _punches(self, at: datetime, by) -> sql.Insert:
        rows = [
            (
                each.id,
                self._program.pk,
                each.act.definition.pk,
                each.act.member_id,
                each.part.card.id,
                each.terms.get("activity_id"),
                each.act.given_for,
                each.part.count,
                each.lost,
                each.act.day if sql.is_postgresql() else each.act.day.isoformat(),
                sql.moment(each.terms["occurred_at"]),
                sql.moment(at),
                by.pk if by else None,
                each.terms.get("reason", ""),
                each.terms.get("key", ""),
                each.first.id if each.first else None,
                each.undoes.id if each.undoes else None,
            )
            for each in self._writings
        ]
        return sql.Insert(Punch, PUNCH, rows)


def _state(card: Card) -> tuple:
    return tuple(getattr(card, name) for name in CHANGING)


def _was_full(card: Card) -> bool:
    return card.was is not None and card.was[CHANGING.index("state")] == "completed"


def _values(card: Card, names: Iterable[str]) -> Iterable[Any]:
    values = ((name, getattr(card, name)) for name in names)
    return [sql.moment(value) if name in MOMENTS else value for name, value in values]
