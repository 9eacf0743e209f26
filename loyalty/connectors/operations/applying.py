"""What a fact does. Everything that a member did goes through earning's one verb, like at any other door."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction

from loyalty.connectors import rules
from loyalty.connectors.facts import CartSeen, Customer, Deed
from loyalty.connectors.models import Cart, Connection, Received
from loyalty.connectors.operations.people import AMBIGUOUS, People
from loyalty.earning.operations import ActivityInput, ActivityRefused, MemberRef, Recorded, record_activity
from loyalty.earning.queries import purchase_member
from members.operations import EnrolmentRefused
from rewards.queries import codes_of_vouchers

State = Received.State
MADE_OF = frozenset(["purchase", "refund"])  # kinds that are about money


class Outcome(NamedTuple):
    state: str
    code: str = ""
    detail: str = ""
    activity: int | None = None


class Door:
    """One connection at one moment. `named` is the member whom staff gave the delivery to."""

    def __init__(self, connection: Connection, *, at: datetime, named: int | None = None, by=None):
        self.connection, self.at, self.named, self.by = connection, at, named, by
        self.program = connection.program
        self.people = People(connection, at=at, by=by)

    def take(self, fact: Deed | Customer | CartSeen) -> Outcome:
        try:
            with transaction.atomic():
                if isinstance(fact, Deed):
                    return self._deed(fact)
                if isinstance(fact, Customer):
                    return self._customer(fact)
                return self._cart(fact)
        except ActivityRefused as refusal:
            waits = refusal.code in rules.WORTH_WAITING
            return Outcome(State.WAITING if waits else State.REFUSED, refusal.code, refusal.message)
        except EnrolmentRefused as refusal:
            return Outcome(State.REFUSED, refusal.code, str(refusal))
        except ValidationError as refusal:
            return Outcome(State.REFUSED, "person_invalid", " ".join(refusal.messages))

    def _deed(self, deed: Deed) -> Outcome:
        member = self._member(deed)
        if member is None:
            return Outcome(State.WAITING, "member_unknown")
        if member == AMBIGUOUS:
            return Outcome(State.REFUSED, "member_ambiguous")
        if deed.cart:
            self._carts(deed.cart).update(state=Cart.State.ORDERED)
        try:
            recorded, left_out = self._record(self._input(deed, member))
        except ActivityRefused as refusal:
            if refusal.code != "other_content":
                raise
            return Outcome(State.DONE, "changed_since", refusal.message)  # an order that changed after it was paid
        return Outcome(State.DONE, left_out, "", recorded.activity_id)

    def _member(self, deed: Deed) -> int | None:
        if self.named:
            return self.named
        if deed.person.is_somebody:
            return self.people.find(deed.person)
        return purchase_member(program=self.program, source=self.connection.source, external_id=deed.refunds)

    def _input(self, deed: Deed, member_id: int) -> ActivityInput:
        currency = deed.currency or self.program.money_currency
        is_refund = deed.kind == "refund"
        return ActivityInput(
            external_id=deed.external_id[:120],
            member=MemberRef("id", str(member_id)),
            kind=deed.kind,
            occurred_at=deed.occurred_at,
            amount=None if is_refund and deed.amount is None else rules.minor(deed.amount, currency),
            currency=currency if deed.kind in MADE_OF else "",
            store=self.connection.store.code if self.connection.store else "",
            channel=self.connection.channel,
            brand=deed.brand[:60],
            lines=tuple(rules.line(article, currency) for article in deed.lines),
            paid_with=tuple((tender[:60], rules.minor(part, currency)) for tender, part in deed.paid_with),
            refunds=deed.refunds,
            vouchers=tuple(codes_of_vouchers(program=self.program, texts=deed.codes)),
        )

    def _record(self, activity: ActivityInput) -> tuple[Recorded, str]:
        """The sale has happened, whatever we think of a voucher that the shop took: then it counts without it."""
        given = {"program": self.program, "source": self.connection.source, "at": self.at, "by": self.by}
        try:
            return record_activity(activity=activity, **given), ""
        except ActivityRefused as refusal:
            if refusal.field != "vouchers":
                raise
            return record_activity(activity=replace(activity, vouchers=()), **given), refusal.code

    def _customer(self, customer: Customer) -> Outcome:
        member = self.people.find(customer.person)
        if member is None:
            return Outcome(State.PASSED, "not_a_member")
        if member == AMBIGUOUS:
            return Outcome(State.REFUSED, "member_ambiguous")
        self.people.follow_consent(member, customer.person)
        return Outcome(State.DONE)

    def _cart(self, cart: CartSeen) -> Outcome:
        member = self.people.find(cart.person)
        if member is None or member == AMBIGUOUS:
            return Outcome(State.PASSED, "not_a_member")
        values = {"member_id": member, "url": cart.url, "seen_at": cart.seen_at}
        if cart.currency in ("", self.program.money_currency):
            values["amount"] = rules.minor(cart.amount, self.program.money_currency)
        known, created = self._carts(cart.token).get_or_create(
            connection=self.connection, token=cart.token, defaults=values
        )
        if not created:
            older = self._carts(cart.token).filter(state=Cart.State.OPEN, seen_at__lt=cart.seen_at)
            older.update(**values)
        return Outcome(State.DONE)

    def _carts(self, token: str):
        return Cart.objects.filter(connection=self.connection, token=token[:120])
