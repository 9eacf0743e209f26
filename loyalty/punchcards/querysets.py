"""Members' cards, narrowed down."""

from datetime import datetime

from django.db import models
from django.db.models import F


class PunchCardQuerySet(models.QuerySet):
    def ended(self, *, at: datetime):
        """Open by their state and over by that moment."""
        return self.filter(state="open", expires_at__lte=at)

    def owing(self):
        """Full cards whose reward is still due, because the stock had run out."""
        return self.filter(state="completed", rewards_given__lt=F("reward_quantity"))

    def of_members(self, first: int, last: int):
        return self.filter(member__gte=first, member__lte=last)
