"""What members do in a story, each through the operation that every door uses.

A story names members, rewards, plans and sales in its own words; the `Stage` knows what they became. Stores are opened
when they are first named.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from loyalty.backoffice.simulation.story import Event
from loyalty.earning.operations import (
    ActivityInput,
    Line,
    MemberRef,
    enrol_member,
    record_activity,
    record_consent,
)
from loyalty.ledger import operations as ledger
from loyalty.lib.money import to_minor
from loyalty.programs.models import Program, Store
from loyalty.programs.operations import create_store
from loyalty.referrals.operations import ReferralsError, make_code
from members.models import Member
from members.operations import issue_card, withdraw_consent
from rewards import operations as rewards
from rewards.models import Reward, Voucher

SOURCE = "story"


class Unknown(Exception):
    """The story names something that is not there."""

    code = "unknown"


@dataclass
class Stage:
    program: Program
    members: dict[str, int] = field(default_factory=dict)
    sales: dict[str, int] = field(default_factory=dict)  # the amount of each, in minor units

    def member(self, name: str) -> Member:
        if name not in self.members:
            raise Unknown(_("“%(name)s” has not been enrolled.") % {"name": name})
        return Member.objects.get(pk=self.members[name])

    def reference(self, name: str) -> MemberRef:
        return MemberRef("id", str(self.member(name).pk))

    def store(self, code: str, at: datetime) -> Store | None:
        if not code:
            return None
        known = Store.objects.filter(program=self.program, code=code).first()
        return known or create_store(program=self.program, code=code, name=code, at=at, by=None)

    def reward(self, code: str) -> Reward:
        found = Reward.objects.filter(program=self.program, code=code).first()
        if found is None:
            raise Unknown(_("There is no reward “%(code)s”.") % {"code": code})
        return found

    def referral(self, name: str, at: datetime) -> str:
        """A member's name stands for their code, which is made when it is first passed on."""
        if name not in self.members:
            return name
        try:
            return make_code(program=self.program, member_id=self.members[name], at=at).code
        except ReferralsError:
            return name  # a code that means nothing here

    def voucher(self, event: Event, at: datetime) -> str:
        """The code that the story gives, or the member's voucher of that reward that ends soonest."""
        if code := event.fields.get("code"):
            return code
        mine = Voucher.objects.filter(program=self.program, member_id=self.member(event.member).pk)
        if reward := event.fields.get("reward"):
            mine = mine.filter(reward__code=reward)
        if event.do == "release":
            mine = mine.filter(state=Voucher.State.RESERVED)
        usable = mine if event.do == "release" else mine.usable(at=at)
        found = usable.order_by("expires_at", "id").first() or mine.order_by("-id").first()
        if found is None:
            raise Unknown(_("“%(name)s” has no such voucher.") % {"name": event.member})
        return found.code

    def voucher_named(self, name: str, event: Event, at: datetime) -> str:
        """The code of the member's voucher of the reward of that name that ends soonest; else the name is a code."""
        mine = Voucher.objects.filter(program=self.program, member_id=self.member(event.member).pk, reward__code=name)
        found = mine.usable(at=at).order_by("expires_at", "id").first()
        return found.code if found else name

    def money(self, amount: Any) -> int:
        return to_minor(Decimal(str(amount)), self.program.money_currency)


def enrol(stage: Stage, event: Event, at: datetime) -> None:
    fields = dict(event.fields)
    card = fields.pop("card", False)
    if born := fields.get("birth_date"):
        fields["birth_date"] = date.fromisoformat(born)
    fields["store"] = stage.store(fields.get("store", ""), at)
    fields.setdefault("first_name", event.member.capitalize())
    fields["referral"] = stage.referral(fields.get("referral", ""), at)
    enrolment = enrol_member(program=stage.program, at=at, source=SOURCE, external_id=event.member, **fields)
    stage.members[event.member] = enrolment.member_id
    if card:
        issue_card(program=stage.program, member=enrolment.member, at=at, by=None)


def activity(stage: Stage, event: Event, at: datetime) -> None:
    fields = event.fields
    amount = stage.money(fields.get("amount", 0))
    name = fields.get("id") or f"event-{event.index}"
    stage.store(fields.get("store", ""), at)
    record_activity(
        program=stage.program,
        source=SOURCE,
        at=at,
        activity=ActivityInput(
            external_id=name,
            member=stage.reference(event.member),
            kind=fields.get("kind", "purchase"),
            occurred_at=_occurred(stage, fields, at),
            amount=amount,
            currency=fields.get("currency", ""),
            store=fields.get("store", ""),
            channel=fields.get("channel", ""),
            brand=fields.get("brand", ""),
            lines=tuple(_line(stage, line) for line in fields.get("lines", ())),
            paid_with=tuple((part["tender"], stage.money(part["amount"])) for part in fields.get("paid_with", ())),
            referral=stage.referral(fields.get("referral", ""), at),
            code=fields.get("code", ""),
            vouchers=tuple(stage.voucher_named(each, event, at) for each in fields.get("vouchers", ())),
            redeem_points=fields.get("points", 0),
        ),
    )
    stage.sales[name] = amount


def refund(stage: Stage, event: Event, at: datetime) -> None:
    fields = event.fields
    amount = fields.get("amount")
    stage.store(fields.get("store", ""), at)
    record_activity(
        program=stage.program,
        source=SOURCE,
        at=at,
        activity=ActivityInput(
            external_id=fields.get("id") or f"event-{event.index}",
            member=stage.reference(event.member),
            kind="refund",
            occurred_at=_occurred(stage, fields, at),
            amount=None if amount is None else stage.money(amount),
            store=fields.get("store", ""),
            refunds=fields.get("of", ""),
        ),
    )


def redeem(stage: Stage, event: Event, at: datetime) -> None:
    """Points become a reward, or pay a part of a sale."""
    fields = event.fields
    who = {"program": stage.program, "member_id": stage.member(event.member).pk, "at": at}
    sale = {"source": SOURCE, "store": stage.store(fields.get("store", ""), at)}
    if code := fields.get("reward"):
        rewards.redeem_reward(
            **who,
            **sale,
            reward=stage.reward(code),
            quantity=fields.get("quantity", 1),
            external_id=f"event-{event.index}",
        )
        return
    name = fields.get("activity", "")
    amount = stage.money(fields["amount"]) if "amount" in fields else stage.sales.get(name)
    if amount is None:
        raise Unknown(_("Name the sale that the points pay for, or give its amount."))
    rewards.pay_with_points(
        **who, **sale, amount=amount, points=fields.get("points"), external_id=name or f"event-{event.index}"
    )


def use_voucher(stage: Stage, event: Event, at: datetime) -> None:
    """With `reserve` the voucher is only held for the sale."""
    verb = rewards.reserve_voucher if event.fields.get("reserve") else rewards.redeem_voucher
    verb(
        program=stage.program,
        code=stage.voucher(event, at),
        source=SOURCE,
        external_id=event.fields.get("activity") or f"event-{event.index}",
        store=stage.store(event.fields.get("store", ""), at),
        at=at,
        trusted=True,
    )


def release(stage: Stage, event: Event, at: datetime) -> None:
    code = stage.voucher(event, at)
    held = Voucher.objects.get(code=code).reserved_for.partition(":")[2]
    rewards.release_voucher(
        program=stage.program, code=code, source=SOURCE, external_id=event.fields.get("activity") or held
    )


def consent(stage: Stage, event: Event, at: datetime) -> None:
    verb = record_consent if event.fields.get("given", True) else withdraw_consent
    verb(member=stage.member(event.member), channel=event.fields.get("channel", "email"), source=SOURCE, at=at, by=None)


def register_card(stage: Stage, event: Event, at: datetime) -> None:
    issue_card(program=stage.program, member=stage.member(event.member), at=at, by=None)


def adjust(stage: Stage, event: Event, at: datetime) -> None:
    ledger.adjust(
        program=stage.program,
        member_id=stage.member(event.member).pk,
        points=event.fields["points"],
        reason=event.fields.get("reason", ""),
        cause=ledger.Cause(SOURCE, f"event-{event.index}"),
        at=at,
        by=None,
    )


VERBS: dict[str, Callable[[Stage, Event, datetime], None]] = {
    "enrol": enrol,
    "activity": activity,
    "refund": refund,
    "redeem": redeem,
    "use_voucher": use_voucher,
    "release": release,
    "consent": consent,
    "register_card": register_card,
    "adjust": adjust,
}


def _line(stage: Stage, line: dict) -> Line:
    price = line.get("unit_price")
    return Line(
        sku=line.get("sku", ""),
        category=line.get("category", ""),
        quantity=line.get("quantity", 1),
        unit_price=None if price is None else stage.money(price),
    )


def _occurred(stage: Stage, fields, at: datetime) -> datetime:
    if "occurred_at" not in fields:
        return at
    moment = datetime.fromisoformat(fields["occurred_at"])
    return moment if moment.tzinfo else moment.replace(tzinfo=stage.program.tzinfo)
