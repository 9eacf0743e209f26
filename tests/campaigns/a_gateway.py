"""A gateway as an installation may bring its own."""


def send(*, to: str, text: str) -> None:
    raise NotImplementedError
