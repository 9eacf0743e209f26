"""What members buy and what becomes of their points and vouchers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from loyalty.backoffice.simulation.story import Event
from loyalty.backoffice.simulation.verbs.stage import SOURCE, Stage, Unknown
from loyalty.earning.operations import ActivityInput, Line, record_activity
from loyalty.ledger.currencies import Currency
from rewards import operations as rewards
from rewards.models import BurnRule


def activity(stage: Stage, event: Event, at: datetime) -> None:
    """Points that were redeemed for the sale before it pay a part of it, as those that it names itself."""
    fields = event.fields
    name = fields.get("id") or name_of(event)
    before = None if name in stage.sales else stage.paid_before(event, name)
    record(
        stage,
        event,
        at,
        external_id=name,
        kind=fields.get("kind", "purchase"),
        amount=stage.money(fields.get("amount", 0)),
        currency=fields.get("currency", ""),
        lines=tuple(_line(stage, line) for line in fields.get("lines", ())),
        paid_with=tuple((part["tender"], stage.money(part["amount"])) for part in fields.get("paid_with", ())),
        code=stage.codes.get(fields.get("code", ""), fields.get("code", "")),
        vouchers=tuple(stage.voucher_named(event.member, each, at) for each in fields.get("vouchers", ())),
        redeem_points=before.points if before else fields.get("points", 0),
        redeem_currency=before.currency if before else _currency(stage),
    )
    stage.sales[name], stage.sources[name] = stage.money(fields.get("amount", 0)), stage.source(event)


def refund(stage: Stage, event: Event, at: datetime) -> None:
    """Of an amount, or of the rest where none is given."""
    amount = event.fields.get("amount")
    record(
        stage,
        event,
        at,
        external_id=event.fields.get("id") or name_of(event),
        kind="refund",
        amount=None if amount is None else stage.money(amount),
        refunds=event.fields.get("of", ""),
    )


def record(stage: Stage, event: Event, at: datetime, **activity: Any) -> None:
    """An activity of the event's member, with what the event says of where and how."""
    fields = event.fields
    stage.store(fields.get("store", ""), at)
    record_activity(
        program=stage.program,
        source=stage.source(event),
        at=at,
        activity=ActivityInput(
            member=stage.reference(event.member),
            occurred_at=stage.moment(fields.get("occurred_at"), at),
            store=fields.get("store", ""),
            channel=fields.get("channel", ""),
            brand=fields.get("brand", ""),
            referral=stage.referral(fields.get("referral", ""), at),
            **activity,
        ),
    )


def redeem(stage: Stage, event: Event, at: datetime) -> None:
    """Points become a reward, or pay a part of a sale."""
    fields = event.fields
    common = {
        "program": stage.program,
        "member_id": stage.member(event.member).pk,
        "source": stage.source(event),
        "store": stage.store(fields.get("store", ""), at),
        "at": at,
    }
    if code := fields.get("reward"):
        reward, quantity = stage.reward(code), fields.get("quantity", 1)
        rewards.redeem_reward(**common, reward=reward, quantity=quantity, external_id=name_of(event))
        return
    sale = fields.get("activity", "")
    amount = stage.money(fields["amount"]) if "amount" in fields else stage.sales.get(sale)
    if amount is None:
        raise Unknown(_("Name the sale that the points pay for, or give its amount."))
    rewards.pay_with_points(
        **common,
        amount=amount,
        points=fields.get("points"),
        currency=fields.get("currency") or _currency(stage),
        external_id=sale or name_of(event),
    )


def use_voucher(stage: Stage, event: Event, at: datetime) -> None:
    """With `reserve` the voucher is only held for the sale."""
    common = {
        "program": stage.program,
        "code": stage.voucher(event, at),
        "source": SOURCE,
        "external_id": event.fields.get("activity") or name_of(event),
        "store": stage.store(event.fields.get("store", ""), at),
        "at": at,
        "trusted": True,
    }
    if event.fields.get("reserve"):
        rewards.reserve_voucher(**common)
    else:
        rewards.redeem_voucher(**common)


def release(stage: Stage, event: Event, at: datetime) -> None:
    held = stage.held_voucher(event)
    _source, _colon, sale = held.reserved_for.partition(":")
    rewards.release_voucher(program=stage.program, code=held.code, source=SOURCE, external_id=sale)


def name_of(event: Event) -> str:
    """What a sale is called that the story does not name."""
    return f"event-{event.index}"


def _currency(stage: Stage) -> str:
    """What pays at the till: points, unless cash-back alone does."""
    paying = set(BurnRule.objects.filter(program=stage.program).values_list("currency", flat=True))
    return Currency.CASHBACK if paying == {Currency.CASHBACK} else Currency.POINTS


def _line(stage: Stage, line: Mapping[str, Any]) -> Line:
    price = line.get("unit_price")
    return Line(
        sku=line.get("sku", ""),
        category=line.get("category", ""),
        quantity=line.get("quantity", 1),
        unit_price=None if price is None else stage.money(price),
    )
