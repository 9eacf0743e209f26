"""When to try again, what to wait for, and money as this house counts it. No database."""

from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal

from loyalty.connectors.facts import Article, Unreadable
from loyalty.earning.basket import Line
from loyalty.lib.money import exponent, to_minor

# The member may still enrol, the purchase of a refund may still come.
WORTH_WAITING = frozenset(["member_unknown", "not_enrolled", "purchase_unknown"])
ABANDONED_AFTER = timedelta(hours=1)
KEPT = timedelta(days=30)  # personal data of a delivery that was refused
RETRIES = [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8)]
RETRIES += [timedelta(hours=12), timedelta(hours=24)]


def again_at(attempts: int, at: datetime) -> datetime | None:
    """When to try for the time after `attempts`; None when it is enough."""
    return at + RETRIES[attempts - 1] if attempts <= len(RETRIES) else None


def wait(attempts: int) -> timedelta:
    """How long until the member is looked for again: an hour, two, four, then once a day."""
    return min(timedelta(hours=2 ** min(attempts - 1, 5)), timedelta(days=1))


def minor(amount: Decimal | None, currency: str) -> int:
    """Exactly; a vendor that sends fractions of a cent is not understood."""
    if amount is None:
        return 0
    try:
        return to_minor(amount, currency)
    except ValueError as fault:
        raise Unreadable("amount_has_fractions", "amount") from fault


def line(article: Article, currency: str) -> Line:
    """A price of each piece, rounded down: the division of a line's total need not come out even."""
    price = article.unit_price
    rounded = None if price is None else int(price.scaleb(exponent(currency)).to_integral_value(ROUND_FLOOR))
    return Line(article.sku[:60], article.category[:60], article.quantity, rounded)
