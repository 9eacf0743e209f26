"""How much of what a purchase gave a refund takes back: points, stamps, anything that is counted. No database."""


def share_to_take(*, granted: int, amount: int, refunded: int, already_taken: int) -> int:
    """round(granted × refunded ÷ amount) − already taken, halves up, never below zero.

    `refunded` is the money of all refunds of this purchase so far, the one at hand included; `amount` is the
    purchase's. Because each refund looks at the running total, the order and the number of partial refunds leave no
    trace: once everything is refunded, exactly what was granted has been taken. A purchase of nothing can only be
    refunded whole.
    """
    if granted < 0 or amount < 0 or refunded < 0 or already_taken < 0:
        raise ValueError("a refund reckons with sums, none of which is negative")
    if refunded > amount:
        raise ValueError(f"{refunded} refunded of a purchase of {amount}")
    due = (2 * granted * refunded + amount) // (2 * amount) if amount else granted
    return max(due - already_taken, 0)
