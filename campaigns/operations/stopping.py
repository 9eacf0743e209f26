"""A reader stops the e-mails by the address in them, and may think better of it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.unsubscribing import Reader
from loyalty.earning.operations import record_consent
from members.models import Consent, Member
from members.operations import withdraw_consent
from members.queries import has_consent, present

SOURCE = "unsubscribe link"


@transaction.atomic
def unsubscribe(*, reader: Reader, at: datetime) -> None:
    """No e-mails from now on, whichever program they are about. Twice changes nothing."""
    member = _locked(reader)
    if member is not None and has_consent(member.pk, Consent.Channel.EMAIL):
        withdraw_consent(member=member, channel=Consent.Channel.EMAIL, source=SOURCE, at=at, by=None)


@transaction.atomic
def resubscribe(*, reader: Reader, at: datetime) -> bool:
    """Take back what `unsubscribe` did, and nothing else: a no that was said elsewhere stays a no."""
    member = _locked(reader)
    if member is None or not can_resubscribe(reader):
        return False
    wording = _("I want to receive e-mails again.")
    record_consent(member=member, channel=Consent.Channel.EMAIL, source=SOURCE, at=at, by=None, wording=wording)
    return True


def can_resubscribe(reader: Reader) -> bool:
    person = present([reader.member_id]).get(reader.member_id, reader.member_id)
    answers = Consent.objects.filter(member=person, channel=Consent.Channel.EMAIL)
    latest = answers.order_by("recorded_at", "pk").last()
    return latest is not None and not latest.given and latest.source == SOURCE


def _locked(reader: Reader) -> Member | None:
    """Whoever the reader is today; the row is locked, so that two clicks leave one record."""
    person = present([reader.member_id]).get(reader.member_id, reader.member_id)
    return Member.objects.select_for_update().filter(pk=person).first()
