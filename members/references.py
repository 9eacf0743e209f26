"""How somebody names a member: an identifier, a card, a number, an e-mail, a phone. What a text can be; no database."""

from typing import Literal, NamedTuple, TypeAlias

import phonenumbers
from django.conf import settings

from loyalty.lib import codes

Kind: TypeAlias = Literal["id", "external_id", "card", "number", "email", "phone", "any"]
KINDS_OF_ANY = ("external_id", "card", "number", "email", "phone")
NUMBER_LETTER = "M"
CARD_LETTER = "C"
LONGEST_ID = 18
CODE_LENGTH = 12  # random symbols: 59 bits, so that a thousand million members hardly ever meet

_PHONE_SIGNS = frozenset("0123456789+ ().-/\u00a0\u202f")


class MemberRef(NamedTuple):
    """A text that names a member, and what kind of text it is. “any” tries what the text can be."""

    kind: Kind
    value: str


class Ambiguous(NamedTuple):
    """The reference fits several members, and nobody guesses."""

    member_ids: tuple[int, ...]


def as_id(text: str) -> str:
    """The member's key in the table, which only rooms of this house use."""
    return str(int(text)) if text.isdecimal() and len(text) <= LONGEST_ID else ""


def as_phone(text: str, region: str | None = None) -> str:
    """The E.164 number that the text is, read as a number of the region, or nothing."""
    if not 6 <= sum(sign.isdigit() for sign in text) <= 15 or not _PHONE_SIGNS.issuperset(text):
        return ""
    try:
        number = phonenumbers.parse(text, region or settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def as_code(text: str, letter: str) -> str:
    """The member or card number (by its first letter) that the text is, or nothing."""
    if text[:1] not in (letter, letter.lower(), " "):
        return ""
    code = codes.normalise(text)
    return code if code.startswith(letter) and codes.is_valid(code) else ""


def as_email(text: str) -> str:
    return text.strip().lower() if "@" in text else ""


def readings(reference: MemberRef, region: str | None = None) -> dict[str, str]:
    """What the reference can be, by kind, in the form in which the tables keep it."""
    text = reference.value.strip()
    if not " ".join(text.split()).isprintable():  # no table keeps control signs, and PostgreSQL refuses some
        return {}
    read = {
        "id": lambda: as_id(text),
        "external_id": lambda: text,
        "card": lambda: as_code(text, CARD_LETTER),
        "number": lambda: as_code(text, NUMBER_LETTER),
        "email": lambda: as_email(text),
        "phone": lambda: as_phone(text, region),
    }
    kinds = KINDS_OF_ANY if reference.kind == "any" else [reference.kind]
    return {kind: value for kind in kinds if (value := read[kind]())}
