"""Forget what was kept for a while only."""

from datetime import datetime, timedelta

from loyalty.portal.models import Asked, OneTimeCode
from loyalty.portal.sessions import SessionStore

KEPT = timedelta(days=1)


def tidy(*, at: datetime) -> None:
    OneTimeCode.objects.filter(asked_at__lt=at - KEPT).delete()
    Asked.objects.filter(hour__lt=at - KEPT).delete()
    SessionStore.clear_expired()
