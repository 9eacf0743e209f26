class PartnersError(Exception):
    """Refused; the text is for people, `code` for machines."""

    def __init__(self, message, code: str):
        super().__init__(message)
        self.code = code
