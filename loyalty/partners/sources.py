"""How an activity or a redemption names its partner: by its source, `partner:CODE`."""

PREFIX = "partner:"


def source_of(partner) -> str:
    """The source of everything that comes from this partner."""
    return f"{PREFIX}{partner.code}"


def named(program_code: str, external_id: str) -> str:
    """The identifier that a partner has for what it recorded: its own name, within the program."""
    return f"{program_code}:{external_id}"


def code_in(source: str) -> str:
    """The partner's code, empty where the source is none."""
    return source.removeprefix(PREFIX) if source.startswith(PREFIX) else ""
