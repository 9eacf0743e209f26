"""Subscriptions and charges, narrowed down."""

from datetime import date

from django.db import models
from django.db.models import Q

LIVE = ("trialing", "active", "past_due", "paused")


class SubscriptionQuerySet(models.QuerySet):
    def live(self):
        """Neither cancelled nor expired."""
        return self.filter(state__in=LIVE)

    def due(self, *, day: date):
        """Those to which something happens by that day."""
        return self.live().filter(due_date__lte=day)


class ChargeQuerySet(models.QuerySet):
    def paid(self):
        return self.filter(state="paid")

    def open(self):
        """Those that wait to be paid: of periods that are due, and of changes of plan."""
        unpaid = self.filter(state__in=["pending", "failed"])
        is_due = Q(credits__isnull=True, subscription__state="past_due")
        return unpaid.filter(is_due | Q(credits__isnull=False, state="pending", subscription__state="active"))
