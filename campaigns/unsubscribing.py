"""The address in an e-mail by which its reader stops the e-mails without signing in.

It holds a signed pair of keys: no name, no e-mail, and nothing that can be guessed. It does not run out, because an
old e-mail must still do what it says.
"""

from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.urls import reverse

SALT = "campaigns.unsubscribe"


class Reader(NamedTuple):
    """Who received the e-mail, and of which program. (0, 0) is whoever looks at a preview."""

    member_id: int
    program_id: int


NOBODY = Reader(0, 0)


class InvalidToken(Exception):
    """This program did not sign it."""


def token_of(reader: Reader) -> str:
    return signing.Signer(salt=SALT).sign_object(list(reader))


def read(token: str) -> Reader:
    try:
        member_id, program_id = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError) as error:
        raise InvalidToken from error
    return Reader(member_id, program_id)


def address(reader: Reader) -> str:
    return settings.SITE_URL.rstrip("/") + reverse("campaigns:unsubscribe", args=[token_of(reader)])
