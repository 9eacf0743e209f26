"""Consents: each answer a record of its own, never edited. The latest holds."""

from datetime import datetime

from django.db import transaction

from loyalty.lib.saving import save_checked
from members.models import Consent, Member, Suppression
from members.suppression import addresses_of, digest, suppressed

NOT_SAID_BY_THE_MEMBER = frozenset(["import", "merge"])


@transaction.atomic
def give_consent(*, member: Member, channel: str, source: str, at: datetime, by, wording: str = "") -> Consent:
    """The member says yes. `source` is where it was said; `wording` is the text that the member saw.

    An import says nothing for somebody who asked to be forgotten: their answer stays no until they say yes themselves.
    """
    addresses = suppressed(addresses_of(member))
    if addresses and source in NOT_SAID_BY_THE_MEMBER:
        return _record(member, channel, False, source, wording, at, by)
    if addresses:  # who asked to be forgotten has come back
        Suppression.objects.filter(digest__in=[digest(address) for address in addresses]).delete()
    return _record(member, channel, True, source, wording, at, by)


@transaction.atomic
def withdraw_consent(*, member: Member, channel: str, source: str, at: datetime, by, wording: str = "") -> Consent:
    """The member says no, whether or not there ever was a yes."""
    return _record(member, channel, False, source, wording, at, by)


def _record(member: Member, channel: str, given: bool, source: str, wording: str, at: datetime, by) -> Consent:
    answer = Consent(member=member, channel=channel, given=given, source=source, wording=wording, recorded_at=at, by=by)
    return save_checked(answer, by=by, at=at)
