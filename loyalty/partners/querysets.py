"""Nouns and adjectives of this room's queries."""

from datetime import date

from django.db.models import Q, QuerySet


class ContractQuerySet(QuerySet):
    def overlapping(self, first: date, end: date | None):
        """Contracts that hold on some day of `[first, end)`; no end is for ever."""
        begun = self if end is None else self.filter(valid_from__lt=end)
        return begun.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=first))

    def on(self, day: date):
        return self.filter(valid_from__lte=day).filter(Q(valid_until__isnull=True) | Q(valid_until__gt=day))
