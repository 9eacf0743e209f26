"""Nouns and adjectives for the rows of rewards."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q, Sum


class VoucherQuerySet(models.QuerySet):
    def outstanding(self, *, at: datetime):
        """Still worth something to its bearer at that moment, reserved or not."""
        unexpired = Q(expires_at__isnull=True) | Q(expires_at__gt=at)
        return self.filter(unexpired, state__in=["unused", "reserved"])

    def usable(self, *, at: datetime, held_for: str = ""):
        """Open to anybody at that moment, or held for this very sale. A reservation that has lapsed holds nobody up."""
        free = Q(state="unused") | Q(state="reserved", reserved_until__lte=at)
        if held_for:
            free |= Q(state="reserved", reserved_for=held_for)
        return self.outstanding(at=at).filter(free)

    def honoured_in(self, store):
        """Those whose reward lists the store, or lists none. Without a store: those that name none."""
        return self.filter(Q(reward__stores=store) | Q(reward__stores__isnull=True)).distinct()

    def lapsed_reservations(self, *, at: datetime):
        return self.filter(state="reserved", reserved_until__lte=at)

    def total_value(self) -> int:
        """What the uses that are left are worth, in minor units; what has no amount counts nothing."""
        return self.aggregate(total=Sum(F("value") * (F("uses_allowed") - F("uses"))))["total"] or 0
