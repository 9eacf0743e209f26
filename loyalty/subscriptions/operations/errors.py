class SubscriptionRefused(Exception):
    """Something that cannot be done with this plan, subscription or charge. `code` is for machines, the text says what
    to do instead."""

    def __init__(self, message, code: str):
        super().__init__(str(message))
        self.code = code


class PaymentDeclined(SubscriptionRefused):
    """The payment provider said no."""
