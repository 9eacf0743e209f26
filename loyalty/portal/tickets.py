"""What goes with a page from one step to the next, signed, so that nothing of somebody unproved is kept here.

It holds which code was sent and where to, and of who signs up all that they filled in. It is the visitor's own page
that keeps it; changed or grown old, it is worth nothing.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core import signing

from loyalty.portal.models import OneTimeCode
from loyalty.portal.operations import Draft

SALT = "loyalty.portal.ticket"
LASTS = timedelta(minutes=30)


class TicketOver(Exception):
    """It was changed, or it is too old."""


@dataclass(frozen=True, slots=True)
class Ticket:
    program_id: int
    code_id: int
    address: str
    next: str = ""
    draft: Draft | None = None

    @property
    def intent(self) -> str:
        return OneTimeCode.Intent.SIGN_UP if self.draft else OneTimeCode.Intent.SIGN_IN

    def __str__(self) -> str:
        draft = self.draft.plain() if self.draft else None
        parts: list[Any] = [self.program_id, self.code_id, self.address, self.next, draft]
        return signing.dumps(parts, salt=SALT, compress=True)


def read(text: str, *, program_id: int) -> Ticket:
    try:
        program, code_id, address, following, draft = signing.loads(text, salt=SALT, max_age=LASTS)
    except (signing.BadSignature, ValueError) as error:
        raise TicketOver from error
    if program != program_id:
        raise TicketOver
    return Ticket(program, code_id, address, following, Draft(**draft) if draft else None)
