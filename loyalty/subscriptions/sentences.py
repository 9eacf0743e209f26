"""Plans, subscriptions and what a verb would cost, in words."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty.lib.money import money_text
from loyalty.lib.periods import ONE_DAY
from loyalty.subscriptions import gateways
from loyalty.subscriptions.models import Charge, Plan, Subscription


def price(plan: Plan, currency: str, amount: int) -> str:
    """“€100.00 each year”."""
    return {
        Plan.Every.MONTH: _("%(amount)s each month"),
        Plan.Every.QUARTER: _("%(amount)s each quarter"),
        Plan.Every.YEAR: _("%(amount)s each year"),
    }[Plan.Every(plan.every)] % {"amount": money_text(amount, currency)}


def prices(plan: Plan) -> str:
    """Every price of the plan, with its free trial."""
    parts = [price(plan, each.currency, each.amount) for each in plan.prices.all()]
    return " · ".join([*parts, *_trial(plan)])


def period(start: date, end: date) -> str:
    """The days of `[start, end)`, the last one named."""
    return _("%(first)s to %(last)s") % {"first": date_format(start), "last": date_format(end - ONE_DAY)}


def next_event(subscription: Subscription) -> str:
    """What happens next by itself, and when."""
    state, due = subscription.State(subscription.state), subscription.due_date
    if due is None:
        return _("It goes on when somebody resumes it.") if state == state.PAUSED else ""
    words = {"day": date_format(due), "amount": money_text(_next_price(subscription), subscription.currency)}
    if state == state.PAUSED:
        return _("It goes on by itself on %(day)s.") % words
    if state == state.PAST_DUE:
        return _("The next step is on %(day)s: another attempt, or the end.") % words
    if subscription.ends_with_period:
        return _("It ends on %(day)s.") % words
    if subscription.next_plan:
        words["plan"] = str(subscription.next_plan)
        return _("On %(day)s the plan becomes %(plan)s, for %(amount)s.") % words
    return _("%(amount)s are collected on %(day)s.") % words


def before_subscribing(plan: Plan, *, amount: int, currency: str, trial_until: date | None) -> str:
    """What subscribing costs this member now."""
    words = {"plan": str(plan), "price": price(plan, currency, amount)}
    if trial_until is None:
        return _("%(plan)s: %(price)s, the first payment now.") % words
    return _("%(plan)s: free until %(day)s, then %(price)s.") % (words | {"day": date_format(trial_until - ONE_DAY)})


def change_later(plan: Plan, *, amount: int, subscription: Subscription) -> str:
    words = {"plan": str(plan), "day": date_format(subscription.period_end)}
    return _("%(plan)s from %(day)s on: %(price)s") % (words | {"price": price(plan, subscription.currency, amount)})


def change_now(plan: Plan, *, amount: int, credit: int, subscription: Subscription) -> str:
    if subscription.state == Subscription.State.TRIALING:
        words = {"plan": str(plan), "day": date_format(subscription.period_end)}
        words["price"] = price(plan, subscription.currency, amount)
        return _("%(plan)s at once, within the trial: from %(day)s on %(price)s") % words
    words = {
        "plan": str(plan),
        "due": money_text(amount - credit, subscription.currency),
        "price": money_text(amount, subscription.currency),
        "credit": money_text(credit, subscription.currency),
    }
    return _("%(plan)s at once: %(due)s now (%(price)s less %(credit)s for the days that are left)") % words


def problem(code: str) -> str:
    """Why a payment did not come, as far as the provider's word is known."""
    known = {
        "at_the_till": _("to be paid at the till"),
        "card_declined": _("the card was declined"),
        "insufficient_funds": _("there is not enough money"),
        "expired_card": _("the card has expired"),
        "authentication_required": _("the member has to confirm the payment with the bank"),
        "processing": _("the payment is under way"),
        "no_payment_method": _("there is no means of payment on record"),
    }
    return known.get(code, code)


def days_left(days: int) -> str:
    return ngettext("%(days)d paid day is kept.", "%(days)d paid days are kept.", days) % {"days": days}


def receipt_lines(charge: Charge) -> Iterable[tuple[str, str]]:
    """What the receipt says: a label and an amount per line."""
    yield str(charge.plan), money_text(charge.price, charge.currency)
    if charge.credit:
        yield _("Credit for the days left of the plan before"), money_text(-charge.credit, charge.currency)
    yield _("Paid"), money_text(charge.amount, charge.currency)
    for refund in charge.refunds.exclude(state="failed").order_by("pk"):
        day = _day(refund.asked_at, charge)
        yield _("Refunded on %(day)s") % {"day": day}, money_text(-refund.amount, charge.currency)


def _day(moment: datetime, charge: Charge) -> str:
    return date_format(moment.astimezone(charge.program.tzinfo).date())


def _trial(plan: Plan) -> list[str]:
    days = plan.trial_days
    return [ngettext("%(days)d free day", "%(days)d free days", days) % {"days": days}] if days else []


def _next_price(subscription: Subscription) -> int:
    return subscription.price if subscription.next_price is None else subscription.next_price


def gateway(name: str) -> str:
    """How it is paid, in words."""
    return str(gateways.NAMES.get(name, name))


def refused(refusal: Exception) -> str:
    """Why a verb did not come about; a provider that keeps silent says nothing itself."""
    if isinstance(refusal, gateways.GatewayUnavailable):
        return _("The payment provider does not answer: nothing is lost, and the night asks again.")
    return str(refusal)
