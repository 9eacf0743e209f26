class ReferralsError(Exception):
    """What cannot be done with a referral or a code. `code` says why."""

    def __init__(self, message, code: str):
        super().__init__(message)
        self.code = code
