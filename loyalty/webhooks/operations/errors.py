class WebhookRefused(Exception):
    """It cannot be done; the message is translated, `code` is for machines."""

    def __init__(self, message, code: str):
        super().__init__(message)
        self.code = code
