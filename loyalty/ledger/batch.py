"""Many movements as one posting: what a batch of activities does to the accounts of its members.

Make a `Batch` inside a transaction: it locks the accounts. Then move points, reserve `needs()`, and write `steps(ids)`
together with rows of one's own.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from loyalty.ledger import posting
from loyalty.ledger.book import POINTS, Book, Cause, Entry, Movement, Plan
from loyalty.ledger.models import Entry as EntryRow
from loyalty.lib import sql


class Batch:
    """Of points; `open` adds accounts of other currencies, which a cause may move as well."""

    def __init__(self, *, program, member_ids: Collection[int], debited: Iterable[int] = ()):
        self._program = program
        self._books: dict[str, dict[int, Book]] = {}
        self._plan = Plan()
        self.open(POINTS, member_ids=member_ids, debited=debited)

    def open(self, currency: str, *, member_ids: Collection[int], debited: Iterable[int] = ()) -> None:
        """Lock these accounts, points first and then by the currencies' names, so that nobody waits in a ring.

        `debited` are the members whose points may be taken; only theirs, and debtors', lots are read.
        """
        books = posting.lock(program_id=self._program.pk, member_ids=member_ids, currency=currency)
        self._books[currency] = books
        debited = set(debited)
        if touched := [book for book in books.values() if book.debt or book.member_id in debited]:
            posting.load_lots(touched)

    def earn(
        self,
        *,
        member_id: int,
        points: int,
        cause: Cause,
        at: datetime,
        active_at: datetime,
        expires_at: datetime | None,
        by_id: int | None = None,
        currency: str = POINTS,
    ) -> Entry:
        movement = Movement(cause, EntryRow.Kind.EARN.value, at, by_id=by_id)
        book = self._books[currency][member_id]
        return book.credit(self._plan, movement, points, active_at=active_at, expires_at=expires_at)

    def take_back(
        self,
        *,
        member_id: int,
        points: int,
        cause: Cause,
        at: datetime,
        earned: Collection[Entry | int],
        by_id: int | None = None,
        currency: str = POINTS,
    ) -> Entry:
        """As `operations.take_back`; `earned` are the entries that the purchase gave, of this batch or of before."""
        movement = Movement(cause, EntryRow.Kind.REVERSE.value, at, by_id=by_id)
        book = self._books[currency][member_id]
        return book.take(self._plan, movement, points, may_owe=self._program.may_owe, own_entries=frozenset(earned))

    def expired(self, *, member_id: int, earned: Collection[Entry | int], currency: str = POINTS) -> int:
        """How many points of these entries expired in this batch, beyond what `queries.expired_of` knows of."""
        return self._books[currency][member_id].expired(earned)

    def balance(self, member_id: int) -> tuple[int, int, int]:
        """Available, pending and debt as they will stand once the batch is written."""
        book = self._books[POINTS][member_id]
        return book.available, book.pending, book.debt

    def needs(self) -> dict:
        return posting.needs(self._plan)

    def steps(self, ids: Mapping, *, at: datetime) -> list[sql.Step]:
        books = [book for books in self._books.values() for book in books.values()]
        return posting.plan_steps(self._plan, books, ids, program_id=self._program.pk, at=at)
