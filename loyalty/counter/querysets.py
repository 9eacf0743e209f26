"""What clerks did, narrowed down."""

from datetime import date

from django.db import models
from django.db.models import Sum


class ActionQuerySet(models.QuerySet):
    def standing(self):
        """What was not undone."""
        return self.filter(undone_at__isnull=True)

    def given_by_hand(self, *, clerk, journey: str, day: date) -> int:
        """What a clerk has given on that day by a journey whose gifts are limited."""
        mine = self.standing().filter(clerk=clerk, journey=journey, day=day)
        return mine.aggregate(total=Sum("by_hand", default=0))["total"]
