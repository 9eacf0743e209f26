"""A reader stops the e-mails by the address in them, and may think better of it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.unsubscribing import Reader
from loyalty.earning.operations import record_consent
from members.models import Consent, Member
from members.operations import withdraw_consent
from members.queries import has_consent

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
    answers = Consent.objects.filter(member=reader.member_id, channel=Consent.Channel.EMAIL)
    latest = answers.order_by("recorded_at", "pk").last()
    return latest is not None and not latest.given and latest.source == SOURCE


def _locked(reader: Reader) -> Member | None:
    """The row is locked, so that two clicks leave one record."""
    return Member.objects.select_for_update().filter(pk=reader.member_id).first()
