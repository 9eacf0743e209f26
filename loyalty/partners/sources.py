"""How an activity or a redemption names its partner: by its source, `partner:CODE`."""

PREFIX = "partner:"


def source_of(partner) -> str:
    """The source of everything that comes from this partner."""
    return f"{PREFIX}{partner.code}"


def code_in(source: str) -> str:
    """The partner's code, empty where the source is none."""
    return source.removeprefix(PREFIX) if source.startswith(PREFIX) else ""
