"""The one way in which a value model says no. Light to import, so that callers can catch it without loading scipy."""


class TooFewData(Exception):
    """The purchases do not carry a forecast that deserves trust; the text says why, translated."""
