"""Nouns and adjectives for the rows of rewards."""

from datetime import date, datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Sum

from members.models import Enrolment


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

    def open_at(self, moment: datetime):
        """What was given out before that moment and was neither used up, withdrawn nor expired by then."""
        unexpired = Q(expires_at__isnull=True) | Q(expires_at__gt=moment)
        standing = Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=moment)
        left = ~Q(state="used") | Q(used_at__gte=moment)
        return self.filter(unexpired, standing, left, issued_at__lt=moment).exclude(state="exchanged")

    def honoured_in(self, store):
        """Those whose reward lists the store, or lists none. Without a store: those that name none."""
        return self.filter(Q(reward__stores=store) | Q(reward__stores__isnull=True)).distinct()

    def lapsed_reservations(self, *, at: datetime):
        return self.filter(state="reserved", reserved_until__lte=at)

    def total_value(self) -> int:
        """What the uses that are left are worth, in minor units; what has no amount counts nothing."""
        return self.aggregate(total=Sum(F("value") * (F("uses_allowed") - F("uses"))))["total"] or 0


class EntitlementQuerySet(models.QuerySet):
    def due(self, *, day: date):
        """Something is owed by that day, to a member who is in the program and not blocked."""
        enrolled = Enrolment.objects.filter(
            program_id=OuterRef("program_id"), member_id=OuterRef("member_id"), status=Enrolment.Status.ACTIVE
        )
        return self.filter(Exists(enrolled), next_date__lte=day, member__status="active")

    def out_of_step(self, *, at: datetime):
        """Birthdays that have become known, or another day, or unknown, since the next issue was set."""
        same_day = Q(next_date__day=F("member__birth_date__day")) | Q(
            next_date__month=2, next_date__day=28, member__birth_date__day=29
        )
        in_step = Q(next_date__month=F("member__birth_date__month")) & same_day
        known = Q(member__birth_date__isnull=False)
        running = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
        wrong = (known & (Q(next_date__isnull=True) | ~in_step)) | Q(member__birth_date=None, next_date__isnull=False)
        return self.filter(running, wrong, every="birthday", starts_at__lte=at)
