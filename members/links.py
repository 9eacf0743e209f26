"""The address that opens a member's card without signing in: on a receipt, behind a QR code, in a message.

It is signed, holds keys and no name, and lasts for a season, because a receipt may be found by somebody else. It was
made for the card that the member had, and dies with it: whoever reports a card as lost closes its links, too. What it
opens shows the card; whatever could do harm asks for a code as well (the member's own pages decide that).
"""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.core import signing

from loyalty.lib.periods import local_date
from loyalty.programs.models import Program
from members.models import Card, Enrolment, Member

SALT = "members.card-link"
LASTS = timedelta(days=60)
NO_CARD = 0


def card_link(*, enrolment: Enrolment, at: datetime) -> str:
    """The whole address, for a QR code or a line of a receipt."""
    program = enrolment.program
    card = Card.objects.active().filter(program=program, member=enrolment.member_id).order_by("-pk").first()
    last_day = local_date(at + LASTS, program.tzinfo)
    token = signing.Signer(salt=SALT).sign_object([enrolment.pk, card.pk if card else NO_CARD, last_day.toordinal()])
    return f"{club_address(program)}c/{token}/"


def club_address(program: Program) -> str:
    """Where the program's members sign up and sign in."""
    return f"{settings.SITE_URL.rstrip('/')}/club/{program.code}/"


def linked_enrolment(token: str, *, program: Program, at: datetime) -> Enrolment | None:
    """Whose card the end of the address opens; nobody's where it was made up, is over, or its card is blocked."""
    try:
        enrolment_id, card_id, last_day = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    if local_date(at, program.tzinfo) > date.fromordinal(last_day):
        return None
    enrolments = Enrolment.objects.filter(program=program, status=Enrolment.Status.ACTIVE)
    found = enrolments.filter(pk=enrolment_id, member__status=Member.Status.ACTIVE).select_related("member").first()
    if found is None or card_id == NO_CARD:
        return found
    return found if Card.objects.active().filter(pk=card_id, member=found.member_id).exists() else None
