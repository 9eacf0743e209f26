"""How often somebody may ask, counted by the database, so that many requests at once pass no more than one by one."""

from datetime import datetime

from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from loyalty.portal.models import Asked


class TooOften(Exception):
    """The limit of this hour is reached."""

    code = "too_often"

    def __init__(self):
        super().__init__(_("That was asked for too often. Please try again in an hour."))


def check_often(*, what: str, who: str, limit: int, at: datetime) -> None:
    """Count one more request of `who`. Raises `TooOften`."""
    digest = salted_hmac("loyalty.portal.asked", f"{what}:{who}", algorithm="sha256").hexdigest()
    hour = at.replace(minute=0, second=0, microsecond=0)
    Asked.objects.bulk_create([Asked(digest=digest, hour=hour)], ignore_conflicts=True)
    if not Asked.objects.filter(digest=digest, hour=hour, times__lt=limit).update(times=F("times") + 1):
        raise TooOften
