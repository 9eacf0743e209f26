"""What an action's receipt says, in the reader's language, from the plain values that the action keeps.

`told` asks the writer of the action's journey; another journey adds its own to `WRITERS`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext as _

from loyalty.counter.member_card import amount_of, balances
from loyalty.counter.models import CounterAction
from loyalty.earning import sentences as earning
from loyalty.ledger.currencies import POINTS
from loyalty.lib.money import money_text
from loyalty.lib.periods import ONE_DAY
from loyalty.subscriptions.sentences import period


@dataclass(frozen=True, slots=True)
class Told:
    """`title` is the large line, `rows` pairs of name and value, `notes` sentences, `codes` vouchers to hand over."""

    title: str
    rows: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)


def told(action: CounterAction) -> Told:
    return WRITERS[action.journey](action, action.outcome)


def balance_now(action: CounterAction, at) -> list[str]:
    return balances(action.program, action.member_id, at) if action.member_id else []


def _sale(action: CounterAction, outcome: dict[str, Any]) -> Told:
    program, money = action.program, action.program.money_currency
    rows = [(_("Purchase"), money_text(outcome["total"], money))]
    rows += [(each["gives"], money_text(-each["worth"], money)) for each in outcome["vouchers"]]
    if outcome["points"]:
        paid_with = _("Paid with %(points)s") % {"points": amount_of(outcome["points"], POINTS, program)}
        rows.append((paid_with, money_text(-outcome["paid"], money)))
    if outcome["due"] != outcome["total"]:
        rows.append((_("To pay"), money_text(outcome["due"], money)))
    title = earned(program, outcome["granted"], outcome["also"])
    return Told(title, rows, effects(outcome["outcomes"], money))


def _stamps(action: CounterAction, outcome: dict[str, Any]) -> Told:
    title = gettext("Stamped")
    return Told(title, notes=effects(outcome["outcomes"], action.program.money_currency))


def _reward(action: CounterAction, outcome: dict[str, Any]) -> Told:
    spent = amount_of(outcome["points"], POINTS, action.program)
    title = f"{outcome['quantity']} × {outcome['reward'][_language()]}"
    codes = outcome["codes"]
    notes = [] if codes else [_("Handed over.")]
    notes += [ngettext("Ready to use in a sale:", "Ready to use in sales:", len(codes))] if codes else []
    return Told(title, [(_("Spent"), spent)], notes, codes)


def _voucher(action: CounterAction, outcome: dict[str, Any]) -> Told:
    rows = [(_("Voucher"), outcome["voucher"])]
    if outcome["worth"] is not None:
        rows.append((_("Off the basket"), money_text(outcome["worth"], action.program.money_currency)))
    return Told(outcome["gives"], rows)


def _gift(action: CounterAction, outcome: dict[str, Any]) -> Told:
    return Told(f"+ {amount_of(outcome['points'], POINTS, action.program)}", [(_("Reason"), outcome["reason"])])


def _enrolment(action: CounterAction, outcome: dict[str, Any]) -> Told:
    notes = [_("They were a customer already: their data stay as they were.")] if outcome["was_known"] else []
    return Told(_("Welcome!"), [(_("Card"), outcome["card"])], notes)


def _refund(action: CounterAction, outcome: dict[str, Any]) -> Told:
    program = action.program
    rows = [(_("Refunded"), money_text(outcome["amount"], program.money_currency))]
    if outcome["points_back"]:
        rows.append((_("Points that had paid come back"), amount_of(outcome["points_back"], POINTS, program)))
        rows.append((_("To give back"), money_text(outcome["money_back"], program.money_currency)))
    bought_at = {"store": outcome["elsewhere"]}
    notes = [_("This was bought at %(store)s.") % bought_at] if outcome["elsewhere"] else []
    return Told(earned(program, outcome["granted"], outcome["also"]), rows, notes)


def _new_card(action: CounterAction, outcome: dict[str, Any]) -> Told:
    rows = [(_("New card"), outcome["card"])]
    rows += [(_("Blocked"), outcome["old"])] if outcome["old"] else []
    return Told(_("A new card"), rows)


def _code(action: CounterAction, outcome: dict[str, Any]) -> Told:
    title = earned(action.program, outcome["granted"], outcome["also"]) if outcome["granted"] else _("The code counts.")
    return Told(title, notes=effects(outcome["outcomes"], action.program.money_currency))


def _charge(action: CounterAction, outcome: dict[str, Any]) -> Told:
    first, end = date.fromisoformat(outcome["first"]), date.fromisoformat(outcome["end"])
    rows = [(_("Plan"), outcome["plan"][_language()]), (_("Period"), period(first, end))]
    rows.append((_("Number of the payment"), str(outcome["number"])))
    return Told(_("Paid: %(amount)s") % {"amount": money_text(outcome["amount"], outcome["currency"])}, rows)


def _subscription(action: CounterAction, outcome: dict[str, Any]) -> Told:
    """The first period and its payment, or the free trial."""
    if outcome["number"] is not None:
        return _charge(action, outcome)
    last = date.fromisoformat(outcome["end"]) - ONE_DAY
    title = _("Free until %(day)s") % {"day": date_format(last)}
    return Told(title, [(_("Plan"), outcome["plan"][_language()])])


def _language() -> str:
    return "fr" if (get_language() or "").startswith("fr") else "en"


def earned(program, granted: int, also: dict[str, int]) -> str:
    """“+ 12 points”, other currencies beside; a refund's are negative."""
    amounts = [(POINTS, granted)] if granted or not also else []
    texts = [amount_of(abs(amount), currency, program) for currency, amount in [*amounts, *sorted(also.items())]]
    sign = "−" if granted < 0 or any(amount < 0 for amount in also.values()) else "+"
    return f"{sign} {', '.join(texts)}"


def effects(outcomes: list[dict[str, Any]], money: str) -> list[str]:
    """What the kinds of program made of it: a stamp, a new tier, a challenge won."""
    told_of = [each for each in outcomes if each.get("effect") in earning.EFFECTS]
    return [earning.explain(each, currency=money) for each in told_of]


WRITERS: dict[str, Callable[[CounterAction, dict[str, Any]], Told]] = {
    "sell": _sale,
    "stamp": _stamps,
    "redeem": _reward,
    "voucher": _voucher,
    "give": _gift,
    "enrol": _enrolment,
    "refund": _refund,
    "card": _new_card,
    "code": _code,
    "charge": _charge,
    "subscribe": _subscription,
}
